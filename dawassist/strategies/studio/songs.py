"""Songs as regions: a static move is for all of them, so it has to be right in most where its track plays.

Requirement 8 of the mixers' view: the sign of a move holds in at least three quarters of the songs, or what differs is
shown song by song and nothing is proposed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from dawassist.analysis.stretch import within
from dawassist.intents import (
    CompressorIntent,
    EnvelopeIntent,
    EqBandIntent,
    Intent,
    ItemGainIntent,
    LevelIntent,
    SendIntent,
)
from dawassist.plan.draft import Proposal
from dawassist.plan.mix_problem import Situation, own_segments, target_levels
from dawassist.plan.mix_state import MixState
from dawassist.plan.model import LeftOut
from dawassist.plan.objects import MixObject
from dawassist.plan.rationale import shortened, spoken
from dawassist.session.findings import Evidence, Finding
from dawassist.session.songs import Song
from dawassist.strategies.studio.balance import SET_FACTOR
from dawassist.strategies.studio.rules import LEAD_TARGET_DB
from dawassist.strategies.studio.tools import tool_moves

HELD_SHARE = 0.75  # of the songs in which the track plays
LEAST_PLAYED = 0.05  # of a song: less, and the track does not play in it
_NO_SIGN_DB = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class _InSong:
    """One song with what its tracks want there: dB up or down, by GUID."""

    song: Song
    situation: Situation
    wishes_db: Mapping[str, float]
    margin_db: float | None  # of the lead against the rest


class AcrossSongs:
    """Judges proposals for a whole set by each of its songs."""

    def __init__(self, situation: Situation, songs: Sequence[Song], *, is_raw: bool) -> None:
        self._situation = situation
        self._is_raw = is_raw
        self._wishes_db = _prior_wishes(situation)
        self._songs = [_in_song(situation, song) for song in songs]

    def held(self, proposals: Sequence[Proposal]) -> tuple[Proposal, ...]:
        return tuple(each for each in proposals if self._holds(each))

    def torn_tracks(self, proposals: Sequence[Proposal]) -> frozenset[str]:
        """The tracks of those that do not hold, those in folders included."""
        guids = {intent.track_guid for each in proposals if not self._holds(each) for intent in each.intents}
        return frozenset(guids | {inside for g in guids for inside in self._situation.mix.graph.descendants(g)})

    def findings(self, proposals: Sequence[Proposal]) -> tuple[Finding, ...]:
        """What differs from song to song: levels that were to move all the same way, and those that none moved."""
        torn = self.torn_tracks([each for each in proposals if isinstance(each.intents[0], LevelIntent)])
        found = [each for each in self._situation.objects if torn & set(each.guids) or self._is_parted(each)]
        return tuple(self._difference(each) for each in found if _has_both(self._song_wishes(each)))

    def left_out(self, proposals: Sequence[Proposal]) -> tuple[LeftOut, ...]:
        """A word on every move that does not hold."""
        return tuple(self._refused(each) for each in proposals if not self._holds(each))

    def _holds(self, proposal: Proposal) -> bool:
        votes = list(self._votes(proposal))
        return not votes or float(np.mean(votes)) >= HELD_SHARE

    def _votes(self, proposal: Proposal) -> Iterator[bool]:
        """For every song in which the track plays, whether the move is right there. What moves in time, or
        what the brief demands, has none."""
        moves_in_time = any(isinstance(intent, EnvelopeIntent | ItemGainIntent) for intent in proposal.intents)
        if moves_in_time or proposal.reason_class == "demanded":
            return
        first = proposal.intents[0]
        guids = self._situation.mix.graph.descendants(first.track_guid) or (first.track_guid,)
        for each in self._songs:
            playing = [guid for guid in guids if _plays(each, guid)]
            if not playing:
                continue
            if isinstance(first, LevelIntent):
                yield self._wish_db(each, proposal, first, playing) * first.gain_db > 0.0
            elif _is_tool(first):
                yield _signature(proposal) in self._tools_by_song[each.song]

    def _wish_db(self, each: _InSong, proposal: Proposal, intent: LevelIntent, guids: Sequence[str]) -> float:
        """The move that this song alone asks for."""
        if proposal.reason_class == "hidden_lead" and each.margin_db is not None:
            return LEAD_TARGET_DB - each.margin_db
        known = [guid for guid in guids if guid in each.wishes_db and guid in self._wishes_db]
        if not known:
            return 0.0
        wish_db = float(np.mean([each.wishes_db[guid] for guid in known]))
        if proposal.reason_class != "rough_balance":
            return wish_db
        return intent.gain_db + wish_db - float(np.mean([self._wishes_db[guid] for guid in known]))

    @cached_property
    def _tools_by_song(self) -> Mapping[Song, set[tuple[object, ...]]]:
        return {
            each.song: {_signature(p) for p in tool_moves(each.situation, (), is_raw=self._is_raw)}
            for each in self._songs
        }

    def _is_parted(self, each: MixObject) -> bool:
        """Over where engineers keep it in one song and under it in another, twice as far as they differ."""
        wishes = [db for db, _ in self._song_wishes(each)]
        if len(wishes) < 2 or each.role.role not in self._situation.priors.levels.roles:
            return False
        spread_db = SET_FACTOR * self._situation.priors.levels.roles[each.role.role].spread_lu
        return max(wishes) - min(wishes) > 2.0 * spread_db and max(wishes) > 0.0 > min(wishes)

    def _song_wishes(self, each: MixObject) -> list[tuple[float, Song]]:
        found = []
        for one in self._songs:
            playing = [guid for guid in each.guids if _plays(one, guid) and guid in one.wishes_db]
            if playing:
                found.append((float(np.mean([one.wishes_db[guid] for guid in playing])), one.song))
        return found

    def _difference(self, each: MixObject) -> Finding:
        wishes = self._song_wishes(each)
        ups = sum(db > _NO_SIGN_DB for db, _ in wishes)
        downs = sum(db < -_NO_SIGN_DB for db, _ in wishes)
        role = spoken(each.role.role)
        return Finding(
            kind="songs_differ",
            track_guid=each.guids[0],
            sentence=f"{shortened(each.name)} wants another level from song to song: up in {ups}, down in {downs} of "
            f"{len(wishes)}; no single fader fits, item gain or an envelope by song does.",
            confidence=each.role.confidence,
            evidence=tuple(
                Evidence(
                    text=f"“{song.name}” ({self._situation.places.span(song.start_seconds, song.end_seconds)}): "
                    f"{db:+.1f} dB to where engineers keep {role}.",
                    value=db,
                    unit="dB",
                )
                for db, song in wishes
            ),
            at_seconds=tuple(song.start_seconds for _, song in wishes),
        )

    def _refused(self, proposal: Proposal) -> LeftOut:
        votes = list(self._votes(proposal))
        track = self._situation.mix.session.track(proposal.intents[0].track_guid)
        return LeftOut(
            track_guid=proposal.intents[0].track_guid,
            track_name=track.display_name if track else "",
            reason=f"{proposal.rationale.headline}, but that holds in {sum(votes)} of the {len(votes)} songs where it "
            "plays, and a static move is for all of them.",
        )


def _in_song(situation: Situation, song: Song) -> _InSong:
    """The same session, roles and objects, heard in one song only."""
    analysis = within(situation.analysis, song.start_seconds, song.end_seconds)
    playing = {t.track_guid for t in analysis.tracks if t.activity.share >= LEAST_PLAYED}
    heard = replace(analysis, tracks=tuple(t for t in analysis.tracks if t.track_guid in playing))
    assert heard.mix_covariance is not None
    mix = MixState(situation.mix.session, heard.mix_covariance)
    objects = tuple(each for each in situation.objects if playing & set(each.guids))
    own = replace(
        situation, mix=mix, analysis=heard, objects=objects, brief=situation.brief.changed(constraints=(), strength=1.0)
    )
    lead = mix.margin(situation.leads, own_segments(own, situation.leads)) if playing & set(situation.leads) else None
    return _InSong(
        song=song,
        situation=own,
        wishes_db=_prior_wishes(own),
        margin_db=lead.median_db if lead else None,
    )


def _prior_wishes(situation: Situation) -> dict[str, float]:
    """Way to where engineers keep each track, the middle of all tracks taken out."""
    guids = situation.mix.covariance.track_guids
    gaps, _, counted = target_levels(situation, guids)
    if counted.any():
        gaps = gaps - np.median(gaps[counted > 0.0])
    return {guid: float(gap) for guid, gap, counts in zip(guids, gaps, counted, strict=True) if counts}


def _plays(each: _InSong, guid: str) -> bool:
    return each.situation.analysis.track(guid) is not None


def _has_both(wishes: Sequence[tuple[float, Song]]) -> bool:
    """Up in some songs, down in others."""
    return any(db > _NO_SIGN_DB for db, _ in wishes) and any(db < -_NO_SIGN_DB for db, _ in wishes)


def _is_tool(intent: Intent) -> bool:
    """What the balance does not follow, and what does not move in time."""
    return isinstance(intent, EqBandIntent | CompressorIntent | SendIntent)


def _signature(proposal: Proposal) -> tuple[object, ...]:
    """What is the same move in another song: its reason, its track, up or down."""
    first = proposal.intents[0]
    way = np.sign(first.gain_db) if isinstance(first, EqBandIntent) else 0.0
    return (proposal.reason_class, first.track_guid, type(first).__name__, float(way))

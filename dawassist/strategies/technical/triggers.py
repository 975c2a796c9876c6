"""Samples over a drum whose distance to it changes from hit to hit: no track delay fits them."""

from collections.abc import Iterator, Mapping, Sequence

from dawassist.analysis.hit_matching import HitMatch
from dawassist.analysis.model import Analysis, RoleGuess
from dawassist.plan.names import name_parts
from dawassist.plan.roles import FIRM
from dawassist.session.findings import Evidence, Finding
from dawassist.session.model import Track
from dawassist.units import clock_text

LEAST_SPREAD_SECONDS = 0.0015  # attacks of low drums are told to half a millisecond
_ONE_DRUM_UNLIKE_DB = -8.0  # two microphones of it: the demo's kick −13.8, its snare −12.2, bleed −5 and more
_DRUMS = frozenset({"kick", "snare", "tom"})
_SAMPLE_WORDS = frozenset({"trig", "trigger", "triggered", "smp", "sample", "samples", "repl", "replacement", "layer"})
_CONFIDENCE = 0.95


def varying_triggers(
    analysis: Analysis, heard: Sequence[Track], roles: Mapping[str, RoleGuess]
) -> tuple[HitMatch, ...]:
    """Of tracks of one drum, or of a drum and what is named a sample; the hits of others fall together by the music.

    Two microphones of a drum hear one sound, and a sample is another.
    """
    tracks = {track.guid: track for track in heard}
    microphones = {
        frozenset((pair.reference_guid, pair.other_guid))
        for pair in analysis.pairs
        if pair.unlike_db <= _ONE_DRUM_UNLIKE_DB
    }
    return tuple(
        match
        for match in analysis.hit_matches
        if match.spread_seconds >= LEAST_SPREAD_SECONDS
        and {match.reference_guid, match.other_guid} <= tracks.keys()
        and _is_one_drum(tracks[match.reference_guid], tracks[match.other_guid], roles)
        and (
            frozenset((match.reference_guid, match.other_guid)) not in microphones
            or any(_is_sample(tracks[guid]) for guid in (match.reference_guid, match.other_guid))
        )
    )


def trigger_findings(matches: Sequence[HitMatch], heard: Sequence[Track]) -> Iterator[Finding]:
    tracks = {track.guid: track for track in heard}
    for match in matches:
        drum, sample, late = _ordered(match, tracks)
        low, high = (seconds * 1000.0 for seconds in late)
        spread_ms = match.spread_seconds * 1000.0
        places = " and ".join(clock_text(seconds) for seconds in match.at_seconds)
        yield Finding(
            kind="delay_varies",
            track_guid=sample.guid,
            other_guid=drum.guid,
            sentence=f"{sample.display_name} plays {match.matched} of {match.hits} hits of {drum.display_name}, "
            f"{low:+.1f} to {high:+.1f} ms after them: no track delay fits, so none is proposed.",
            confidence=_CONFIDENCE,
            evidence=(
                Evidence(
                    text=f"From hit to hit the distance spreads by {spread_ms:.1f} ms; the ends are at {places}.",
                    value=spread_ms,
                    unit="ms",
                ),
            ),
            at_seconds=match.at_seconds,
        )


def _ordered(match: HitMatch, tracks: Mapping[str, Track]) -> tuple[Track, Track, tuple[float, float]]:
    """The drum, the sample, and how late the sample is: what is named a sample, else the later track."""
    one, other = tracks[match.reference_guid], tracks[match.other_guid]
    if _is_sample(one) and not _is_sample(other):
        return other, one, (-match.latest_seconds, -match.earliest_seconds)
    return one, other, (match.earliest_seconds, match.latest_seconds)


def _is_sample(track: Track) -> bool:
    return not _SAMPLE_WORDS.isdisjoint(name_parts(track.name).words)


def _is_one_drum(one: Track, other: Track, roles: Mapping[str, RoleGuess]) -> bool:
    parts = [_drum(track, roles) for track in (one, other)]
    if parts[0] and parts[1]:
        return parts[0] == parts[1]
    return bool(parts[0] or parts[1]) and (_is_sample(one) or _is_sample(other))


def _drum(track: Track, roles: Mapping[str, RoleGuess]) -> str:
    guess = roles.get(track.guid)
    return guess.role if guess and guess.confidence >= FIRM and guess.role in _DRUMS else ""

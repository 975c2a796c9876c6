"""Constraints in a concrete session: by GUID, with the numbers that they refer to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dawassist.analysis.model import RoleGuess
from dawassist.errors import InputError
from dawassist.plan.constraints import (
    Centered,
    Constraint,
    FewMoves,
    Headroom,
    Limit,
    Lock,
    Order,
    Range,
    StayInRange,
    Sum,
    Tie,
)
from dawassist.plan.lexicon import known_roles
from dawassist.plan.mix_state import MixState
from dawassist.plan.priors import priors
from dawassist.plan.roles import FIRM
from dawassist.plan.scope import resolve_tracks
from dawassist.units import SILENCE_DB

_ROLE = "role:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """The control of a track ends between two values (dB of a fader, −1..1 of a pan)."""

    track_guid: str
    parameter: str
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The level of one track ends at least `least_db` over another's."""

    above_guid: str
    below_guid: str
    least_db: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """Some tracks together, or the whole mix (no tracks), end at or under a loudness."""

    track_guids: tuple[str, ...]
    highest_lufs: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """What constraints ask of this session. `locked` holds (GUID, parameter); "all" locks every parameter."""

    locked: frozenset[tuple[str, str]] = frozenset()
    bounds: tuple[Bound, ...] = ()
    ties: tuple[tuple[str, frozenset[str]], ...] = ()  # ("fader" or "pan", GUIDs)
    differences: tuple[Difference, ...] = ()
    ceilings: tuple[Ceiling, ...] = ()
    most_moves: int | None = None

    def is_locked(self, track_guid: str, parameter: str) -> bool:
        return (track_guid, "all") in self.locked or (track_guid, parameter) in self.locked


def demands_of(constraints: Sequence[Constraint], mix: MixState, roles: Mapping[str, RoleGuess]) -> Demands:
    """Raises InputError for a track that is not there, and for a tie or an order that names a folder."""
    reading = _Reading(mix, roles)
    few = [each.most for each in constraints if isinstance(each, FewMoves)]
    locks = [each for each in constraints if isinstance(each, Lock)]
    return Demands(
        locked=frozenset((guid, each.parameter) for each in locks for guid in reading.guids(each.tracks)),
        bounds=tuple(bound for each in constraints for bound in reading.bounds(each)),
        ties=tuple(tie for each in constraints if isinstance(each, Tie) for tie in reading.ties(each)),
        differences=tuple(d for each in constraints if isinstance(each, Order) for d in reading.differences(each)),
        ceilings=tuple(ceiling for each in constraints for ceiling in reading.ceilings(each)),
        most_moves=min(few) if few else None,
    )


def joined(parts: Iterable[Demands]) -> Demands:
    """What all of them ask."""
    each = list(parts)
    few = [part.most_moves for part in each if part.most_moves is not None]
    return Demands(
        locked=frozenset(pair for part in each for pair in part.locked),
        bounds=tuple(bound for part in each for bound in part.bounds),
        ties=tuple(tie for part in each for tie in part.ties),
        differences=tuple(difference for part in each for difference in part.differences),
        ceilings=tuple(ceiling for part in each for ceiling in part.ceilings),
        most_moves=min(few) if few else None,
    )


class _Reading:
    def __init__(self, mix: MixState, roles: Mapping[str, RoleGuess]) -> None:
        self._mix = mix
        self._roles = roles

    def guids(self, wanted: Sequence[str]) -> list[str]:
        """In session order. A role that no track surely has gives none."""
        found: set[str] = set()
        for text in wanted:
            if text.startswith(_ROLE):
                found |= self._with_role(text.removeprefix(_ROLE))
            else:
                found |= resolve_tracks(self._mix.session, [text])
        return [track.guid for track in self._mix.session.tracks if track.guid in found]

    def bounds(self, constraint: Constraint) -> Iterator[Bound]:
        match constraint:
            case Range(tracks=tracks, parameter=parameter, lowest=lowest, highest=highest):
                for guid in self.guids(tracks):
                    yield Bound(track_guid=guid, parameter=parameter, lowest=lowest, highest=highest)
            case Limit(tracks=tracks, parameter=parameter, most=most):
                for guid in self.guids(tracks):
                    now = self._now(guid, parameter)
                    yield Bound(track_guid=guid, parameter=parameter, lowest=now - most, highest=now + most)
            case Centered(tracks=tracks):
                for guid in self.guids(tracks):
                    yield Bound(track_guid=guid, parameter="pan", lowest=0.0, highest=0.0)
            case StayInRange(tracks=tracks):
                yield from self._human_ranges(self.guids(tracks))

    def ties(self, tie: Tie) -> Iterator[tuple[str, frozenset[str]]]:
        guids = frozenset(self._played(tie.tracks))
        for parameter in ("fader", "pan") if tie.parameter == "all" else (tie.parameter,):
            yield parameter, guids

    def differences(self, order: Order) -> Iterator[Difference]:
        for above in self._played(order.above):
            for below in self._played(order.below):
                if above != below:
                    yield Difference(above_guid=above, below_guid=below, least_db=order.by_db)

    def ceilings(self, constraint: Constraint) -> Iterator[Ceiling]:
        if isinstance(constraint, Headroom):
            yield Ceiling(track_guids=(), highest_lufs=constraint.highest_lufs)
        if isinstance(constraint, Sum):
            inside = {g for guid in self.guids(constraint.tracks) for g in (guid, *self._mix.graph.descendants(guid))}
            heard = tuple(guid for guid in self._mix.covariance.track_guids if guid in inside)
            now = self._mix.part_lufs(heard) if heard else SILENCE_DB
            if now > SILENCE_DB:
                yield Ceiling(track_guids=heard, highest_lufs=now + constraint.by_db)

    def _human_ranges(self, guids: Sequence[str]) -> Iterator[Bound]:
        for guid in guids:
            role, level = self._roles.get(guid), self._mix.track_lufs.get(guid, SILENCE_DB)
            prior = priors().by_role.get(role.role) if role and role.confidence >= FIRM else None
            if prior is None or level <= SILENCE_DB:
                continue
            offset = self._now(guid, "fader") - self._mix.relative_lu(guid)
            yield Bound(
                track_guid=guid, parameter="fader", lowest=offset + prior.level_p5, highest=offset + prior.level_p95
            )

    def _played(self, wanted: Sequence[str]) -> list[str]:
        """Tracks with a sound of their own that is heard; a folder has none, and is named."""
        found = self.guids(wanted)
        for guid in found:
            if self._mix.graph.kind[guid] == "folder":
                track = self._mix.session.track(guid)
                raise InputError(
                    f"A constraint compares or ties the folder {track.display_name if track else guid!r}.",
                    why="It holds for single tracks.",
                    next_step="Name the tracks inside it, or a role such as role:snare.",
                )
        return [guid for guid in found if self._mix.track_lufs.get(guid, SILENCE_DB) > SILENCE_DB]

    def _with_role(self, role: str) -> set[str]:
        if role not in known_roles():
            raise InputError(f"There is no role {role!r}.", why=f"Known roles: {', '.join(known_roles())}.")
        return {guid for guid, guess in self._roles.items() if guess.role == role and guess.confidence >= FIRM}

    def _now(self, guid: str, parameter: str) -> float:
        track = self._mix.session.track(guid)
        assert track is not None
        return track.fader_db if parameter == "fader" else track.pan

"""Whether a changed session keeps what the engineer demanded: measured on the session, however the change was found."""

from collections.abc import Mapping, Sequence

from dawassist.analysis.model import RoleGuess
from dawassist.plan.constraints import Constraint
from dawassist.plan.demands import Bound, Demands, demands_of
from dawassist.plan.mix_state import MixState
from dawassist.plan.names import name_parts
from dawassist.session.model import Track

_CONTROL = 1e-6
_LEVEL_DB = 1e-3
_CEILING_LU = 0.01
_FIELDS = {
    "fader": "fader_db", "pan": "pan", "polarity": "polarity_inverted", "mute": "muted", "delay": "delay_seconds",
}  # fmt: skip


def unmet(
    constraints: Sequence[Constraint], before: MixState, after: MixState, roles: Mapping[str, RoleGuess]
) -> tuple[Constraint, ...]:
    """The constraints that `after`, a changed state of `before`, misses."""
    return tuple(each for each in constraints if not _is_met(demands_of([each], before, roles), before, after))


def _is_met(demands: Demands, before: MixState, after: MixState) -> bool:
    then = {track.guid: track for track in before.session_now.tracks}
    now = {track.guid: track for track in after.session_now.tracks}
    moved = [
        (guid, name)
        for guid in then
        for name, field in _FIELDS.items()
        if abs(float(getattr(then[guid], field)) - float(getattr(now[guid], field))) > _CONTROL
    ]
    return (
        not any(demands.is_locked(guid, name) for guid, name in moved)
        and all(_is_between(bound, now) for bound in demands.bounds)
        and all(_move_alike(name, guids, then, now) for name, guids in demands.ties)
        and all(
            after.track_lufs[each.above_guid] - after.track_lufs[each.below_guid] >= each.least_db - _LEVEL_DB
            for each in demands.differences
        )
        and all(
            (after.part_lufs(each.track_guids) if each.track_guids else after.mix_lufs)
            <= each.highest_lufs + _CEILING_LU
            for each in demands.ceilings
        )
        and (demands.most_moves is None or len(moved) <= demands.most_moves)
    )


def _is_between(bound: Bound, now: Mapping[str, Track]) -> bool:
    value = float(getattr(now[bound.track_guid], _FIELDS[bound.parameter]))
    return bound.lowest - _CONTROL <= value <= bound.highest + _CONTROL


def _move_alike(name: str, guids: frozenset[str], then: Mapping[str, Track], now: Mapping[str, Track]) -> bool:
    ways = []
    for guid in guids:
        way = float(getattr(now[guid], _FIELDS[name])) - float(getattr(then[guid], _FIELDS[name]))
        pan = then[guid].pan
        is_left = pan < 0.0 or (pan == 0.0 and name_parts(then[guid].name).side == "L")
        ways.append(-way if name == "pan" and is_left else way)
    return not ways or max(ways) - min(ways) <= 2 * _CONTROL

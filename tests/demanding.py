"""A session under demands: random constraints, and a check of them that shares no code with the solver."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from dawassist.analysis.model import RoleGuess
from dawassist.plan import constraints as kinds
from dawassist.plan.constraints import Constraint
from dawassist.plan.mix_state import MixState
from dawassist.plan.move_space import MoveSpace, checked_space, movable
from dawassist.plan.priors import priors
from dawassist.plan.roles import guess_roles
from dawassist.session.model import Track
from tests.analyses import Sound, make_analysis
from tests.sessions import make_item, make_session, make_track

_NAMES = ("Kick", "Snare", "Bass", "Gtr L", "Gtr R", "Keys", "BGV", "Lead Vox")
_TOLERANCE = 1e-6


@cache
def mix_and_roles() -> tuple[MixState, dict[str, RoleGuess]]:
    """Eight tracks, the kick and the snare in a folder, at levels and pans of their own."""
    rng = np.random.default_rng(5)
    tracks = [make_track(number=1, name="Drums", folder_depth=1)]
    for number, name in enumerate(_NAMES, start=2):
        tracks.append(
            make_track(
                number=number,
                name=name,
                items=[make_item("a.wav")],
                fader_db=float(np.round(rng.uniform(-9, 3), 2)),
                pan={"Gtr L": -0.8, "Gtr R": 0.8, "Keys": 0.3}.get(name, 0.0),
                folder_depth=-1 if name == "Snare" else 0,
            )
        )
    session = make_session(tracks)
    sounds = [Sound(lufs=float(rng.uniform(-28, -18)), mono=name != "Keys") for name in _NAMES]
    analysis = make_analysis(session, sounds)
    assert analysis.covariance is not None
    mix = MixState(session, analysis.covariance)
    return mix, guess_roles(session, mix.graph, analysis, {})


def space_of(*constraints: Constraint) -> MoveSpace:
    mix, roles = mix_and_roles()
    return checked_space(mix, roles, constraints, movable(mix, (), ()))


def random_demands(rng: np.random.Generator) -> tuple[Constraint, ...]:
    return tuple(_random(rng) for _ in range(rng.integers(1, 7)))


def _random(rng: np.random.Generator) -> Constraint:
    some = tuple(str(name) for name in rng.choice(_NAMES, rng.integers(1, 4), replace=False))
    low, high = sorted(np.round(rng.uniform(-14, 8, 2), 2).tolist())
    every: list[Constraint] = [
        kinds.Lock(tracks=some, parameter=str(rng.choice(["all", "fader", "pan"]))),  # type: ignore[arg-type]
        kinds.Range(tracks=some, lowest=low, highest=high),
        kinds.Range(tracks=some, parameter="pan", lowest=-0.5, highest=float(rng.uniform(0, 1))),
        kinds.Limit(tracks=some, most=float(rng.uniform(0, 4))),
        kinds.Limit(tracks=some, parameter="pan", most=float(rng.uniform(0, 0.5))),
        kinds.Tie(tracks=some, parameter=str(rng.choice(["all", "fader", "pan"]))),  # type: ignore[arg-type]
        kinds.Order(above=some[:1], below=some[1:] or ("Kick",), by_db=float(rng.uniform(-6, 6))),
        kinds.StayInRange(tracks=some),
        kinds.Centered(tracks=some[:1]),
        kinds.Sum(tracks=some, by_db=float(rng.uniform(-1, 2))),
        kinds.Headroom(highest_lufs=float(rng.uniform(-26, -10))),
        kinds.FewMoves(most=int(rng.integers(0, 9))),
    ]
    return every[rng.integers(len(every))]


def unmet(constraints: Sequence[Constraint], before: MixState, after: MixState) -> list[str]:
    """The constraints that a changed session misses."""
    return [str(each) for each in constraints if not _holds(each, before, after)]


def _holds(constraint: Constraint, before: MixState, after: MixState) -> bool:
    then = {track.name: track for track in before.session.tracks}
    now = {track.name: track for track in after.session_now.tracks}
    match constraint:
        case kinds.Lock(tracks=tracks, parameter=what):
            return all(_value(then[t], p) == _value(now[t], p) for t in tracks for p in _both(what))
        case kinds.Range(tracks=tracks, parameter=what, lowest=low, highest=high):
            return all(low - _TOLERANCE <= _value(now[t], what) <= high + _TOLERANCE for t in tracks)
        case kinds.Limit(tracks=tracks, parameter=what, most=most):
            return all(abs(_value(now[t], what) - _value(then[t], what)) <= most + _TOLERANCE for t in tracks)
        case kinds.Tie(tracks=tracks, parameter=what):
            return all(_moves_alike([(then[t], now[t]) for t in tracks], p) for p in _both(what))
        case kinds.Order(above=above, below=below, by_db=by_db):
            return all(_lufs(after, a) - _lufs(after, b) >= by_db - 1e-3 for a in above for b in below if a != b)
        case kinds.StayInRange(tracks=tracks):
            return all(_in_human_range(before, after, now[t]) for t in tracks)
        case kinds.Centered(tracks=tracks):
            return all(abs(now[t].pan) < _TOLERANCE for t in tracks)
        case kinds.Sum(tracks=tracks, by_db=by_db):
            guids = [now[t].guid for t in tracks]
            return after.part_lufs(guids) <= before.part_lufs(guids) + by_db + 0.01
        case kinds.Headroom(highest_lufs=highest):
            return after.mix_lufs <= highest + 0.01
        case kinds.FewMoves(most=most):
            moved = [_value(then[t], p) != _value(now[t], p) for t in then for p in ("fader", "pan")]
            return sum(moved) <= most


def _both(what: str) -> tuple[str, ...]:
    return ("fader", "pan") if what == "all" else (what,)


def _value(track: Track, parameter: str) -> float:
    return track.fader_db if parameter == "fader" else track.pan


def _moves_alike(pairs: Sequence[tuple[Track, Track]], parameter: str) -> bool:
    ways = [_value(now, parameter) - _value(then, parameter) for then, now in pairs]
    if parameter == "pan":
        ways = [-way if then.pan < 0.0 else way for way, (then, _) in zip(ways, pairs, strict=True)]
    return max(ways) - min(ways) <= _TOLERANCE


def _lufs(mix: MixState, name: str) -> float:
    return mix.track_lufs[next(track.guid for track in mix.session.tracks if track.name == name)]


def _in_human_range(before: MixState, after: MixState, track: Track) -> bool:
    _, roles = mix_and_roles()
    prior = priors().by_role.get(roles[track.guid].role)
    if prior is None:
        return True
    relative_lu = before.relative_lu(track.guid) + _fader(after, track.guid) - _fader(before, track.guid)
    return prior.level_p5 - _TOLERANCE <= relative_lu <= prior.level_p95 + _TOLERANCE


def _fader(mix: MixState, guid: str) -> float:
    track = mix.session_now.track(guid)
    assert track is not None
    return track.fader_db

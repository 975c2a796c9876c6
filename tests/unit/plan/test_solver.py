"""The joint solve: its small matrices against the measured balance, its program against another solver, its bounds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dawassist.plan.balance_model import BalanceModel, balance_model
from dawassist.plan.difference_bounds import DifferenceBounds
from dawassist.plan.mix_state import MixState
from dawassist.plan.move_space import Movable, MoveSpace, checked_space, movable
from dawassist.plan.pruning import pruned
from dawassist.plan.solver import KEPT_MIX_DB, MixProblem, Wishes, solve
from dawassist.session.targets import TrackTarget
from dawassist.units import db_to_gain
from tests.demanding import mix_and_roles


def model_of(leads: tuple[str, ...] = ()) -> BalanceModel:
    return balance_model(mix_and_roles()[0], leads, ())


def space_of(free: Movable | None = None) -> MoveSpace:
    mix, roles = mix_and_roles()
    return checked_space(mix, roles, (), free or movable(mix, (), ()))


def wishes_of(gaps: np.ndarray, **fields: np.ndarray) -> Wishes:
    count = len(gaps)
    values = {
        "gap_db": gaps, "spread_db": np.full(count, 3.0), "weight": np.ones(count), "counted": np.ones(count),
        "held_db": np.full(count, np.inf), "pan_way": np.zeros(count), "pan_spread": np.full(count, 0.1),
    }  # fmt: skip
    return Wishes(**{**values, **fields})


def problem_of(gaps: np.ndarray, **fields: np.ndarray) -> MixProblem:
    return MixProblem(model=model_of(), space=space_of(), wishes=wishes_of(gaps, **fields))


def changed(mix: MixState, guids: tuple[str, ...], moves_db: np.ndarray) -> MixState:
    faders = {guid: mix.session.track(guid).fader_db + way for guid, way in zip(guids, moves_db, strict=True)}  # type: ignore[union-attr]
    return mix.changed({TrackTarget(track_guid=g, field="fader_gain"): db_to_gain(f) for g, f in faders.items()})


@settings(max_examples=20)
@given(st.lists(st.floats(-9, 6), min_size=8, max_size=8))
def test_the_small_matrices_tell_the_loudness_of_the_mix(moves: list[float]) -> None:
    mix, model = mix_and_roles()[0], model_of()
    moves_db = np.array(moves)
    told = model.mix.level_db(moves_db) - model.mix.level_db(np.zeros(8))
    assert told == pytest.approx(changed(mix, model.track_guids, moves_db).mix_lufs - mix.mix_lufs, abs=1e-3)
    assert model.mix.slope(moves_db).sum() == pytest.approx(1.0)


def test_slopes_are_differences_of_what_they_are_slopes_of() -> None:
    mix = mix_and_roles()[0]
    lead = next(track.guid for track in mix.session.tracks if track.name == "Lead Vox")
    model = model_of((lead,))
    assert model.lead is not None
    for place in range(8):
        step = np.zeros(8)
        step[place] = 1e-4
        margin = np.mean(model.lead.margins_db(step)) - np.mean(model.lead.margins_db(-step))
        assert model.lead.slope(np.zeros(8))[place] == pytest.approx(margin / 2e-4, abs=1e-3)
        lean = model.lean_db(step) - model.lean_db(-step)
        slopes = model.sides[0].slope(np.zeros(8)) - model.sides[1].slope(np.zeros(8))
        assert slopes[place] == pytest.approx(lean / 2e-4, abs=1e-3)


def test_the_solution_is_the_minimum_that_another_solver_finds() -> None:
    from scipy.optimize import minimize

    generator = np.random.default_rng(2)
    gaps = generator.normal(0.0, 4.0, 8)
    problem = problem_of(gaps, held_db=np.full(8, 4.0), spread_db=generator.uniform(2.0, 5.0, 8))
    found = solve(problem)
    model, wishes = problem.model, problem.wishes
    moves = dict(zip(problem.space.faders.track_guids, problem.space.faders.per_track(found.faders), strict=True))
    ours = np.array([moves[guid] for guid in model.track_guids])

    def cost(x: np.ndarray) -> float:
        left = x - wishes.gap_db
        left = left - np.average(left, weights=wishes.spread_db**-2)  # a common gain costs nothing
        return float(0.5 * np.sum((left / wishes.spread_db) ** 2) + 0.5 * np.sum((x / wishes.held_db) ** 2))

    def room(x: np.ndarray) -> float:
        return KEPT_MIX_DB - abs(model.mix.level_db(x) - model.mix.level_db(x * 0.0))

    def leaning(x: np.ndarray) -> float:
        return problem.lean_db - abs(model.lean_db(x))

    other = minimize(
        cost, np.zeros(8), method="SLSQP",
        constraints=[{"type": "ineq", "fun": room}, {"type": "ineq", "fun": leaning}], options={"ftol": 1e-12},
    )  # fmt: skip
    assert room(ours) >= -1e-3
    assert cost(ours) <= cost(other.x) + 0.02


def test_a_start_from_the_last_solution_gives_the_same_moves() -> None:
    gaps = np.array([4.0, -3.0, 2.0, 0.0, 1.0, -5.0, 3.0, 2.0])
    first = solve(problem_of(gaps))
    again = solve(problem_of(gaps), first)
    assert again.faders == pytest.approx(first.faders, abs=1e-3)
    assert again.steps <= first.steps


def test_only_moves_that_earn_their_place_stay() -> None:
    gaps = np.array([9.0, 0.3, -0.2, 0.1, -8.0, 0.4, 0.0, 0.2])
    problem = problem_of(gaps)
    found = pruned(problem, np.full(len(problem.space.faders.bounds.lowest), 3.0))
    assert len(found.faders) == 2
    assert np.count_nonzero(np.abs(found.proposed.faders) > 0.01) == 2
    assert np.count_nonzero(np.abs(found.target.faders) > 0.01) > 2


def test_a_common_gain_is_wanted_by_nobody_whatever_the_spreads() -> None:
    gaps = np.array([1.0, -2.0, 0.5, 2.0, -1.0, 0.0, 1.5, -0.5])
    spreads = np.array([2.0, 6.0, 3.0, 4.0, 2.0, 6.0, 3.0, 4.0])
    one, other = (solve(problem_of(gaps + common, spread_db=spreads)) for common in (0.0, 5.0))
    assert other.faders == pytest.approx(one.faders, abs=1e-3)


def test_nothing_wanted_moves_nothing() -> None:
    found = solve(problem_of(np.zeros(8)))
    assert np.max(np.abs(found.faders)) < 1e-3
    assert np.max(np.abs(found.pans)) < 1e-3


def bounds_of(count: int, generator: np.random.Generator, orders: int) -> DifferenceBounds:
    return DifferenceBounds(
        lowest=generator.uniform(-9.0, 0.0, count),
        highest=generator.uniform(0.0, 9.0, count),
        above=generator.integers(count, size=orders).astype(np.intp),
        below=generator.integers(count, size=orders).astype(np.intp),
        least=generator.uniform(-6.0, 3.0, orders),
    )


@pytest.mark.parametrize("seed", range(60))
def test_bounds_are_met_exactly_or_have_no_solution_at_all(seed: int) -> None:
    from scipy.optimize import linprog

    generator = np.random.default_rng(seed)
    bounds = bounds_of(6, generator, 5)
    rows = np.zeros((5, 6))
    np.add.at(rows, (np.arange(5), bounds.above), -1.0)
    np.add.at(rows, (np.arange(5), bounds.below), 1.0)
    is_possible = linprog(
        np.zeros(6), A_ub=rows, b_ub=-bounds.least, bounds=list(zip(bounds.lowest, bounds.highest, strict=True))
    ).success
    assert (bounds.tightest is not None) == is_possible
    if is_possible:
        found = bounds.nearest(generator.uniform(-12.0, 12.0, 6), (0.1, 0.01))
        assert bounds.violation(found) <= 1e-9

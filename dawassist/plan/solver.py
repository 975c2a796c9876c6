"""Faders and pans in one step: the most probable balance, given what engineers do, what is set, and what is demanded.

Maximum a posteriori: Gaussian priors on levels (relative to the mean of all tracks) and on what is set by hand, under
exact bounds, orders and ties, with the loudness of the mix, of busses with dynamics, the sides and the lead kept.
Each step linearizes the latter and solves a quadratic program with OSQP (Stellato et al. 2020), until the moves stand.
The same session gives the same moves, whatever the order of its tracks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from dawassist.plan.balance_model import BalanceModel
from dawassist.plan.move_space import Axis, MoveSpace

Values = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
KEPT_MIX_DB = 0.25  # of the ±0.3 LU into the master chain that a plan may use; the gate may move by the rest
KEPT_BUS_DB = 0.45  # of ±0.5 dB into busses with dynamics
WIDEST_LEAN_DB = 1.17  # |left − right| that 90 % of engineers' mixes keep, see `pan_prior`
ANY_DB = 200.0  # no limit
_STEPS = 12
_FREE_STEPS = 3
_STANDS_DB = 1e-5
_REACH_DB = 6.0  # of one step: levels are no straight lines
_MISS_WEIGHT = 40.0  # per dB by which sides or a lead miss their band; a prior that is one spread away weighs 0.5
_CHARACTER_WEIGHT = 4.0  # per dB by which tone or range miss theirs: a lead comes first
_DRIVE_WEIGHT = 400.0  # of what a chain gets, which holds wherever it can
_RIDGE = 1e-4
_SMALLEST_PULL = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wishes:
    """Per track of the model, (n,): what to pull toward, and how hard.

    A level `gap_db` from where engineers keep it counts (gap/spread)²/2, times `weight` (0: unknown); a common gain of
    the tracks that are `counted` (1, else 0) costs nothing. `held_db` is the spread about the present fader,
    inf where it is no evidence; `pan_way` the wanted pan move, within `pan_spread`.
    """

    gap_db: Values
    spread_db: Values
    weight: Values
    counted: Values
    held_db: Values
    pan_way: Values
    pan_spread: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MixProblem:
    """`keeps_mix`: the loudness into the master chain is held to ± `kept_mix_db`; `mix_offset_db`: by how much it
    changes beyond what the model tells; `lean_db`: how far the sides may differ; `lead_gain_db`: how much more lead
    margin is wanted, `lead_most_db`: how much more there may be; `tone_db`: how far a band may move against the whole,
    `range_lu`: how much of the loudness range may go, `mono_lu`: how much more may be lost in mono."""

    model: BalanceModel
    space: MoveSpace
    wishes: Wishes
    keeps_mix: bool = True
    kept_mix_db: float = KEPT_MIX_DB
    mix_offset_db: float = 0.0
    lean_db: float = WIDEST_LEAN_DB
    lead_gain_db: float = 0.0
    lead_most_db: float = ANY_DB
    tone_db: float = ANY_DB
    range_lu: float = ANY_DB
    mono_lu: float = ANY_DB

    def only(self, faders: Places, pans: Places) -> "MixProblem":
        """With every other move held where it is nearest to staying."""
        return replace(self, space=replace(
            self.space, faders=_only(self.space.faders, faders), pans=_only(self.space.pans, pans)
        ))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solution:
    """Fader moves in dB and pan moves, per move of the space; `cost` what leaving each fader move out would cost."""

    faders: Values
    pans: Values
    cost: Values
    steps: int = field(default=0)


def solve(problem: MixProblem, start: Solution | None = None) -> Solution:
    """The most probable allowed moves; `start`, a solution of a similar problem, saves steps."""
    form = _Form(problem)
    faders = np.zeros(form.fader_moves) if start is None else start.faders.copy()
    pans = np.zeros(form.pan_moves) if start is None else start.pans.copy()
    steps, reach_db = 0, _REACH_DB
    for _ in range(_STEPS):
        steps += 1
        before = faders
        faders, pans = form.step(faders, pans, reach_db)
        change_db = float(np.max(np.abs(faders - before), initial=0.0))
        if change_db < _STANDS_DB:
            break
        if steps >= _FREE_STEPS:  # two lines may lead back and forth; half of the way between is nearer to the curve
            reach_db = min(reach_db, change_db / 2.0)
    return Solution(faders=faders, pans=pans, cost=0.5 * form.curvature * faders**2, steps=steps)


class _Form:
    """The quadratic program of one problem: variables are fader moves, pan moves and how far each band is missed."""

    def __init__(self, problem: MixProblem) -> None:
        self._problem = problem
        model, space, wishes = problem.model, problem.space, problem.wishes
        self.fader_moves, self.pan_moves = len(space.faders.bounds.lowest), len(space.pans.bounds.lowest)
        self._spread = _spreading(space.faders, model.track_guids)
        self._turn = _spreading(space.pans, model.track_guids)
        pull = wishes.weight / wishes.spread_db**2
        common = pull * wishes.counted
        common = common / max(float(common.sum()), _SMALLEST_PULL)
        relative = self._spread - common @ self._spread
        gap_db = wishes.gap_db - common @ wishes.gap_db
        hold = (self._spread**2).T @ (1.0 / wishes.held_db**2)
        levels = relative.T @ (pull[:, None] * relative) + np.diag(hold + _RIDGE)
        turning = (self._turn**2).T @ (1.0 / wishes.pan_spread**2)
        self.curvature = np.diag(levels)
        shaped = 0 if model.character is None else len(model.character.tone.matrices) + 2
        self._bands = 3 + len(model.buses) + shaped
        self._moves = self.fader_moves + self.pan_moves
        self._hessian = _block_diagonal(levels, np.diag(turning + _RIDGE), np.eye(self._bands) * _RIDGE)
        self._gradient = np.concatenate((
            -relative.T @ (pull * gap_db),
            -self._turn.T @ (wishes.pan_way / wishes.pan_spread**2),
            np.array([_DRIVE_WEIGHT, _MISS_WEIGHT, _MISS_WEIGHT]),
            np.full(len(model.buses), _DRIVE_WEIGHT),
            np.full(shaped, _CHARACTER_WEIGHT),
        ))  # fmt: skip

    def step(self, faders: Values, pans: Values, reach_db: float) -> tuple[Values, Values]:
        """The solution of the program that is linear about some moves, no further than `reach_db` from them."""
        low, high = self._bounds(faders, reach_db)
        rows, lows, highs = [np.eye(len(self._gradient))], [low], [high]
        for each in (self._orders(), _that_bind(self._band_rows(faders, pans), low, high, self._moves)):
            rows.append(each[0])
            lows.append(each[1])
            highs.append(each[2])
        start = np.concatenate((faders, pans, np.zeros(self._bands)))
        found = _quadratic_program(
            self._hessian, self._gradient, np.vstack(rows), np.concatenate(lows), np.concatenate(highs), start
        )
        return found[: self.fader_moves], found[self.fader_moves : self.fader_moves + self.pan_moves]

    def _bounds(self, faders: Values, reach_db: float) -> tuple[Values, Values]:
        space = self._problem.space
        fader_bounds, pan_bounds = space.faders.bounds.tightest, space.pans.bounds.tightest
        assert fader_bounds is not None
        assert pan_bounds is not None
        within = np.clip(faders, *fader_bounds)  # the reach never shuts out what the bounds demand
        low = np.maximum(fader_bounds[0], within - reach_db)
        high = np.minimum(fader_bounds[1], within + reach_db)
        return (
            np.concatenate((low, pan_bounds[0], np.zeros(self._bands))),
            np.concatenate((high, pan_bounds[1], np.full(self._bands, np.inf))),
        )

    def _orders(self) -> tuple[Values, Values, Values]:
        bounds = self._problem.space.faders.bounds
        rows = np.zeros((len(bounds.above), len(self._gradient)))
        place = np.arange(len(rows))
        np.add.at(rows, (place, bounds.above), 1.0)
        np.add.at(rows, (place, bounds.below), -1.0)
        return rows, bounds.least, np.full(len(rows), np.inf)

    def _band_rows(self, faders: Values, pans: Values) -> tuple[Values, Values, Values]:
        """One row for each side of each band; a miss variable widens it."""
        model = self._problem.model
        moves, turned = self._spread @ faders, self._turn @ pans
        none = np.zeros(self.pan_moves)
        kept = self._problem.kept_mix_db if self._problem.keeps_mix else ANY_DB
        change = model.mix.level_db(moves) - model.mix.level_db(moves * 0.0) + self._problem.mix_offset_db
        bands = [self._band(change, kept, faders, model.mix.slope(moves) @ self._spread, none, pans)]
        lean_slope = (model.sides[0].slope(moves) - model.sides[1].slope(moves)) @ self._spread
        pan_slope = (model.pan_slope[0] - model.pan_slope[1]) @ self._turn
        lean = model.lean_db(moves) + float((model.pan_slope[0] - model.pan_slope[1]) @ turned)
        bands.append(self._band(lean, self._problem.lean_db, faders, lean_slope, pan_slope, pans))
        bands.append(self._lead_band(moves, faders))
        for bus in model.buses.values():
            change = bus.level_db(moves) - bus.level_db(moves * 0.0)
            bands.append(self._band(change, KEPT_BUS_DB, faders, bus.slope(moves) @ self._spread, none, pans))
        bands.extend(self._character_bands(moves, faders))
        return self._with_misses(bands)

    def _with_misses(self, bands: Sequence[tuple[Values, float, float]]) -> tuple[Values, Values, Values]:
        rows, lows, highs = [], [], []
        for number, (row, low, high) in enumerate(bands):
            for side in (1.0, -1.0):
                miss = np.zeros(self._bands)
                miss[number] = side
                rows.append(np.concatenate((row, miss)))
                lows.append(low if side > 0.0 else -np.inf)
                highs.append(high if side < 0.0 else np.inf)
        return np.array(rows), np.array(lows), np.array(highs)

    def _band(
        self, value: float, kept: float, faders: Values, slope: Values, pan_slope: Values, pans: Values
    ) -> tuple[Values, float, float]:
        """−kept ≤ value + slope · (moves − these) ≤ kept."""
        here = value - float(slope @ faders) - float(pan_slope @ pans)
        return np.concatenate((slope, pan_slope)), -kept - here, kept - here

    def _lead_band(self, moves: Values, faders: Values) -> tuple[Values, float, float]:
        """The mean margin of the lead rises by what is wanted at least and by what may be at most; it does not fall,
        unless the lead stands out by more than that: then it falls by as much."""
        lead = self._problem.model.lead
        if lead is None:
            return np.zeros(self.fader_moves + self.pan_moves), -np.inf, np.inf
        change = float(np.mean(lead.margins_db(moves)) - np.mean(lead.margins_db(moves * 0.0)))
        slope = lead.slope(moves) @ self._spread
        here = float(slope @ faders) - change
        wanted, most = self._problem.lead_gain_db, self._problem.lead_most_db
        least, most = (wanted, max(most, wanted)) if wanted > 0.0 else (min(most, 0.0), most)
        return np.concatenate((slope, np.zeros(self.pan_moves))), least + here, most + here

    def _character_bands(self, moves: Values, faders: Values) -> Iterator[tuple[Values, float, float]]:
        """No band moves far against the whole; the loudness range loses little, and so does the mix in mono."""
        character = self._problem.model.character
        if character is None:
            return
        none, still = np.zeros(self.pan_moves), moves * 0.0
        changes = character.tone.levels_db(moves) - character.tone.levels_db(still)
        slopes = character.tone.slopes(moves) @ self._spread
        for change, slope in zip(changes.tolist(), slopes, strict=True):
            yield self._band(change, self._problem.tone_db, faders, slope, none, none)
        gone = character.passages.range_lu(moves) - character.passages.range_lu(still)
        slope = character.passages.slope(moves) @ self._spread
        row, low, _ = self._band(gone, self._problem.range_lu, faders, slope, none, none)
        yield row, low, np.inf
        mix = self._problem.model.mix
        heard = character.mono_db(moves) - character.mono_db(still) - mix.level_db(moves) + mix.level_db(still)
        slope = (character.mono_slope(moves) - mix.slope(moves)) @ self._spread
        row, low, _ = self._band(heard, self._problem.mono_lu, faders, slope, none, none)
        yield row, low, np.inf


def _that_bind(
    rows: tuple[Values, Values, Values], lowest: Values, highest: Values, moves: int
) -> tuple[Values, Values, Values]:
    """Without those that no allowed step can break: a program with many loose rows converges slowly."""
    bands, low, high = rows
    made = bands[:, :moves]
    ends = made * lowest[:moves], made * highest[:moves]
    binds = (np.minimum(*ends).sum(axis=1) < low) | (np.maximum(*ends).sum(axis=1) > high)
    return bands[binds], low[binds], high[binds]


def _spreading(axis: Axis, track_guids: Sequence[str]) -> Values:
    """(n, h): the part of each move in each track of the model."""
    place = {guid: place for place, guid in enumerate(axis.track_guids)}
    rows = np.zeros((len(track_guids), len(axis.bounds.lowest)))
    for row, guid in enumerate(track_guids):
        if guid in place:
            rows[row, axis.move[place[guid]]] = axis.sign[place[guid]]
    return rows


def _only(axis: Axis, kept: Places) -> Axis:
    low, high = axis.bounds.lowest, axis.bounds.highest
    others = np.setdiff1d(np.arange(len(low)), kept)
    held = axis.bounds.held_at(others, np.clip(0.0, low[others], high[others]))
    return replace(axis, bounds=held) if held.tightest is not None else axis


def _block_diagonal(*blocks: Values) -> Values:
    size = sum(len(block) for block in blocks)
    whole = np.zeros((size, size))
    first = 0
    for block in blocks:
        whole[first : first + len(block), first : first + len(block)] = block
        first += len(block)
    return whole


def _quadratic_program(
    hessian: Values, gradient: Values, rows: Values, low: Values, high: Values, start: Values
) -> Values:
    """min ½ zᵀ H z + gᵀ z with low ≤ rows · z ≤ high."""
    import osqp
    from scipy.sparse import csc_matrix

    solver = osqp.OSQP()
    solver.setup(
        P=csc_matrix(np.triu(hessian)), q=gradient, A=csc_matrix(rows), l=low, u=high,
        verbose=False, eps_abs=1e-6, eps_rel=1e-6, max_iter=20000, polishing=True,
        adaptive_rho_interval=50, time_limit=1e10,
    )  # fmt: skip
    solver.warm_start(x=start)
    found: Values = np.asarray(solver.solve(raise_error=False).x, dtype=np.float64)
    return np.where(np.isfinite(found), found, start)

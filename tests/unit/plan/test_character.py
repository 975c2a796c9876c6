"""What a first balance leaves of a recording: slopes, the loudness range as it is defined, and bounds that hold."""

from dataclasses import replace

import numpy as np
import pytest

from dawassist.plan.character import Character, Passages, Tone
from dawassist.plan.move_space import Axis
from dawassist.plan.solver import solve
from tests.unit.plan.test_solver import model_of, problem_of

TRACKS = 8


def matrices(count: int, seed: int) -> np.ndarray:
    """Powers of tracks that are not alike and add as powers."""
    powers = 10.0 ** np.random.default_rng(seed).uniform(-4.0, -1.0, (count, TRACKS))
    return np.einsum("bi,ij->bij", powers, np.eye(TRACKS))


def character(seed: int = 1) -> Character:
    return Character(
        tone=Tone(matrices=matrices(5, seed)), passages=Passages(matrices=matrices(40, seed + 1)),
        mono=matrices(1, seed + 2)[0],
    )  # fmt: skip


def test_slopes_are_differences_of_what_they_are_slopes_of() -> None:
    found = character()
    moves = np.random.default_rng(5).uniform(-3.0, 3.0, TRACKS)
    for place in range(TRACKS):
        step = np.eye(TRACKS)[place] * 1e-5
        bands = (found.tone.levels_db(moves + step) - found.tone.levels_db(moves - step)) / 2e-5
        assert found.tone.slopes(moves)[:, place] == pytest.approx(bands, abs=1e-4)
        wide = (found.passages.range_lu(moves + step) - found.passages.range_lu(moves - step)) / 2e-5
        assert found.passages.slope(moves)[place] == pytest.approx(wide, abs=1e-4)
        mono = (found.mono_db(moves + step) - found.mono_db(moves - step)) / 2e-5
        assert found.mono_slope(moves)[place] == pytest.approx(mono, abs=1e-4)


def test_the_range_goes_from_the_10th_to_the_95th_percentile_of_passages_that_are_not_far_under() -> None:
    powers = 10.0 ** (np.array([-70.0, -30.0, -24.0, -27.0, -20.0, -22.0, -33.0]) / 10.0)
    passages = Passages(matrices=powers[:, None, None])
    heard = [-30.0, -24.0, -27.0, -20.0, -22.0, -33.0]
    expected = np.percentile(heard, 95) - np.percentile(heard, 10)
    assert passages.range_lu(np.zeros(1)) == pytest.approx(expected)
    assert passages.range_lu(np.full(1, 3.0)) == pytest.approx(expected)


def test_the_tone_does_not_change_with_a_gain_of_everything() -> None:
    tone = character().tone
    assert tone.levels_db(np.full(TRACKS, 5.0)) == pytest.approx(tone.levels_db(np.zeros(TRACKS)))


@pytest.mark.parametrize("seed", range(4))
def test_a_balance_keeps_tone_range_and_mono_within_what_is_allowed(seed: int) -> None:
    gaps = np.random.default_rng(seed).uniform(-9.0, 9.0, TRACKS)
    free = problem_of(gaps)
    free = replace(free, model=replace(free.model, character=character(seed)))
    bound = replace(free, tone_db=1.0, range_lu=0.5, mono_lu=0.25)
    kept = bound.model.character
    assert kept is not None
    moves = [changes(each.space.faders, solve(each).faders) for each in (free, bound)]
    still = np.zeros(TRACKS)
    tones = [np.abs(kept.tone.levels_db(each) - kept.tone.levels_db(still)).max() for each in moves]
    assert tones[0] > 1.5
    assert tones[1] <= 1.05
    assert kept.passages.range_lu(moves[1]) >= kept.passages.range_lu(still) - 0.55


def changes(axis: Axis, moves: np.ndarray) -> np.ndarray:
    """Of the tracks in the order of their GUIDs, dB."""
    ways = dict(zip(axis.track_guids, axis.per_track(moves).tolist(), strict=True))
    return np.array([ways[guid] for guid in model_of().track_guids])

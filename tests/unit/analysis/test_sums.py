"""Tracks that are the sum of others, told from the covariance; and what only looks like one."""

import numpy as np
import numpy.typing as npt

from dawassist.analysis.model import BlockCovariance
from dawassist.analysis.sums import track_sums

FRAMES, BLOCKS = 2000, 24
Signal = npt.NDArray[np.float64]


def part(seed: int) -> Signal:
    chance = np.random.default_rng(seed)
    return np.asarray(chance.standard_normal(FRAMES * BLOCKS) * np.repeat(chance.uniform(0.2, 1.0, BLOCKS), FRAMES))


def covariance_of(*tracks: Signal) -> BlockCovariance:
    """Mono tracks, both channels alike."""
    channels = np.repeat(np.stack(tracks), 2, axis=0).reshape(2 * len(tracks), BLOCKS, FRAMES)
    tensor = np.einsum("cbf,dbf->bcd", channels, channels, optimize=True) / FRAMES
    return BlockCovariance(
        track_guids=tuple(map(str, range(len(tracks)))), tensor=tensor.astype(np.float32),
        block_seconds=np.arange(BLOCKS) * 0.4, is_exact=True,
    )  # fmt: skip


PARTS = tuple(part(seed) for seed in range(4))


def test_a_mixdown_is_told_with_its_parts_and_what_is_left() -> None:
    noise = 0.04 * np.sqrt(np.mean(np.square(PARTS[0]) + np.square(PARTS[1]) + np.square(PARTS[2])))
    mix = PARTS[0] + 0.8 * PARTS[1] + 1.2 * PARTS[2] + noise * np.random.default_rng(9).standard_normal(len(PARTS[0]))
    (found,) = track_sums(covariance_of(mix, *PARTS))
    assert (found.track_guid, found.part_guids) == ("0", ("1", "2", "3"))
    assert -30.0 < found.residual_db < -26.0


def test_rides_of_the_mixer_do_not_hide_the_sum() -> None:
    ride = np.linspace(0.3, 1.0, len(PARTS[0]))
    (found,) = track_sums(covariance_of(*PARTS, PARTS[0] * ride + PARTS[1] * ride[::-1]))
    assert (found.track_guid, found.part_guids) == ("4", ("0", "1"))


def test_both_of_two_equal_mixdowns_are_told() -> None:
    mix = PARTS[0] + PARTS[1] + PARTS[2]
    assert [found.track_guid for found in track_sums(covariance_of(mix, mix, *PARTS))] == ["0", "1"]


def test_parts_copies_and_bleed_are_no_sums() -> None:
    assert track_sums(covariance_of(*PARTS)) == ()
    assert track_sums(covariance_of(*PARTS, 0.7 * PARTS[0])) == ()
    assert track_sums(covariance_of(*PARTS[:2], PARTS[2] + 0.3 * PARTS[0] + 0.3 * PARTS[1])) == ()
    assert track_sums(covariance_of(PARTS[0], PARTS[1])) == ()

"""Fitting the level prior: what all engineers do comes out, what one did by accident does not."""

import numpy as np
import pytest
from fitting.levels import between_engineers, fit_coefficients, fit_levels, least_absolute, level_lines
from fitting.mixologydb import LeveledMix

from dawassist.plan.level_prior import LevelRecord, level_prior
from tests.mix_tables import make_mix, make_row

FADERS = {"DRUMS:KICK": -3.0, "BASS:ELECTRIC": 0.0, "GUITARS:ELECTRIC": -1.0, "VOCALS:LEAD": 5.0}


def mixes(songs: int = 6, noise_db: float = 0.0, engineers: int = 4) -> list[LeveledMix]:
    """Raw levels by song; faders by role, with what each engineer feels like."""
    generator = np.random.default_rng(5)
    found = []
    for song in range(songs):
        raw = {(label, take): float(generator.uniform(-30, -20)) for label in FADERS for take in range(3)}
        for _ in range(engineers):
            rows = [
                make_row(
                    label, level, FADERS[label] + noise_db * generator.standard_normal(), file=f"{label}{take}.wav"
                )
                for (label, take), level in raw.items()
            ]
            found.append(make_mix(rows, song=f"song {song}"))
    return found


def test_faders_that_depend_on_the_role_alone_are_found_whatever_was_recorded() -> None:
    model = fit_coefficients(mixes())
    assert model.between_roles == pytest.approx(1.0, abs=0.03)
    assert model.within_role == pytest.approx(1.0, abs=0.01)
    mix = mixes()[0]
    records = [LevelRecord(role=role, raw_lufs=float(raw)) for role, raw in zip(mix.roles, mix.raw_lufs, strict=True)]
    expected = np.array([target.level_lu for target in level_prior(records, model)])
    assert np.abs(expected - (mix.level_lufs - mix.level_lufs.mean())).max() < 0.3


def test_one_parked_fader_in_fifty_changes_little() -> None:
    features, target = np.ones((50, 1)), np.concatenate((np.zeros(49), [-57.0]))
    assert least_absolute(features, target, np.zeros(1))[0] == pytest.approx(0.0, abs=0.05)


def test_the_spread_is_that_between_engineers_of_one_file() -> None:
    assert all(spread < 1e-6 for found in between_engineers(mixes()).values() for spread in found)
    spreads = between_engineers(mixes(noise_db=3.0, engineers=12))
    assert np.median(spreads["kick"]) == pytest.approx(3.0, abs=0.7)
    assert not between_engineers(mixes(engineers=3))


def test_moves_that_every_engineer_makes_are_precise_and_those_of_nobody_are_a_toss_up() -> None:
    assert fit_levels(mixes()).move_precision > 0.95
    assert fit_levels(mixes(noise_db=8.0)).move_precision < 0.8
    assert fit_levels(mixes(songs=1)).move_precision == 0.5


def test_a_role_with_few_tracks_has_no_prior_and_lines_hold_every_other() -> None:
    rare = make_mix([make_row("KEYS:ELECTRIC", -22.0), *mixes()[0].tracks])
    model = fit_coefficients([*mixes(), rare])
    assert "keys" not in model.roles
    text = "\n".join(level_lines(model))
    assert all(f"[roles.{role}]" in text for role in ("kick", "bass", "electric_guitar", "lead_vocal"))

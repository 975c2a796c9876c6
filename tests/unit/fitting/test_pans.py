"""Fitting pans: the share in the center, the sides, and whether a role's sides balance."""

import numpy as np
import pytest
from fitting.mixologydb import MixedTrack
from fitting.pans import fit_pans, side_balance_db

from tests.mix_tables import make_mix, make_row


def guitars(*pans: float) -> list[MixedTrack]:
    return [make_row("GUITARS:ELECTRIC", -20.0 - place, pans=(pan,)) for place, pan in enumerate(pans)]


def test_shares_sides_and_leans_are_those_of_the_mixes() -> None:
    balanced = [make_mix([*guitars(0.0, -0.6, 0.6)]) for _ in range(12)]
    prior = fit_pans(balanced).by_role["electric_guitar"]
    assert prior.centered_share == pytest.approx(1 / 3)
    assert prior.loudest_centered_share == 1.0
    assert prior.aside is not None
    assert prior.aside.p10 == prior.aside.p90 == pytest.approx(0.6)
    assert (prior.lean_p50, prior.lean_p90) == (0.0, 0.0)
    one_sided = fit_pans([make_mix(guitars(0.6, 0.6)) for _ in range(12)])
    assert one_sided.by_role["electric_guitar"].lean_p50 == 1.0
    assert one_sided.imbalance_p50_db > 1.0


def test_roles_with_few_tracks_and_stereo_tracks_have_no_prior() -> None:
    stereo = [make_row("DRUMS:OVERHEAD", pans=(-1.0, 1.0)) for _ in range(30)]
    assert not fit_pans([make_mix([*guitars(0.1, -0.1), *stereo])]).by_role


def test_sides_in_balance_cancel_and_one_side_shows() -> None:
    assert side_balance_db(np.array([-20.0, -20.0, -26.0]), [(-1.0,), (1.0,), (0.0,)]) == pytest.approx(0.0)
    assert side_balance_db(np.array([-20.0, -20.0]), [(-0.5,), (0.0,)]) > 1.0

"""How far a lead stands over the rest, where it does so most: its presence, or what a small speaker plays of it."""

from dataclasses import replace

import numpy as np
import pytest

from dawassist.analysis.model import BandCovariance
from dawassist.plan.balance_model import LeadForm, balance_model
from dawassist.plan.character import WEIGHTED_DB
from dawassist.plan.mix_state import MixState
from tests.analyses import Sound, make_analysis
from tests.sessions import make_item, make_session, make_track

EDGES_HZ = (0.0, 120.0, 400.0, 1000.0, 4000.0, np.inf)


def lead_form(lead_power: tuple[float, ...], rest_power: tuple[float, ...]) -> LeadForm:
    """Of powers per band as they are at the output, in bands that were measured K-weighted."""
    tracks = [make_track(number=n, name=name, items=[make_item("a.wav")]) for n, name in enumerate(("Lead", "Keys"), 1)]
    session = make_session(tracks)
    covariance = make_analysis(session, {"Lead": Sound(), "Keys": Sound()}).covariance
    assert covariance is not None
    weights = 10.0 ** (np.array(WEIGHTED_DB) / 10.0)
    power = np.stack([lead_power, lead_power, rest_power, rest_power], axis=1) * weights[:, None]
    tensor = (power[:, None, :, None] * np.eye(4)).repeat(len(covariance.tensor), axis=1).astype(np.float32)
    bands = BandCovariance(
        edges_hz=EDGES_HZ, tensor=tensor, start_seconds=covariance.block_seconds, block_seconds=0.1
    )  # fmt: skip
    measured = replace(covariance, tensor=tensor.sum(axis=0), bands=bands)
    found = balance_model(MixState(session, measured), (tracks[0].guid,), ()).lead
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("lead_power", "rest_power", "clearance_db"),
    [
        ((0.0, 0.1, 0.1, 1.0, 0.0), (9.0, 1.0, 1.0, 0.1, 9.0), 10.0),
        ((0.0, 1.0, 10.0, 1.0, 0.0), (9.0, 9.0, 1.0, 1.0, 9.0), 7.4),
        ((0.0, 10.0, 1.0, 1.0, 0.0), (9.0, 1.0, 1.0, 1.0, 9.0), 6.02),
    ],
    ids=["in its presence", "on a phone", "on a laptop"],
)
def test_a_lead_is_as_clear_as_where_it_stands_out_most_not_k_weighted(
    lead_power: tuple[float, ...], rest_power: tuple[float, ...], clearance_db: float
) -> None:
    found = lead_form(lead_power, rest_power)
    assert found.clearance_db(np.zeros(2)) == pytest.approx(clearance_db, abs=0.02)

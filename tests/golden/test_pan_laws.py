"""Every pan law and mode, from the file to the gains of the console."""

from collections.abc import Callable

import numpy as np
import pytest

from dawassist.console.gains import Console
from dawassist.session.model import Session
from tests.golden.situations import PAN_LAWS, PAN_MODES, pan_laws

Opened = Callable[[str], Session]
CENTER_DB = {"0 dB": 0.0, "-3 dB": -3.0103, "-4.5 dB": -4.5, "-6 dB": -6.0206, "-3 dB compensated": 0.0,
             "-6 dB compensated": 0.0}  # fmt: skip
HARD_DB = {law: -center for law, center in {"-3 dB compensated": -3.0103, "-6 dB compensated": -6.0206}.items()}


def gain_db(session: Session, name: str, side: int) -> float:
    track = next(track for track in session.tracks if track.name == name)
    both = Console(session).gain_matrix(track.guid) @ np.ones(2)
    return float(20.0 * np.log10(abs(both[side]))) - master_db(session)


def master_db(session: Session) -> float:
    """What a centered master loses under the project's law, as folders and tracks do."""
    law = session.pan_law_db
    return 0.0 if session.pan_law_compensated else law


@pytest.mark.parametrize("mode", PAN_MODES)
@pytest.mark.parametrize("law", PAN_LAWS)
def test_the_center_loses_what_the_law_says(law: str, mode: str, opened: Opened) -> None:
    session = opened(pan_laws(law, mode))
    expected = CENTER_DB[law]
    if mode == "dual":  # each channel stands on its own side
        assert session.tracks[0].dual_pan == (-1.0, 1.0)
    assert gain_db(session, "Center", 0) == pytest.approx(expected, abs=0.001)
    assert gain_db(session, "Center", 1) == pytest.approx(expected, abs=0.001)


@pytest.mark.parametrize("mode", ["classic", "balance"])
@pytest.mark.parametrize("law", PAN_LAWS)
def test_a_hard_pan_is_unity_or_gains_what_is_compensated(law: str, mode: str, opened: Opened) -> None:
    session = opened(pan_laws(law, mode))
    assert gain_db(session, "Left", 0) == pytest.approx(HARD_DB.get(law, 0.0), abs=0.001)
    track = next(track for track in session.tracks if track.name == "Left")
    assert not (Console(session).gain_matrix(track.guid) @ np.ones(2))[1]


@pytest.mark.parametrize("law", PAN_LAWS)
def test_a_track_may_have_a_law_and_a_mode_of_its_own(law: str, opened: Opened) -> None:
    session = opened(pan_laws(law, "balance"))
    assert gain_db(session, "Own law", 0) == pytest.approx(0.0, abs=0.001)  # −3 dB, compensated
    own = next(track for track in session.tracks if track.name == "Own mode")
    assert (own.pan_mode, own.dual_pan) == ("dual", (-0.2, 0.8))
    assert [track.pan_mode for track in session.tracks[:4]] == ["balance"] * 4


@pytest.mark.parametrize("mode", PAN_MODES)
def test_a_pan_between_lies_between(mode: str, opened: Opened) -> None:
    session = opened(pan_laws("-3 dB", mode))
    assert gain_db(session, "Half right", 1) > gain_db(session, "Half right", 0)

"""Hum that the mix covers is no fault; a bare moment is enough to make it one."""

from dataclasses import replace

import numpy as np
import pytest

from dawassist.analysis.disturbances import Disturbances
from dawassist.analysis.hum import Hum
from dawassist.analysis.model import Analysis
from dawassist.analysis.spectrum import BandPower
from dawassist.plan.brief import Brief
from dawassist.session.findings import Finding
from dawassist.session.model import Session
from dawassist.strategies.technical import technical_pass
from tests.analyses import Sound, make_analysis
from tests.sessions import make_guid, make_item, make_session, make_track

FRAMES = 300
CENTERS = (50.0, 100.0, 150.0, 1000.0)
HUM = Hum(mains_hz=50.0, level_dbfs=-57.0, lines_dbfs=((50.0, -60.0), (100.0, -60.0)), standing_out_db=40.0,
          at_seconds=(1.0,))  # fmt: skip


def bands(*level_dbfs: float) -> BandPower:
    power = np.tile(2.0 * 10.0 ** (np.array(level_dbfs) / 10.0), (FRAMES, 1)).astype(np.float32)
    return BandPower(frame_seconds=0.2, center_hz=CENTERS, third_octave=power, erb_center_hz=(), erb=power[:, :0])


def session_of(**synth: float) -> Session:
    return make_session(
        [
            make_track(number=1, name="Vox", items=[make_item("a.wav")]),
            make_track(number=2, name="Synth", items=[make_item("b.wav")], **synth),
        ]
    )


def heard(session: Session, rest: BandPower) -> Analysis:
    analysis = make_analysis(session, [Sound(), Sound()])
    finding = Finding(kind="hum", track_guid=make_guid(1), sentence="Mains hum of 50 Hz on Vox.")
    first, second = analysis.tracks
    disturbed = Disturbances(noise_floor_dbfs=-60.0, hum=HUM)
    vox = replace(first, findings=(finding,), disturbances=disturbed, bands=bands(-60.0, -60.0, -80.0, -20.0))
    return replace(analysis, tracks=(vox, replace(second, bands=rest)))


def is_reported(session: Session, rest: BandPower) -> bool:
    found = technical_pass(session, heard(session, rest), Brief())
    withheld = [left.reason for left in found.left_out if "covers it" in left.reason]
    assert bool(withheld) != bool(found.findings)
    return bool(found.findings)


def test_hum_under_everything_else_is_withheld_and_that_is_said() -> None:
    assert not is_reported(session_of(), bands(-40.0, -40.0, -40.0, -20.0))


@pytest.mark.parametrize("rest", [(-55.0, -40.0), (-40.0, -100.0)])
def test_one_bare_line_is_heard(rest: tuple[float, float]) -> None:
    assert is_reported(session_of(), bands(*rest, -40.0, -20.0))


def test_a_bare_moment_is_enough() -> None:
    rest = bands(-40.0, -40.0, -40.0, -20.0)
    rest.third_octave[100:110] = 0.0
    assert is_reported(session_of(), rest)


def test_the_faders_count() -> None:
    assert is_reported(session_of(fader_db=-20.0), bands(-40.0, -40.0, -40.0, -20.0))


def test_where_the_track_does_not_play_nothing_hums() -> None:
    session = session_of()
    rest = bands(-40.0, -40.0, -40.0, -20.0)
    analysis = heard(session, rest)
    own = analysis.tracks[0].bands
    assert own is not None
    own.third_octave[200:] = 0.0
    rest.third_octave[200:] = 0.0
    assert technical_pass(session, analysis, Brief()).findings == ()

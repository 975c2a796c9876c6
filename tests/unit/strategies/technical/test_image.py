"""Off-center lead, kick and bass; a leaning mix; a mix that mono thins out. And when none of it is said."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dawassist.analysis.model import Analysis, BandCovariance
from dawassist.analysis.stereo import Stereo
from dawassist.plan.brief import Brief
from dawassist.plan.wording import sentence_faults
from dawassist.session.findings import Evidence, Finding
from dawassist.session.model import Session
from dawassist.strategies.technical import technical_pass
from tests.analyses import Sound, make_analysis
from tests.sessions import make_guid, make_item, make_session, make_track

BAND = ("Snare", "Gtr", "Keys", "Pad")


def session_of(*tracks: tuple[str, dict[str, Any]]) -> Session:
    return make_session(
        [
            make_track(number=number, name=name, items=[make_item("a.wav")], **fields)
            for number, (name, fields) in enumerate(tracks, 1)
        ]
    )


def band(*tracks: tuple[str, dict[str, Any]]) -> Session:
    return session_of(*tracks, *((name, {}) for name in BAND))


def analysis_of(session: Session, levels: Sequence[float] = ()) -> Analysis:
    sounds = [Sound(lufs=level) for level in levels] + [Sound(lufs=-20.0)] * (len(session.tracks) - len(levels))
    return make_analysis(session, sounds)


def with_channels(analysis: Analysis, place: int, products: Sequence[Sequence[float]]) -> Analysis:
    """The track at `place` with these products of its left and right."""
    assert analysis.covariance is not None
    tensor = analysis.covariance.tensor.copy()
    tensor[:, 2 * place : 2 * place + 2, 2 * place : 2 * place + 2] = products
    return replace(analysis, covariance=replace(analysis.covariance, tensor=tensor))


def found(session: Session, analysis: Analysis | None = None) -> list[Finding]:
    made = list(technical_pass(session, analysis or analysis_of(session), Brief()).findings)
    assert all(sentence_faults(each.sentence, *(line.text for line in each.evidence)) == [] for each in made)
    assert all(any(letter.isdigit() for letter in each.sentence) for each in made)
    return made


@pytest.mark.parametrize("name", ["Kick", "Bass DI", "Lead Vox"])
@pytest.mark.parametrize("pan", [-1.0, 0.6])
def test_a_lead_kick_or_bass_on_one_side_is_found(name: str, pan: float) -> None:
    (finding,) = found(band((name, {"pan": pan})))
    assert (finding.kind, finding.track_guid) == ("off_center", make_guid(1))
    assert "is missing on the other side" in finding.sentence


@pytest.mark.parametrize(
    "tracks",
    [
        [("Bass L", {"pan": -1.0}), ("Bass R", {"pan": 1.0})],
        [("Lead Vox 1", {"pan": -0.8}), ("Lead Vox 2", {"pan": 0.8})],
        [("Kick In", {"pan": -0.6}), ("Kick Out", {"pan": 0.6})],
        [("Bass", {"pan": 0.2})],
        [("Hat", {"pan": -1.0}), ("Shaker", {"pan": 1.0})],
    ],
    ids=["stereo pair", "doubled lead", "opposite microphones", "a little", "others"],
)
def test_pairs_doubles_and_others_may_be_aside(tracks: list[tuple[str, dict[str, Any]]]) -> None:
    assert [f for f in found(band(*tracks)) if f.kind == "off_center"] == []


def test_a_muted_bass_is_not_judged() -> None:
    assert found(band(("Bass", {"pan": -1.0, "muted": True}))) == []


def leaning(session: Session, balance_db: float, *findings: Finding) -> Analysis:
    analysis = analysis_of(session)
    sides = Stereo(
        broadband_correlation=0.9, correlation=0.9, correlation_p10=0.9,
        correlation_p50=0.9, correlation_p90=0.9, balance_db=balance_db,
        side_to_mid_db=-6.0, mono_loss_lu=0.5, left_max_lufs=-20.0,
        right_max_lufs=-20.0,
    )  # fmt: skip
    first = replace(analysis.tracks[0], stereo=sides, findings=findings)
    return replace(analysis, tracks=(first, *analysis.tracks[1:]))


def test_a_file_that_leans_by_itself_is_off_center_too() -> None:
    session = band(("Bass", {}))
    (finding,) = found(session, leaning(session, -12.0))
    assert finding.sentence == "Bass leans 12.0 dB to the left by itself: its low end is missing on the other side."
    assert found(session, leaning(session, -5.0)) == []


def test_a_dead_side_is_said_once() -> None:
    session = band(("Bass", {}))
    dead = Finding(kind="dead_side", track_guid=make_guid(1), sentence="The right side is dead: 60 dB.")
    assert [f.kind for f in found(session, leaning(session, -60.0, dead))] == ["dead_side"]


def test_a_mix_that_leans_names_the_heaviest_part() -> None:
    session = band(("Strings", {"pan": 1.0}))
    (finding,) = found(session, analysis_of(session, [-10.0]))
    assert finding.kind == "imbalance"
    assert finding.track_guid == session.master.guid
    assert "to the right, most of it by Strings" in finding.sentence


def test_a_mix_that_leans_by_its_bass_gets_one_finding() -> None:
    session = band(("Bass", {"pan": 1.0}))
    assert [f.kind for f in found(session, analysis_of(session, [-10.0]))] == ["off_center"]


def test_opposite_pans_balance_each_other() -> None:
    session = band(("Strings", {"pan": 1.0}), ("Horns", {"pan": -1.0}))
    assert found(session, analysis_of(session, [-10.0, -10.0])) == []


def test_a_mix_that_mono_thins_out_names_what_is_lost() -> None:
    session = band(("Wide", {}))
    wide = with_channels(analysis_of(session), 0, [[0.05, -0.045], [-0.045, 0.05]])
    (finding,) = found(session, wide)
    assert finding.kind == "mono_unsafe"
    assert "LU, most of it of Wide." in finding.sentence
    (line,) = finding.evidence
    assert line.value > 4.0
    against = Finding(kind="stereo_polarity", track_guid=make_guid(1), sentence="The sides cancel: 9 LU.")
    named = tuple(replace(t, findings=(against,)) if t.track_guid == make_guid(1) else t for t in wide.tracks)
    assert "mono_unsafe" not in [f.kind for f in found(session, replace(wide, tracks=named))]


def test_wide_tracks_in_a_mix_that_holds_are_no_fault() -> None:
    session = band(("Wide", {}))
    wide = with_channels(analysis_of(session), 0, [[0.005, -0.0045], [-0.0045, 0.005]])
    assert found(session, wide) == []


def test_the_lost_level_is_that_of_a_mono_render() -> None:
    session = band(("Wide", {"fader_db": -3.0}))
    analysis = with_channels(analysis_of(session), 0, [[0.2, -0.15], [-0.15, 0.2]])
    assert analysis.covariance is not None
    power = 10 ** ((-20.0 + 0.691) / 10) / 2 * len(BAND)
    gain = 10 ** (-3.0 / 10)
    stereo, between = 2 * power + 0.4 * gain, power - 0.15 * gain
    expected = 10 * np.log10(stereo / ((stereo + 2 * between) / 2))
    (finding,) = found(session, analysis)
    assert finding.evidence[0].value == pytest.approx(expected, abs=0.05)


def test_few_tracks_are_not_judged_as_a_mix() -> None:
    session = session_of(("Strings", {"pan": 1.0}), ("Horns", {}))
    assert found(session) == []


def test_evidence_says_where_the_pan_stands() -> None:
    (finding,) = found(band(("Bass", {"pan": -1.0})))
    assert finding.evidence == (Evidence(text="It sits at 100%L.", value=-1.0, unit="pan"),)


def lead_in_stereo(name: str, between: float) -> tuple[Session, Analysis]:
    """A stereo lead whose sides have power 0.01 and this product; half of it below 120 Hz."""
    session = band((name, {}))
    products = np.array([[0.01, between], [between, 0.01]])
    analysis = with_channels(analysis_of(session), 0, products.tolist())
    assert analysis.covariance is not None
    bands = np.zeros((2, 3, 2 * len(session.tracks), 2 * len(session.tracks)), dtype=np.float32)
    bands[0, :, :2, :2] = 0.5 * products
    bands[1, :, :2, :2] = [[0.005, 0.005], [0.005, 0.005]]
    measured = BandCovariance(
        edges_hz=(0.0, 120.0, np.inf), tensor=bands, start_seconds=np.arange(3) * 2.0, block_seconds=2.0
    )
    first = replace(analysis.tracks[0], is_mono=False)
    return session, replace(
        analysis, tracks=(first, *analysis.tracks[1:]), covariance=replace(analysis.covariance, bands=measured)
    )


def test_a_lead_that_mono_takes_away_is_found_with_what_is_lost_and_where() -> None:
    session, analysis = lead_in_stereo("Lead Vox", -0.007)
    (finding,) = [f for f in found(session, analysis) if f.track_guid == make_guid(1)]
    assert finding.kind == "mono_unsafe"
    expected = 10 * np.log10(0.02 / (0.5 * (0.02 - 0.014)))
    assert finding.evidence[0].value == pytest.approx(expected, abs=0.05)
    assert "most of it below 120 Hz" in finding.sentence
    assert len(finding.at_seconds) == 3


@pytest.mark.parametrize(
    ("name", "between"),
    [("Lead Vox", 0.0), ("Lead Vox", 0.006), ("Keys", -0.007), ("Bass wide", -0.007)],
    ids=["unrelated sides", "a narrow lead", "keys may be wide", "named so"],
)
def test_width_that_holds_in_mono_or_is_meant_is_no_fault(name: str, between: float) -> None:
    session, analysis = lead_in_stereo(name, between)
    assert [f for f in found(session, analysis) if f.track_guid == make_guid(1)] == []

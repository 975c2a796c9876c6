"""The dry-run loudness of the stand-in, against an independent meter and sums made by hand."""

from pathlib import Path

import numpy as np
import pyebur128
import pytest

from dawassist.standin.faults import Faults
from dawassist.standin.functions.general import get_config_var_string
from dawassist.standin.functions.projects import GetSetProjectInfo_String
from dawassist.standin.host import Host
from dawassist.standin.project import Project
from tests.golden.projects import RATE, envelope, item, project, reaeq, track, write, write_wave

_AT = np.arange(3 * RATE) / RATE
_LOW = 0.25 * np.sin(2 * np.pi * 220.0 * _AT)
_HIGH = 0.1 * np.sin(2 * np.pi * 3000.0 * _AT) * np.exp(-3.0 * (_AT % 1.0))


@pytest.fixture
def host(tmp_path: Path) -> Host:
    write_wave(tmp_path, "low.wav", _LOW)
    write_wave(tmp_path, "high.wav", _HIGH)
    write_wave(tmp_path, "none.wav", np.zeros(RATE))
    return Host(Project(write(tmp_path, song())), tmp_path)


def song() -> str:
    """A tone at −6 dB, hits hard left, an equalizer of +6.02 dB on all of it, and a silent track."""
    return project(
        track("Low", items=[item("low.wav", length=3.0)], volpan="0.5 0 -1 -1 1"),
        track("High", items=[item("high.wav", length=3.0)], volpan="1 -1 -1 -1 1"),
        track("Equalized", items=[item("low.wav", length=3.0)], fx=[reaeq((0, 19000.0, 2.0, 4.0))], mute_solo="1 0 0"),
        track("Silent", items=[item("none.wav")]),
        track("Ride", items=[item("low.wav", length=3.0)], mute_solo="1 0 0",
              lines=envelope("VOLENV2", (0.0, 1.0), (1.5, 1.0), (1.5, 0.0001))),
        selection="0 1",
    )  # fmt: skip


def lufs(samples: np.ndarray) -> float:
    """By libebur128."""
    meter = pyebur128.R128State(2, RATE, pyebur128.MeasurementMode.MODE_I)
    meter.add_frames(np.ascontiguousarray(samples.T, dtype=np.float64).ravel(), samples.shape[1])
    return float(pyebur128.get_loudness_global(meter))


def both(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.stack((left, right))


def statistics(host: Host, action: str, *numbers: int) -> list[dict[str, str]]:
    """One dictionary for each file."""
    for each in host.project.tracks:
        each.element.line("SEL").set_number(1, float(each.number in numbers))  # type: ignore[union-attr]
    text = GetSetProjectInfo_String(host, 0, "RENDER_STATS", action, False)[1]
    found: list[dict[str, str]] = []
    for name, _, value in (part.partition(":") for part in text.split(";")):
        if name == "FILE":
            found.append({})
        found[-1][name] = value
    return found


def test_tracks_are_measured_after_their_faders_and_pans(host: Host) -> None:
    low, high = statistics(host, "42438", 1, 2)
    assert float(low["LUFSI"]) == pytest.approx(lufs(0.5 * both(_LOW, _LOW)), abs=0.05)
    assert float(high["LUFSI"]) == pytest.approx(lufs(both(_HIGH, 0.0 * _HIGH)), abs=0.05)
    assert (Path(low["FILE"]).name, low["LENGTH"]) == ("Low", "0:03.000")
    assert float(low["PEAK"]) == pytest.approx(20 * np.log10(0.125), abs=0.01)
    assert list(low) == ["FILE", "LENGTH", "PEAK", "LUFSMMAX", "LUFSSMAX", "LUFSI", "LRA"]


def test_the_master_is_the_sum_of_what_is_heard_and_marks_the_project(host: Host) -> None:
    before = host.project.history.change_count
    (mix,) = statistics(host, "42440")
    assert float(mix["LUFSI"]) == pytest.approx(lufs(both(0.5 * _LOW + _HIGH, 0.5 * _LOW)), abs=0.05)
    assert host.project.history.change_count == before + 1


def test_parts_are_measured_within_the_time_selection(host: Host) -> None:
    first = slice(0, RATE)
    (high,) = statistics(host, "42439", 2)
    (mix,) = statistics(host, "42441")
    assert float(high["LUFSI"]) == pytest.approx(lufs(both(_HIGH, 0.0 * _HIGH)[:, first]), abs=0.1)
    assert float(mix["LUFSI"]) == pytest.approx(lufs(both(0.5 * _LOW + _HIGH, 0.5 * _LOW)[:, first]), abs=0.1)
    assert high["LENGTH"] == "0:01.000"


def test_plugins_and_envelopes_act_and_muted_tracks_are_silent(host: Host) -> None:
    project = host.project
    (muted,) = statistics(host, "42438", 3)
    assert "LUFSI" not in muted
    for number in (3, 5):
        project.track_by_number(number).set("B_MUTE", 0.0)
    (equalized,) = statistics(host, "42438", 3)
    assert float(equalized["LUFSI"]) == pytest.approx(lufs(2.0 * both(_LOW, _LOW)), abs=0.3)
    (ride,) = statistics(host, "42438", 5)
    faded = _LOW * np.where(_AT < 1.5, 1.0, 0.0)
    assert float(ride["LUFSI"]) == pytest.approx(lufs(both(faded, faded)), abs=0.15)


def test_a_solo_silences_the_stems_of_other_tracks(host: Host) -> None:
    host.project.track_by_number(2).set("I_SOLO", 1.0)
    low, high = statistics(host, "42438", 1, 2)
    assert ("LUFSI" in low, "LUFSI" in high) == (False, True)


def test_a_silent_file_has_no_loudness(host: Host) -> None:
    assert [list(each) for each in statistics(host, "42438", 4)] == [["FILE", "LENGTH"]]


def test_other_statistics_are_refused_by_name(host: Host) -> None:
    for action in ("", "42437", "43349"):
        with pytest.raises(RuntimeError, match="not modelled in the stand-in: RENDER_STATS"):
            statistics(host, action, 1)


def test_the_fault_makes_both_disagree_by_what_it_says(host: Host) -> None:
    (before,) = statistics(host, "42438", 1)
    Faults.parse(["loudness-off=1.5"]).install(host)
    (after,) = statistics(host, "42438", 1)
    assert float(after["LUFSI"]) - float(before["LUFSI"]) == pytest.approx(1.5)


def test_without_the_preference_reading_would_open_a_question(host: Host) -> None:
    assert get_config_var_string(host, "renderclosewhendone", "", 64) == (True, str(1 | 1 << 21))
    Faults.parse(["no-statistics"]).install(host)
    assert get_config_var_string(host, "renderclosewhendone", "", 64) == (True, "1")
    with pytest.raises(RuntimeError, match="question"):
        statistics(host, "42440")

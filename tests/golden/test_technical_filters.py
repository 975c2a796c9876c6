"""DC, rumble and hum are taken away by filters that spare what is played: heard again after they are written."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dawassist.analysis.model import Analysis
from dawassist.journal import Journal
from dawassist.opening import open_file
from dawassist.plan.brief import Brief
from dawassist.plan.model import Plan
from dawassist.review import Decisions
from tests.golden import band
from tests.golden.projects import RATE, project, reaeq, write, write_wave
from tests.golden.technical import Told, part


def dc() -> band.Part:
    return np.full(band.frames(), 0.03)


def rumble() -> band.Part:
    """Noise from 8 to 14 Hz, 27 dB under the guitar."""
    noise = np.fft.rfft(np.random.default_rng(5).standard_normal(band.frames()))
    hertz = np.fft.rfftfreq(band.frames(), 1 / RATE)
    shaped = np.fft.irfft(np.where((hertz > 8) & (hertz < 14), noise, 0), band.frames())
    return 0.01 * shaped / np.std(shaped)


def hum() -> band.Part:
    at = np.arange(band.frames()) / RATE
    lines = [level * np.sin(2 * np.pi * k * 50.0 * at + k) for k, level in ((1, 3e-3), (2, 2e-3), (3, 2e-3))]
    return np.sum(lines, axis=0)


def told(folder: Path, sound: band.Part, **fields: object) -> Told:
    write_wave(folder, "faulty.wav", sound)
    return Told(folder, project(part("Guitar", "faulty", **fields)))


def moves(plan: Plan) -> list[tuple[str, str]]:
    return [(r.kind, r.reason_class) for r in plan.recommendations if r.basis == "technical"]


def suggested(path: Path, out: Path | None = None) -> tuple[Plan, Analysis]:
    """And, where there is an `out`, all of it is written there."""
    with open_file(path, out=out, journal=Journal(path.parent / "journal.jsonl")) as assistant:
        session, brief = assistant.snapshot(), Brief()
        analysis = assistant.analyze(session, brief)
        plan = assistant.suggest(session, analysis, brief)
        if out is not None:
            assistant.write_copy(plan, Decisions().accept(r.id for r in plan.recommendations))
    return plan, analysis


@pytest.mark.parametrize("fault", [dc, rumble, hum])
def test_the_filter_does_what_was_predicted_when_it_is_heard_again(
    fault: Callable[[], band.Part], tmp_path: Path
) -> None:
    kind = fault.__name__
    write_wave(tmp_path, "faulty.wav", band.guitar() + fault())
    path, out = write(tmp_path, project(part("Guitar", "faulty"))), tmp_path / "out.rpp"
    plan, _ = suggested(path, out)
    assert [f.kind for f in plan.findings if f.kind in ("dc", "rumble", "hum")] == [kind]
    assert {reason for _, reason in moves(plan)} == {kind}
    again, heard = suggested(out)
    assert moves(again) == []
    disturbances = heard.tracks[0].disturbances
    assert disturbances is not None
    left = getattr(disturbances, kind)
    predicted = next(r for r in plan.recommendations if r.predicted).predicted[0]
    assert predicted.after < predicted.before - 6.0
    assert left is None or left.level_dbfs == pytest.approx(predicted.after, abs=1.5)


def test_dc_and_rumble_are_one_high_pass_under_the_notes(tmp_path: Path) -> None:
    plan = told(tmp_path, band.guitar() + dc() + rumble()).plan
    (move,) = plan.recommendations
    assert (move.change.parameter, move.reason_class) == ("High-pass", "dc_and_rumble")
    assert 20.0 <= move.change.after <= 40.0
    assert [p.metric.split(" of ")[0] for p in move.predicted] == ["DC offset", "rumble"]
    assert plan.unmoved_findings() == ()


def test_a_high_pass_that_is_on_already_is_not_doubled(tmp_path: Path) -> None:
    found = told(tmp_path, band.guitar() + hum(), fx=[reaeq((4, 30.0, 1.0, 2.0))])
    assert ("hum", frozenset({1})) in found.faults
    assert "High-pass" not in {r.change.parameter for r in found.plan.recommendations}


def test_the_notes_of_a_bass_are_not_cut_for_its_hum(tmp_path: Path) -> None:
    write_wave(tmp_path, "faulty.wav", band.bass() + 2.0 * hum())
    found = Told(tmp_path, project(part("Bass", "faulty")))
    assert found.technical_moves == set()


def test_both_microphones_of_one_source_get_the_same_filter(tmp_path: Path) -> None:
    write_wave(tmp_path, "top.wav", band.guitar())
    write_wave(tmp_path, "under.wav", band.heard(band.guitar(), late=3.0) + dc())
    left, right = part("Gtr L", "top", volpan="1 -1 -1 -1 1"), part("Gtr R", "under", volpan="1 1 -1 -1 1")
    plan = Told(tmp_path, project(left, right)).plan
    filters = [r for r in plan.recommendations if r.reason_class == "dc"]
    assert {r.track_name for r in filters} == {"Gtr L", "Gtr R"}
    assert len({(r.card, r.change.after) for r in filters}) == 1

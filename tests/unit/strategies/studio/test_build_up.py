"""Low mids in which several tracks pile up are cut on those that pile up most; a full track alone is left as it is."""

from typing import Any

import numpy as np
import pytest

from dawassist.analysis.track_meter import TrackMeter
from dawassist.plan.brief import Brief
from dawassist.plan.model import Recommendation
from dawassist.plan.wording import wording_faults
from dawassist.realize.plan import realize
from dawassist.strategies.studio import Studio
from tests.analyses import Sound, make_analysis
from tests.sessions import make_item, make_session, make_track
from tests.spectra import Corners, make_bands, with_bands
from tests.tools import make_eq

EVEN: Corners = {20: -20, 60: 0, 5000: -15, 16000: -40}
FULL: Corners = {20: -20, 60: -2, 120: -2, 200: 8, 250: 9, 320: 8, 560: -4, 5000: -15, 16000: -40}
HIGH_PART: Corners = {20: -60, 60: -50, 150: -30, 200: 8, 250: 9, 320: 8, 560: -4, 5000: -15, 16000: -40}
SPARSE: Corners = {20: -30, 60: -20, 5000: -28, 16000: -50}


def build_ups(spectra: dict[str, Corners], **fields: Any) -> list[Recommendation]:
    tracks = [
        make_track(number=n, name=name, items=[make_item("a.wav")], fader_db=-5.0, **fields)
        for n, name in enumerate(spectra, start=1)
    ]
    session = make_session(tracks)
    analysis = make_analysis(session, {name: Sound(lufs=-22) for name in spectra})
    analysis = with_bands(analysis, session, {name: make_bands(each) for name, each in spectra.items()})
    plan = realize(session, analysis, Brief(), Studio().suggest(session, analysis, Brief()), strategy="studio")
    return [r for r in plan.recommendations if r.reason_class == "build_up"]


def test_two_of_those_that_pile_up_get_one_broad_gentle_cut() -> None:
    found = build_ups({"Lead Vox": EVEN, "Gtr Rhythm": FULL, "Keys": FULL, "Strings": FULL})
    assert len(found) == 2
    for each in found:
        assert -3.5 <= each.change.after <= -1.5
        assert "Q 1.0" in each.change.parameter
        assert any("piles up" in line.text and "Keys" in line.text for line in each.rationale.evidence)
        assert wording_faults(each) == []


def test_what_is_predicted_is_what_a_filter_of_scipy_does() -> None:
    found = build_ups({"Lead Vox": EVEN, "Gtr Rhythm": FULL, "Keys": FULL, "Strings": FULL})[0]
    frequency_hz = next(each.after for each in found.change.also if each.parameter == "Frequency")
    hertz = np.geomspace(frequency_hz * 2**-0.5, frequency_hz * 2**0.5, 200)
    amplitude, omega = 10 ** (found.change.after / 40), 2 * np.pi * frequency_hz
    from scipy.signal import freqs

    _, response = freqs([1, omega * amplitude, omega**2], [1, omega / amplitude, omega**2], worN=2 * np.pi * hertz)
    level = 10 ** (np.interp(np.log2(hertz), np.log2(sorted(FULL)), [FULL[k] for k in sorted(FULL)]) / 10)
    wanted = 10 * np.log10((level * np.abs(response) ** 2).sum() / level.sum())
    assert found.predicted[0].after == pytest.approx(wanted, abs=0.3)


@pytest.mark.parametrize(
    "spectra",
    [
        {"Lead Vox": EVEN, "Gtr": EVEN, "Keys": EVEN, "Bass": EVEN},
        {"Acoustic Gtr": FULL, "Shaker": SPARSE, "Lead Vox": SPARSE},
        {"Cello": FULL, "Lead Vox": SPARSE, "Keys": SPARSE},
        {"Lead Vox": FULL, "Gtr": EVEN, "Keys": EVEN, "Bass": EVEN},
        {"Bass": FULL, "Kick": FULL, "Lead Vox": FULL},
    ],
    ids=["good mix", "a guitar alone", "a cello alone", "proximity that is wanted", "lead, bass and kick"],
)
def test_nothing_to_do(spectra: dict[str, Corners]) -> None:
    assert build_ups(spectra) == []


def test_the_octave_in_which_a_part_begins_is_left_to_it() -> None:
    spectra = {"Lead Vox": EVEN, "BGV": HIGH_PART, "Keys": FULL, "Strings": HIGH_PART}
    assert [each.track_name for each in build_ups(spectra)] == ["Keys"]


def test_a_small_share_is_not_cut() -> None:
    quiet: Corners = {hertz: level - 3.0 for hertz, level in FULL.items()}
    spectra = {"Lead Vox": EVEN, "Gtr Rhythm": FULL, "Keys": FULL, "Strings": quiet, "Pad": quiet}
    assert {each.track_name for each in build_ups(spectra)} == {"Gtr Rhythm", "Keys"}
    assert build_ups(dict.fromkeys(["Pad", "Keys", "Strings", "Gtr Rhythm", "Gtr Lead", "Organ"], FULL)) == []


def test_no_second_cut_where_one_was_made() -> None:
    spectra = {"Lead Vox": EVEN, "Gtr Rhythm": FULL, "Keys": FULL, "Strings": FULL}
    assert build_ups(spectra, fx=(make_eq(bands=((8, True, 300.0, -2.0),)),)) == []


def test_an_even_noise_has_no_build_up_of_its_own() -> None:
    meter = TrackMeter(48000, hears_voice=False)
    noise = np.random.default_rng(3).standard_normal((2, 5 * 48000)).astype(np.float32) * 0.1
    meter.push(noise, is_last=True)
    bands = meter.analysis("", "after_chain", 0.0, ()).bands
    assert bands is not None
    names = ("Gtr", "Keys", "Strings")
    session = make_session(
        [make_track(number=n, name=name, items=[make_item("a.wav")], fader_db=-5.0) for n, name in enumerate(names, 1)]
    )
    analysis = with_bands(make_analysis(session, [Sound()] * 3), session, dict.fromkeys(names, bands))
    draft = Studio().suggest(session, analysis, Brief())
    assert [p for p in draft.proposals if p.reason_class == "build_up"] == []

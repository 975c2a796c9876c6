"""Rings that stay whatever is played are cut by half; notes, drones and low instruments are left alone."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dawassist.analysis.spectrum import BandPower
from dawassist.plan.brief import Brief
from dawassist.plan.model import Plan, Recommendation
from dawassist.plan.wording import wording_faults
from dawassist.realize.plan import realize
from dawassist.strategies.studio import Studio
from dawassist.strategies.studio.spectra import bell_power
from tests.analyses import Sound, make_analysis
from tests.sessions import make_item, make_session, make_track
from tests.spectra import VOICE, make_bands, with_bands
from tests.tools import make_eq


def moving() -> BandPower:
    """A voice whose notes wander: in every frame other bands stand out."""
    bands = make_bands(VOICE, frames=60)
    chance = np.random.default_rng(5)
    peaks = 10.0 ** (chance.choice([0.0, 1.2], size=bands.erb.shape, p=[0.7, 0.3])).astype(np.float32)
    return replace(bands, erb=bands.erb * peaks)


def with_peak(bands: BandPower, center_hz: float, gain_db: float) -> BandPower:
    gain = bell_power(np.array(bands.erb_center_hz), center_hz, gain_db, 6.0).astype(np.float32)
    return replace(bands, erb=bands.erb * gain)


def rings(name: str, bands: BandPower, **fields: Any) -> list[Recommendation]:
    names = (name, "Keys", "Pad")
    tracks = [
        make_track(number=n, name=each, items=[make_item("a.wav")], fader_db=-5.0, **(fields if each == name else {}))
        for n, each in enumerate(names, start=1)
    ]
    session = make_session(tracks)
    analysis = with_bands(make_analysis(session, [Sound(lufs=-22)] * 3), session, {name: bands})
    draft = Studio().suggest(session, analysis, Brief())
    plan: Plan = realize(session, analysis, Brief(), draft, strategy="studio")
    return [r for r in plan.recommendations if r.reason_class == "ring"]


@pytest.mark.parametrize("name", ["Lead Vox", "Snare", "Overheads"])
def test_a_ring_is_cut_by_half_where_it_is(name: str) -> None:
    (ring,) = rings(name, with_peak(moving(), 900.0, 18.0))
    assert -6.0 <= ring.change.after <= -3.0
    frequency_hz = next(each.after for each in ring.change.also if each.parameter == "Frequency")
    assert frequency_hz == pytest.approx(900.0, rel=0.1)
    assert ring.predicted[0].after < ring.predicted[0].before
    assert wording_faults(ring) == []


def test_a_voice_without_a_ring_and_one_that_holds_a_note_are_left_alone() -> None:
    assert rings("Lead Vox", moving()) == []
    held = with_peak(with_peak(moving(), 500.0, 18.0), 1500.0, 18.0)
    assert rings("Lead Vox", held) == []


@pytest.mark.parametrize("name", ["Bass", "Kick", "Synth", "Gtr", "Audio 07"])
def test_no_notch_on_what_plays_notes(name: str) -> None:
    assert rings(name, with_peak(moving(), 900.0, 18.0)) == []


def test_no_second_cut_where_one_was_made() -> None:
    cut = with_peak(moving(), 900.0, 15.0)
    assert rings("Lead Vox", cut, fx=(make_eq(bands=((8, True, 900.0, -5.0),)),)) == []

"""High-passes where something lies under what a source can play, and nowhere else."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dawassist.analysis.disturbances import Disturbances
from dawassist.analysis.hum import Hum
from dawassist.analysis.spectrum import BandPower
from dawassist.plan.brief import Brief
from dawassist.plan.model import Plan
from dawassist.plan.wording import wording_faults
from dawassist.realize.plan import realize
from dawassist.strategies.studio import Studio
from dawassist.strategies.studio.spectra import high_pass_power
from tests.analyses import Sound, make_analysis
from tests.sessions import make_item, make_session, make_track
from tests.spectra import GUITAR, VOICE, make_bands, with_bands
from tests.tools import make_eq, make_fx

RUMBLING = {**VOICE, 20: -14.0, 40: -12.0, 62: -16.0, 90: -40.0}
LOUD_LOW = {20: -3.0, 40: 0.0, 80: 0.0, 200: -10.0, 2000: -30.0, 16000: -60.0}


def plan_of(
    bands: Mapping[str, BandPower],
    *,
    heard_before: str = "",
    hums: str = "",
    mono: bool = True,
    **fields: Mapping[str, Any],
) -> Plan:
    """A session in progress with one track for each of `bands`; `fields` of tracks by name."""
    tracks = [
        make_track(number=n, name=name, items=[make_item("a.wav")], fader_db=-5.0, **fields.get(name, {}))
        for n, name in enumerate(bands, start=1)
    ]
    session = make_session(tracks)
    analysis = make_analysis(session, {name: Sound(lufs=-22, mono=mono) for name in bands})
    analysis = with_bands(analysis, session, bands)
    hum = (
        Disturbances(
            noise_floor_dbfs=-70.0,
            hum=Hum(mains_hz=50.0, level_dbfs=-40.0, lines_dbfs=((50.0, -42.0),), standing_out_db=50.0, at_seconds=()),
        )
        if hums
        else None
    )
    changed = tuple(
        replace(t, disturbances=hum if name == hums else None)
        if name != heard_before
        else replace(t, measured_at="before_plugins")
        for t, name in zip(analysis.tracks, bands, strict=True)
    )
    analysis = replace(analysis, tracks=changed)
    draft = Studio().suggest(session, analysis, Brief())
    return realize(session, analysis, Brief(), draft, strategy="studio")


def filtered(plan: Plan) -> dict[str, float]:
    return {r.track_name: r.change.after for r in plan.recommendations if r.reason_class == "energy_under_range"}


def test_rumble_on_two_voices_gets_one_card_with_a_filter_below_what_they_sing() -> None:
    plan = plan_of({"Lead Vox": make_bands(RUMBLING), "BGV": make_bands(RUMBLING), "Gtr": make_bands(GUITAR)})
    moves = [r for r in plan.recommendations if r.reason_class == "energy_under_range"]
    assert [r.track_name for r in moves] == ["Lead Vox", "BGV"]
    assert len({r.card for r in moves}) == 1
    assert all(60.0 <= r.change.after < 140.0 for r in moves)
    assert "2 vocal tracks" in moves[0].rationale.headline
    assert moves[0].predicted[0].before - moves[0].predicted[0].after > 3.0
    assert abs(moves[0].predicted[1].after - moves[0].predicted[1].before) < 0.5
    assert [fault for r in moves for fault in wording_faults(r)] == []


def test_after_the_filter_nothing_is_proposed_again() -> None:
    bands = make_bands(RUMBLING)
    cutoff_frequency_hz = filtered(plan_of({"Lead Vox": bands}))["Lead Vox"]
    gain = high_pass_power(np.array(bands.center_hz), cutoff_frequency_hz).astype(np.float32)
    cleaner = replace(bands, third_octave=bands.third_octave * gain)
    band = ((4, True, cutoff_frequency_hz, 0.0),)
    assert filtered(plan_of({"Lead Vox": cleaner}, **{"Lead Vox": {"fx": (make_eq(bands=band),)}})) == {}


@pytest.mark.parametrize(
    ("name", "corners"),
    [
        ("Lead Vox", VOICE),
        ("Gtr", GUITAR),
        ("Kick", LOUD_LOW),
        ("Bass DI", LOUD_LOW),
        ("Bass Amp", RUMBLING),
        ("Overheads", RUMBLING),
        ("Floor Tom", LOUD_LOW),
        ("Audio 07", RUMBLING),
    ],
)
def test_no_filter_on_clean_tracks_low_instruments_kits_and_unknown_sources(
    name: str, corners: Mapping[float, float]
) -> None:
    assert filtered(plan_of({name: make_bands(corners)})) == {}


def test_a_high_pass_that_is_on_is_enough() -> None:
    own = make_eq(bands=((4, True, 60.0, 0.0),))
    off = make_eq(bands=((4, False, 60.0, 0.0),))
    bands = {"Lead Vox": make_bands(RUMBLING)}
    assert filtered(plan_of(bands, **{"Lead Vox": {"fx": (own,)}})) == {}
    assert filtered(plan_of(bands, **{"Lead Vox": {"fx": (off,)}}))


def test_unheard_chains_and_hum_are_no_reason_for_a_filter() -> None:
    bands = {"Lead Vox": make_bands(RUMBLING)}
    assert filtered(plan_of(bands, heard_before="Lead Vox")) == {}
    assert filtered(plan_of(bands, hums="Lead Vox")) == {}


def test_where_another_equalizer_sits_it_is_advice_by_hand() -> None:
    plan = plan_of({"Lead Vox": make_bands(RUMBLING)}, **{"Lead Vox": {"fx": (make_fx("VST3: Pro-Q 3 (FabFilter)"),)}})
    assert filtered(plan) == {}
    assert any(left.by_hand and "high-pass" in left.reason for left in plan.left_out)


def test_microphones_of_one_guitar_get_the_same_filter() -> None:
    lower = {**GUITAR, 20: -12.0, 40: -10.0, 50: -12.0, 75: -50.0}
    plan = plan_of({"Gtr Mic 57": make_bands(lower), "Gtr Mic 121": make_bands(GUITAR), "Keys": make_bands(VOICE)})
    filters = filtered(plan)
    assert set(filters) == {"Gtr Mic 57", "Gtr Mic 121"}
    assert len(set(filters.values())) == 1


def test_a_low_singer_keeps_the_lowest_note() -> None:
    low_voice = {20: -12.0, 45: -12.0, 60: -40.0, 85: -4.0, 250: 0.0, 1000: -6.0, 16000: -40.0}
    cutoff = filtered(plan_of({"Lead Vox": make_bands(low_voice)}))["Lead Vox"]
    assert cutoff <= 60.0


def test_bleed_under_a_hi_hat_microphone_is_filtered_and_a_stereo_loop_is_not() -> None:
    hat = {20: -60, 50: -10, 90: -6, 160: -12, 400: -3, 6000: 0, 16000: -6}
    assert 90.0 <= filtered(plan_of({"Hat": make_bands(hat)}))["Hat"] <= 300.0
    assert filtered(plan_of({"Hat": make_bands(hat)}, mono=False)) == {}

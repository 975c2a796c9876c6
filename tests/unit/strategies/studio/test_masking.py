"""Cuts where one track alone covers what a lead vocal needs, and the other ways to leave it alone."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dawassist.analysis.spectrum import BandPower
from dawassist.plan.brief import Brief
from dawassist.plan.model import Plan
from dawassist.plan.wording import wording_faults
from dawassist.realize.plan import realize
from dawassist.strategies.studio import Studio
from dawassist.strategies.studio.spectra import bell_power
from tests.analyses import Sound, make_analysis
from tests.sessions import make_item, make_session, make_track
from tests.spectra import Corners, make_bands, with_bands
from tests.tools import make_eq

SINGS: Corners = {20: -70, 120: -50, 160: -12, 600: -2, 1000: -4, 2200: -6, 3000: -6, 5000: -20, 16000: -50}
COVERS: Corners = {20: -60, 80: -10, 110: 14, 700: 14, 1000: 10, 2000: 8, 2600: 8, 4000: -10, 16000: -60}
BODY: Corners = {20: -60, 80: -10, 110: 10, 500: 6, 900: -30, 16000: -70}


def plan_of(
    guitar: BandPower,
    *,
    names: tuple[str, ...] = ("Lead Vox", "Gtr L", "Gtr R", "Keys"),
    unyielding: str = "",
    **fields: Any,
) -> Plan:
    """A lead over two guitars and keys, everything 5 dB down; `fields` are of the guitars."""
    tracks = [
        make_track(
            number=n, name=name, items=[make_item("a.wav")], fader_db=-5.0, **(fields if name.startswith("Gtr") else {})
        )
        for n, name in enumerate(names, start=1)
    ]  # fmt: skip
    session = make_session(tracks)
    analysis = make_analysis(session, {name: Sound(lufs=-22) for name in names})
    bands = dict.fromkeys(names, make_bands(BODY)) | {"Lead Vox": make_bands(SINGS), names[1]: guitar}
    analysis = with_bands(analysis, session, bands)
    brief = Brief(unyielding_tracks=frozenset({unyielding} if unyielding else ()))
    return realize(session, analysis, brief, Studio().suggest(session, analysis, brief), strategy="studio")


def cuts(plan: Plan) -> list[tuple[str, float]]:
    return [(r.track_name, r.change.after) for r in plan.recommendations if r.reason_class == "covers_lead"]


def test_a_guitar_over_the_voice_yields_a_little_where_the_voice_needs_it_and_its_other_side_with_it() -> None:
    plan = plan_of(make_bands(COVERS))
    found = cuts(plan)
    assert [name for name, _ in found] == ["Gtr L", "Gtr R"]
    assert {gain_db for _, gain_db in found} <= {-2.0, -2.5, -3.0}
    (first, second) = [r for r in plan.recommendations if r.reason_class == "covers_lead"]
    assert first.card == second.card
    assert "Lead Vox at" in first.rationale.headline
    assert any("on the voice there" in line.text for line in first.rationale.evidence)
    assert first.predicted[0].after <= first.predicted[0].before
    assert wording_faults(first) == []


def test_where_the_guitar_does_not_yield_the_voice_is_lifted_as_much() -> None:
    yields, keeps = plan_of(make_bands(COVERS)), plan_of(make_bands(COVERS), unyielding="gtr l")
    cut = next(r for r in yields.recommendations if r.reason_class == "covers_lead")
    (lift,) = [r for r in keeps.recommendations if r.reason_class == "covered_lead"]
    assert cuts(keeps) == []
    assert (lift.track_name, lift.change.after) == ("Lead Vox", -cut.change.after)
    assert lift.predicted[0].after == pytest.approx(cut.predicted[0].after, abs=12.0)
    assert any("if Gtr" in line.text and "yields: -" in line.text for line in lift.rationale.evidence)
    assert wording_faults(lift) == []


@pytest.mark.parametrize("guitar", [BODY, {**COVERS, 2000: -20, 2600: -20, 1000: -10, 700: 5}])
def test_what_does_not_cover_the_voice_is_left_alone(guitar: Corners) -> None:
    assert cuts(plan_of(make_bands(guitar))) == []


def test_what_the_guitar_itself_lives_by_is_not_cut() -> None:
    presence: Corners = {20: -60, 700: -25, 1100: 8, 2000: 12, 3000: 12, 5000: 8, 9000: -25, 16000: -60}
    assert cuts(plan_of(make_bands(presence))) == []


def test_drums_and_bass_do_not_yield() -> None:
    assert cuts(plan_of(make_bands(COVERS), names=("Lead Vox", "Snare", "Keys", "Pad"))) == []


def test_no_second_cut_where_one_was_made() -> None:
    bands = make_bands(COVERS)
    gain = bell_power(np.array(bands.erb_center_hz), 2500.0, -3.0, 2.0).astype(np.float32)
    cut = replace(bands, erb=bands.erb * gain)
    assert cuts(plan_of(cut, fx=(make_eq(bands=((8, True, 2500.0, -3.0),)),))) == []

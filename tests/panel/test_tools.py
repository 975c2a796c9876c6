"""Changes of plug-ins and sends in the panel: their texts, typed values, and what is to be set by hand."""

from dataclasses import replace

import pytest

from dawassist.errors import InputError
from dawassist.intents import CompressorIntent, EqBandIntent, SendIntent
from dawassist.plan.model import Change, LeftOut, Plan
from dawassist.realize.compressor import realize_compressor
from dawassist.realize.equalizer import realize_eq_band
from dawassist.realize.send import realize_send
from dawassist_ui.rows import Row
from dawassist_ui.typed_values import parse_value
from tests.panel.conftest import KICK, Panel, rows_of
from tests.plans import guid, make_plan
from tests.sessions import make_session, make_track

VOX, BUS = make_track(number=1, name="Vox", guid=guid(1)), make_track(number=2, name="Plate", guid=guid(2))


def row(change: object) -> Row:
    assert isinstance(change, Change)
    return Row(recommendation=replace(KICK, change=change), change=change, state="pending", reason="", amount=1.0)


def test_bands_filters_compressors_and_sends_read_as_a_mixer_writes_them() -> None:
    bell = row(realize_eq_band(VOX, EqBandIntent(track_guid=guid(1), type="bell", frequency_hz=320, gain_db=-3, q=1.4)))
    assert (bell.change.parameter, bell.now, bell.proposed) == ("EQ bell 320 Hz Q 1.4", "0.00 dB", "-3.00 dB")
    assert bell.difference == "-3.00 dB"
    cut = row(realize_eq_band(VOX, EqBandIntent(track_guid=guid(1), type="high_pass", frequency_hz=80)))
    assert (cut.change.parameter, cut.now, cut.proposed, cut.difference) == ("High-pass", "off", "80 Hz", "")
    intent = CompressorIntent(track_guid=guid(1), threshold_db=-18, ratio=3, attack_ms=10, release_ms=120)
    compressor = row(realize_compressor(VOX, intent))
    assert (compressor.now, compressor.proposed) == ("0.00 dB", "-18.00 dB")
    assert "Compressor 3.0:1, 10/120 ms: threshold" in compressor.spoken
    session = make_session([VOX, BUS])
    send = row(realize_send(session, VOX, SendIntent(track_guid=guid(1), level_db=-14, destination_guid=guid(2))))
    assert (send.change.parameter, send.now, send.proposed) == ("Send to Plate", "-inf dB", "-14.00 dB")
    assert send.difference == "", "from silence there is no difference in dB"


@pytest.mark.parametrize(("typed", "after"), [("80 Hz", 80.0), ("2.5k", 2500.0), ("2,5 kHz", 2500.0), ("120", 120.0)])
def test_frequencies_are_typed_as_mixers_write_them(typed: str, after: float) -> None:
    assert parse_value(typed, "Hz") == after


@pytest.mark.parametrize("typed", ["low", "5 Hz", "90k", "-80"])
def test_what_is_no_frequency_is_said(typed: str) -> None:
    with pytest.raises(InputError, match="20 Hz to 20 kHz"):
        parse_value(typed, "Hz")


def test_what_is_to_be_set_by_hand_stands_under_its_own_heading(panel: Panel) -> None:
    advice = LeftOut(track_guid=guid(1), track_name="Vox", reason="Set by hand on Pro-Q 3: bell.", by_hand=True)
    other = LeftOut(track_guid=guid(2), track_name="Bass", reason="its fader is at -inf.")
    plan: Plan = replace(make_plan([KICK]), left_out=(other, advice))
    panel.workspace.plan = plan
    panel.window.findings.refresh()
    shown = rows_of(panel.window.findings.findings)
    assert shown.index("TO BE SET BY HAND") == shown.index("–  Vox: Set by hand on Pro-Q 3: bell.") - 1
    assert shown.index("–  Bass: its fader is at -inf.") > shown.index("CONSIDERED AND LEFT OUT")

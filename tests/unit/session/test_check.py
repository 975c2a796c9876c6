"""The Session check: one line each for what silently ruins mixes, with a track to go to; a clean session has none."""

from typing import Any

import pytest

from dawassist.plan.wording import sentence_faults
from dawassist.session.check import session_check
from dawassist.session.findings import Finding
from dawassist.session.model import Envelope, EnvelopePoint, Fx, Send, Session
from tests.sessions import MASTER_GUID, make_guid, make_item, make_session, make_track

BASS, PLATE = make_guid(2), make_guid(3)


def make_fx(name: str = "VST: ReaEQ (Cockos)", **fields: Any) -> Fx:
    values = {"guid": make_guid(900), "ident": name, "name": name, "kind": "VST", "enabled": True, "offline": False}
    return Fx(**{**values, "parameters": None, **fields})


def make_send(destination: str = PLATE, **fields: Any) -> Send:
    values: dict[str, Any] = {
        "destination_guid": destination, "level_db": -10.0, "pan": 0.0, "muted": False, "polarity_inverted": False,
        "mono": False, "tap": "post_fader", "source_channel": 0, "destination_channel": 0,
    }  # fmt: skip
    return Send(**{**values, **fields})


def band(*, bass: dict[str, Any] | None = None, plate: dict[str, Any] | None = None, **session: Any) -> Session:
    """Kick, Bass and Plate; `bass` and `plate` are fields of those tracks."""
    items = [make_item("a.wav")]
    return make_session(
        [
            make_track(number=1, name="Kick", items=items),
            make_track(number=2, name="Bass", **({"items": items} | (bass or {}))),
            make_track(number=3, name="Plate", **(plate or {})),
        ],
        **session,
    )


def only(session: Session) -> Finding:
    (found,) = session_check(session)
    assert found.kind == "session_check"
    assert session.track(found.track_guid) is not None
    assert sentence_faults(found.sentence) == []
    return found


def test_a_session_in_order_has_no_findings() -> None:
    plate = {"fx": [make_fx()], "solo": "none"}
    assert session_check(band(bass={"sends": [make_send()], "fx": [make_fx()]}, plate=plate)) == ()


@pytest.mark.parametrize(
    ("bass", "words"),
    [
        ({"solo": "solo"}, "Solo is on at 2 Bass: 1 of 2 tracks with items are not heard."),
        ({"solo": "solo_in_place"}, "Solo is on at 2 Bass"),
        ({"muted": True}, "1 track is muted: 2 Bass."),
        ({"record_armed": True}, "1 track is armed for recording: 2 Bass."),
        ({"fx": [make_fx(enabled=False)]}, "1 plug-in of 2 Bass is bypassed: VST: ReaEQ (Cockos)."),
        ({"fx": [make_fx(offline=True)]}, "1 plug-in of 2 Bass is offline"),
        ({"fx": [make_fx(), make_fx()], "fx_enabled": False}, "chain of 2 Bass is switched off: 2 plug-ins."),
        ({"fx": [make_fx(kind="Container", children=(make_fx(enabled=False),))]}, "1 plug-in of 2 Bass is bypassed"),
        ({"items": [make_item("a.wav", muted=True)]}, "1 item is muted on 2 Bass."),
        ({"sends": [make_send(level_db=-150.0)]}, "from 2 Bass to 3 Plate stands at -inf dB."),
        ({"sends": [make_send(destination_channel=2)]}, "to channels 3/4 of 3 Plate reaches nothing"),
    ],
)
def test_what_is_set_on_a_track_is_one_line_that_leads_there(bass: dict[str, Any], words: str) -> None:
    found = only(band(bass=bass))
    assert words in found.sentence
    assert found.track_guid == BASS


@pytest.mark.parametrize("solo", ["safe_solo", "safe_solo_in_place"])
def test_a_track_that_is_safe_from_solo_is_not_soloed(solo: str) -> None:
    assert session_check(band(bass={"solo": solo})) == ()


RIDE = Envelope(
    kind="send_volume", guid="", active=True, points=(EnvelopePoint(time_seconds=0.0, value=0.0),), point_count=1
)


@pytest.mark.parametrize(
    "send",
    [
        make_send(level_db=-150.0, muted=True),
        make_send(level_db=-150.0, envelopes=(RIDE,)),
        make_send(level_db=-150.0, source_channel=-1),
        make_send(level_db=-150.0, destination_guid=""),
        make_send(destination_channel=2, muted=True),
    ],
)
def test_sends_that_are_silent_on_purpose_are_left_alone(send: Send) -> None:
    assert session_check(band(bass={"sends": [send]})) == ()


@pytest.mark.parametrize("plate", [{"fx": [make_fx()]}, {"sends": [make_send(make_guid(1), source_channel=2)]}])
def test_a_key_that_a_plug_in_or_a_send_takes_is_left_alone(plate: dict[str, Any]) -> None:
    assert session_check(band(bass={"sends": [make_send(destination_channel=2)]}, plate=plate)) == ()


@pytest.mark.parametrize(
    ("master", "session", "words"),
    [
        ({"fader_db": -3.2}, {}, "The master fader stands at -3.20 dB"),
        ({"muted": True}, {}, "The master is muted"),
        ({}, {"master_mono": True}, "The master is in mono"),
        ({}, {"play_rate": 0.95}, "The project plays at 0.950 × its speed"),
        ({"fx": [make_fx("VST3: SoundID Reference Plugin (Sonarworks)")]}, {}, "corrects the room on the master"),
        ({"fx": [make_fx("VST: ARC 4 (IK Multimedia)")]}, {}, "corrects the room on the master"),
        ({"fx": [make_fx(enabled=False)]}, {}, "1 plug-in of Master is bypassed"),
    ],
)
def test_what_is_set_on_the_master_leads_to_the_master(
    master: dict[str, Any], session: dict[str, Any], words: str
) -> None:
    found = only(band(master=make_track(guid=MASTER_GUID, number=0, **master), **session))
    assert words in found.sentence
    assert found.track_guid == MASTER_GUID


@pytest.mark.parametrize("name", ["VST: ReaLimit (Cockos)", "VST: Arcade (Output)", "JS: Reference Track", "VST: Marc"])
def test_other_plug_ins_on_the_master_correct_no_room(name: str) -> None:
    assert session_check(band(master=make_track(guid=MASTER_GUID, number=0, fx=[make_fx(name)]))) == ()


def test_room_correction_that_is_bypassed_is_only_a_bypassed_plug_in() -> None:
    fx = make_fx("VST3: Sonarworks Reference 4", enabled=False)
    assert "bypassed" in only(band(master=make_track(guid=MASTER_GUID, number=0, fx=[fx]))).sentence


def test_many_mutes_are_one_line_that_names_four() -> None:
    tracks = [make_track(number=n, name=f"Spare {n}", muted=True) for n in range(1, 10)]
    found = only(make_session(tracks))
    assert found.sentence == "9 tracks are muted: 1 Spare 1, 2 Spare 2, 3 Spare 3, 4 Spare 4 and 5 more."
    assert found.track_guid == tracks[0].guid


def test_the_gravest_comes_first() -> None:
    session = band(bass={"solo": "solo", "record_armed": True}, plate={"muted": True}, master_mono=True)
    assert [f.sentence.split()[0] for f in session_check(session)] == ["Solo", "The", "1", "1"]

"""Sends to a bus of the session, to the session's own return for an effect, or to a new one at the end."""

from typing import Any

import pytest

from dawassist.intents import DelaySettings, ProposedBus, SendIntent
from dawassist.plan.tools_there import find_bus
from dawassist.realize.send import realize_send, why_not_send
from dawassist.session.edits import CreateSend, CreateTrack, InsertFx, SetValue, is_new
from dawassist.session.model import Session, Track
from dawassist.session.targets import SendTarget
from dawassist.units import SILENCE_DB, db_to_gain
from tests.sessions import make_guid, make_item, make_send, make_session, make_track
from tests.tools import make_fx

VOX, BUS = make_guid(1), make_guid(2)
PLATE = ProposedBus(name="Plate", effect="reverb")


def vox(**fields: Any) -> Track:
    return make_track(number=1, name="Vox", items=[make_item("a.wav")], **fields)


def session(*others: Track, **fields: Any) -> Session:
    return make_session([vox(**fields), *others])


def reverb_bus(**fields: Any) -> Track:
    return make_track(number=2, name="FX A", fx=(make_fx("VST3: ValhallaRoom (Valhalla)"),), **fields)


def idle_bus() -> Track:
    return make_track(number=2, name="Long Hall", fx=(make_fx("VST3: ValhallaRoom (Valhalla)", enabled=False),))


def realized(found: Session, intent: SendIntent) -> Any:
    assert why_not_send(found, found.tracks[0], intent) == ""
    return realize_send(found, found.tracks[0], intent)


def test_a_send_that_is_there_moves() -> None:
    found = session(reverb_bus(), sends=[make_send(BUS)])
    change = realized(found, SendIntent(track_guid=VOX, level_db=-14.0, bus=PLATE))
    assert (change.parameter, change.before, change.after, change.setup) == ("Send to FX A", -20.0, -14.0, ())
    assert change.target == SendTarget(track_guid=VOX, destination_guid=BUS, occurrence=0, field="level_gain")


def test_the_sessions_own_return_gets_a_new_send_that_comes_from_silence() -> None:
    change = realized(session(reverb_bus()), SendIntent(track_guid=VOX, level_db=-14.0, bus=PLATE))
    (creation,) = change.setup
    assert isinstance(creation, CreateSend)
    assert (creation.destination_guid, creation.level_db, creation.tap) == (BUS, SILENCE_DB, "post_fader")
    assert change.before == SILENCE_DB
    assert change.scaled(0.5).after == pytest.approx(-20.02, abs=0.01)
    assert change.scaled(0.0).setup == ()


def test_a_new_return_is_a_track_at_the_end_with_a_reverb_that_plays_nothing_dry() -> None:
    change = realized(session(), SendIntent(track_guid=VOX, level_db=-14.0, bus=PLATE))
    track, insertion, *values, creation = change.setup
    assert isinstance(track, CreateTrack)
    assert isinstance(insertion, InsertFx)
    assert isinstance(creation, CreateSend)
    assert track.name == "Plate"
    assert insertion.track_guid == creation.destination_guid == change.target.destination_guid == track.creates
    assert is_new(track.creates)
    raw = {e.target.param_ident: e.desired_raw for e in values if isinstance(e, SetValue)}  # type: ignore[union-attr]
    assert raw["1:_Dry"] == 0.0
    assert raw["5:_Initial_delay"] == pytest.approx(20.0 / 500.0)
    assert raw["7:_Hipass"] == pytest.approx(0.01)


def test_a_new_delay_return_plays_its_echo_and_nothing_dry() -> None:
    echo = ProposedBus(name="Echo", effect="delay", delay=DelaySettings(time_ms=375.0, feedback_db=-10.0))
    change = realized(session(reverb_bus()), SendIntent(track_guid=VOX, level_db=-14.0, bus=echo))
    track, insertion, *values, creation = change.setup
    assert isinstance(track, CreateTrack)
    assert isinstance(insertion, InsertFx)
    assert isinstance(creation, CreateSend)
    assert (track.name, insertion.fx_name) == ("Echo", "VST: ReaDelay (Cockos)")
    raw = {e.target.param_ident: e.desired_raw for e in values if isinstance(e, SetValue)}  # type: ignore[union-attr]
    assert raw["1:_Dry"] == 0.0
    assert raw["3:_1__Length__time_"] == pytest.approx(0.0375)
    assert raw["4:_1__Length__musical_"] == 0.0
    assert raw["5:_1__Feedback"] == pytest.approx(db_to_gain(-10.0) / 2.0)
    assert raw["7:_1__Hipass"] == pytest.approx(0.01)


def test_a_return_is_found_by_its_plug_in_or_by_its_name_and_what_it_receives() -> None:
    assert find_bus(session(reverb_bus()), "reverb") is not None
    assert find_bus(session(reverb_bus()), "delay") is None
    assert find_bus(session(reverb_bus(muted=True)), "reverb") is None
    hall = make_track(number=2, name="Long Hall")
    assert find_bus(session(hall), "reverb") is None
    assert find_bus(session(hall, sends=[make_send(BUS)]), "reverb") == hall


@pytest.mark.parametrize(
    ("found", "intent", "word"),
    [
        (session(reverb_bus(sends=[make_send(VOX)])), {"bus": PLATE}, "loop"),
        (session(reverb_bus()), {"destination_guid": VOX}, "loop"),
        (session(reverb_bus(), sends=[make_send(BUS, muted=True)]), {"bus": PLATE}, "muted"),
        (session(), {"destination_guid": "{GONE}"}, "gone"),
        (session(idle_bus()), {"bus": PLATE}, "switched off"),
        (session(), {}, "no bus"),
        (session(folder_depth=1), {"bus": PLATE}, "not closed"),
    ],
)
def test_sends_that_cannot_be_are_refused_with_the_reason(found: Session, intent: dict[str, Any], word: str) -> None:
    assert word in why_not_send(found, found.tracks[0], SendIntent(track_guid=VOX, level_db=-14.0, **intent))

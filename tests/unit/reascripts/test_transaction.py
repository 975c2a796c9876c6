"""Write-back by compare-and-set: all or nothing, read back, put back, stored; with everything that can go wrong."""

import time
from typing import Any

import pytest

from dawassist_plugins.reascripts import agent, receipts, settling
from tests.unit.reascripts.conftest import Inside

KICK, SNARE, BASS, LEAD, REVERB = (f"{{C000000{n}-0000-4000-8000-00000000000{n}}}" for n in (2, 3, 4, 5, 7))
MASTER = "{00000000-0000-0000-0000-000000000000}"
EQ, COMP = (f"{{F000000{n}-0000-4000-8000-00000000000{n}}}" for n in (1, 2))
ITEM = "{A0000001-0000-4000-8000-000000000001}"
FADER = {"kind": "track", "track_guid": KICK, "field": "fader_gain"}
PAN = {"kind": "track", "track_guid": SNARE, "field": "pan"}
RATIO = {"kind": "fx", "track_guid": KICK, "fx_guid": COMP, "fx_ident": "reacomp.vst.so", "param_ident": "1:_Ratio"}
SEND = {"kind": "send", "track_guid": SNARE, "destination_guid": REVERB, "occurrence": 0, "field": "level_gain"}
LEVEL = {"kind": "item", "track_guid": KICK, "item_guid": ITEM, "field": "item_gain"}
RIDE = {"kind": "envelope", "track_guid": BASS, "envelope": "volume"}
RATIO_BEFORE = pytest.approx(0.030303, abs=1e-5)


def setting(target: dict[str, Any], expected: float, desired: float, **more: Any) -> dict[str, Any]:
    edit = {"edit": "set_value", "target": target, "expected_raw": expected, "desired_raw": desired,
            "tolerance": 1e-5, "label": f"{target.get('field', target['kind'])}"}  # fmt: skip
    return {**edit, **more}


def point(time_seconds: float, value: float, shape: int = 0, tension: float = 0.0) -> dict[str, float]:
    return {"time_seconds": time_seconds, "value": value, "shape": shape, "tension": tension}


def riding(
    expected: list[Any], desired: list[Any], start: float = 3.0, end: float = 5.0, **target: Any
) -> dict[str, Any]:
    return {"edit": "set_envelope_points", "target": {**RIDE, **target}, "start_seconds": start, "end_seconds": end,
            "expected_points": expected, "desired_points": desired, "label": "ride"}  # fmt: skip


def payload(inside: Inside, *edits: dict[str, Any], **more: Any) -> dict[str, Any]:
    path = str(inside.host.project.path.absolute())
    found = {"id": "t1", "label": "dawassist: apply", "edits": list(edits), "not_after": time.time() + 30.0,
             "fingerprint": {"project_path": path}, "undoes": ""}  # fmt: skip
    return {**found, **more}


def applied(inside: Inside, *edits: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = agent.call("apply", payload(inside, *edits, **more))
    assert "ok" in answer, answer
    receipt: dict[str, Any] = answer["ok"]
    return receipt


def refused(inside: Inside, *edits: dict[str, Any], **more: Any) -> str:
    answer = agent.call("apply", payload(inside, *edits, **more))
    assert set(answer) == {"refused"}, answer
    return str(answer["refused"])


def statuses(receipt: dict[str, Any]) -> list[str]:
    return [result["status"] for result in receipt["results"]]


def fader(inside: Inside) -> float:
    return float(inside.host.project.tracks[1].get("D_VOL") or 0.0)


FADER_BEFORE = 0.70794578438414
MOVES = (setting(FADER, FADER_BEFORE, 0.5), setting(PAN, -0.2, 0.25))


def test_everything_is_written_read_back_and_one_undo_step(inside: Inside) -> None:
    receipt = applied(inside, *MOVES)
    assert (receipt["outcome"], statuses(receipt)) == ("applied", ["applied", "applied"])
    assert [(r["value_raw"], r["text"]) for r in receipt["results"]] == [(0.5, "-6.02 dB"), (0.25, "25%R")]
    assert inside.labels == ["dawassist: apply"]
    assert inside.host.project.refresh_blocks == 0


def test_a_repeat_returns_the_stored_receipt_and_writes_nothing(inside: Inside) -> None:
    first = applied(inside, *MOVES)
    inside.host.project.tracks[1].set("D_VOL", 0.9)
    assert applied(inside, *MOVES) == first
    assert fader(inside) == 0.9
    assert len(inside.labels) == 1


def test_a_repeat_is_known_after_the_agent_was_restarted(inside: Inside) -> None:
    first = applied(inside, *MOVES)
    receipts._stored.clear()
    receipts._marked_in.clear()
    assert agent.call("status", {"id": "t1"}) == {"ok": first}
    assert agent.call("status", {"id": "t2"}) == {"ok": None}


def test_an_undo_by_hand_is_told(inside: Inside) -> None:
    applied(inside, *MOVES)
    inside.call("Undo_DoUndo2", 0)
    found = agent.call("status", {"id": "t1"})["ok"]
    assert (found["outcome"], found["sentence"]) == ("undone", "It was undone in REAPER.")
    inside.call("Undo_DoRedo2", 0)
    assert agent.call("status", {"id": "t1"})["ok"]["outcome"] == "applied"


def test_the_project_keeps_the_last_receipts_only_and_memory_a_few_more(
    inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "MAX_IN_MEMORY", 10)
    for number in range(12):
        low, high = (0.5, 0.6) if number % 2 else (0.6, 0.5)
        before = FADER_BEFORE if number == 0 else low
        applied(inside, setting(FADER, before, high), id=f"t{number}")
    kept = [key for _, key in inside.host.project.ext_state if key.startswith("t") and key != "transactions"]
    assert sorted(kept) == sorted(f"t{number}" for number in range(4, 12))
    assert list(receipts._stored) == [f"t{number}" for number in range(2, 12)]
    assert agent.call("status", {"id": "t2"})["ok"]["outcome"] == "applied"


def test_a_long_receipt_and_a_damaged_one_are_not_read_from_the_project(
    inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "_LONGEST_IN_PROJECT", 10)
    applied(inside, *MOVES)
    receipts._stored.clear()
    assert agent.call("status", {"id": "t1"}) == {"ok": None}
    inside.call("SetProjExtState", 0, "dawassist", "t1", "{")
    assert agent.call("status", {"id": "t1"}) == {"ok": None}


def test_a_moved_control_stops_everything_and_every_conflict_is_listed(inside: Inside) -> None:
    receipt = applied(inside, setting(FADER, 0.1, 0.5), MOVES[1], setting(LEVEL, 0.7, 0.1))
    assert (receipt["outcome"], statuses(receipt)) == ("conflict", ["conflicted", "unchanged", "conflicted"])
    assert receipt["results"][0]["reason"] == "It moved since it was read and is now -3.00 dB."
    assert "2 of 3 changes" in receipt["sentence"]
    assert inside.labels == []
    assert agent.call("status", {"id": "t1"}) == {"ok": None}


def test_what_is_there_already_is_not_written(inside: Inside) -> None:
    receipt = applied(inside, setting(FADER, FADER_BEFORE, FADER_BEFORE), MOVES[1])
    assert statuses(receipt) == ["unchanged", "applied"]
    alone = applied(inside, setting(FADER, FADER_BEFORE, FADER_BEFORE), id="t2")
    assert (alone["outcome"], statuses(alone)) == ("applied", ["unchanged"])
    assert len(inside.labels) == 1


@pytest.mark.parametrize(
    ("target", "reason"),
    [({**FADER, "track_guid": "{X}"}, "The track is gone."),
     ({**RATIO, "fx_guid": "{X}"}, "The plug-in is gone."),
     ({**RATIO, "fx_ident": "other.so"}, "Another plug-in is there now: reacomp.vst.so."),
     ({**RATIO, "param_ident": "99:_No"}, "The plug-in has no such parameter."),
     ({**SEND, "occurrence": 3}, "The send is gone."),
     ({**SEND, "destination_guid": KICK}, "The send is gone."),
     ({**LEVEL, "item_guid": "{X}"}, "The item is gone.")],
)  # fmt: skip
def test_what_is_gone_is_a_conflict(target: dict[str, Any], reason: str, inside: Inside) -> None:
    receipt = applied(inside, setting(target, 0.0, 0.5))
    assert (receipt["outcome"], receipt["results"][0]["reason"]) == ("conflict", reason)


def test_two_tracks_with_one_guid_are_a_conflict(inside: Inside) -> None:
    inside.replace("GetSetMediaTrackInfo_String", lambda original, track, name, *rest: (
        (1, track, name, KICK, 0) if name == "GUID" else original(track, name, *rest)
    ))  # fmt: skip
    assert applied(inside, MOVES[0])["results"][0]["reason"] == "Several tracks have the same GUID."


@pytest.mark.parametrize(
    ("target", "desired"),
    [(FADER, -0.5), (FADER, float("inf")), (PAN, 1.5), ({**PAN, "field": "width"}, -2.0),
     ({**PAN, "field": "mute"}, 0.5), (RATIO, 1.5), ({**PAN, "field": "play_offset_seconds"}, float("inf"))],
)  # fmt: skip
def test_a_value_that_the_control_cannot_have_is_a_conflict(
    target: dict[str, Any], desired: float, inside: Inside
) -> None:
    receipt = applied(inside, setting(target, 0.0, desired))
    assert receipt["outcome"] == "conflict"
    assert receipt["results"][0]["reason"].endswith("is not a value of that control.")


def test_many_edits_of_one_track_find_their_controls(inside: Inside) -> None:
    gain = {**RATIO, "fx_guid": EQ, "fx_ident": "", "param_ident": "4:_Gain_Band_2"}
    second = {**LEVEL, "item_guid": "{A0000002-0000-4000-8000-000000000002}"}
    edits = [setting(RATIO, 0.030303, 0.1), setting({**RATIO, "param_ident": "2:_Attack"}, 0.0, 0.1, tolerance=1.0),
             setting(gain, 0.0, 0.3, tolerance=1.0), setting(LEVEL, 0.5, 0.4), setting(second, 1.0, 0.9),
             setting(SEND, 0.5, 0.4), setting({**SEND, "field": "pan"}, 0.25, 0.0)]  # fmt: skip
    assert applied(inside, *edits)["outcome"] == "applied"


class TestGuards:
    """What must not be written although nobody moved it."""

    def reason(self, inside: Inside, target: dict[str, Any], expected: float = 0.5, desired: float = 0.4) -> str:
        receipt = applied(inside, setting(target, expected, desired))
        assert receipt["outcome"] == "conflict", receipt
        return str(receipt["results"][0]["reason"])

    def test_a_fader_under_automation_that_plays(self, inside: Inside) -> None:
        target = {"kind": "track", "track_guid": BASS, "field": "fader_gain"}
        assert self.reason(inside, target) == "It is automated and the track is not in Trim/Read."

    def test_in_trim_read_the_fader_is_free(self, inside: Inside) -> None:
        inside.host.project.tracks[3].set("I_AUTOMODE", 0.0)
        target = {"kind": "track", "track_guid": BASS, "field": "fader_gain"}
        assert applied(inside, setting(target, 0.50118723362727, 0.4))["outcome"] == "applied"

    @pytest.mark.parametrize(
        ("override", "outcome"), [(-1, "conflict"), (0, "applied"), (2, "conflict"), (6, "applied")]
    )
    def test_the_global_override_decides(self, override: int, outcome: str, inside: Inside) -> None:
        inside.replace("GetGlobalAutomationOverride", lambda _original: override)
        target = {"kind": "track", "track_guid": BASS, "field": "fader_gain"}
        assert applied(inside, setting(target, 0.50118723362727, 0.4))["outcome"] == outcome

    def test_an_envelope_that_is_off_or_empty_does_not_count(self, inside: Inside) -> None:
        inside.replace("GetSetEnvelopeInfo_String", lambda _original, *given: (1, *given[:2], "0", 0))
        target = {"kind": "track", "track_guid": BASS, "field": "fader_gain"}
        assert applied(inside, setting(target, 0.50118723362727, 0.4))["outcome"] == "applied"

    @pytest.mark.parametrize("mode", [5.0, 6.0])
    def test_a_pan_in_stereo_or_dual_pan(self, mode: float, inside: Inside) -> None:
        inside.replace("GetMediaTrackInfo_Value", lambda original, track, name: (
            mode if name == "I_PANMODE" else original(track, name)
        ))  # fmt: skip
        assert self.reason(inside, PAN) == "The track is in dual or stereo pan mode."

    def test_a_plug_in_of_a_frozen_track_or_offline_or_automated(self, inside: Inside) -> None:
        inside.replace("GetMediaTrackInfo_Value", lambda original, track, name: (
            2.0 if name == "I_FREEZECOUNT" else original(track, name)
        ))  # fmt: skip
        assert self.reason(inside, RATIO) == "The track is frozen."
        inside.replace("GetMediaTrackInfo_Value", lambda original, track, name: (
            0.0 if name == "I_FREEZECOUNT" else original(track, name)
        ))  # fmt: skip
        inside.replace("TrackFX_GetOffline", lambda _original, *_given: 1)
        assert self.reason(inside, RATIO) == "The plug-in is offline."
        inside.replace("TrackFX_GetOffline", lambda _original, *_given: 0)
        bass = inside.call("GetTrack", 0, 3)
        volume = inside.call("GetTrackEnvelope", bass, 0)
        inside.replace("GetFXEnvelope", lambda _original, *_given: volume)
        assert self.reason(inside, RATIO) == "The parameter is automated."

    def test_a_locked_item(self, inside: Inside) -> None:
        inside.replace("GetMediaItemInfo_Value", lambda original, item, name: (
            1.0 if name == "C_LOCK" else original(item, name)
        ))  # fmt: skip
        assert self.reason(inside, LEVEL) == "The item is locked."

    def test_a_send_under_automation_that_plays(self, inside: Inside) -> None:
        inside.replace("GetGlobalAutomationOverride", lambda _original: 1)
        targets = [{**SEND, "track_guid": guid} for guid in (SNARE, BASS, LEAD)]
        reasons = [applied(inside, setting(target, 0.0, 0.4))["results"][0]["reason"] for target in targets]
        assert "It is automated and the track is not in Trim/Read." in reasons
        free = {**SEND, "field": "polarity"}
        assert applied(inside, setting(free, 0.0, 1.0))["outcome"] == "applied"


class TestRefusals:
    """Nothing is even looked at."""

    def test_a_late_request(self, inside: Inside) -> None:
        assert "too late" in refused(inside, *MOVES, not_after=time.time() - 1.0)

    def test_an_edit_that_the_agent_does_not_know(self, inside: Inside) -> None:
        assert "'insert_fx'" in refused(inside, MOVES[0], {"edit": "insert_fx", "label": "x"})
        assert inside.labels == []

    def test_another_project_in_front(self, inside: Inside) -> None:
        sentence = refused(inside, *MOVES, fingerprint={"project_path": "/elsewhere.rpp"})
        assert "Switch to that project's tab." in sentence

    def test_recording_and_rendering_block_and_playing_does_not(self, inside: Inside) -> None:
        inside.host.project.transport = 5
        assert "recording" in refused(inside, *MOVES)
        inside.host.project.transport = 1
        inside.host.is_rendering = True
        assert "rendering" in refused(inside, *MOVES)
        inside.host.is_rendering = False
        assert applied(inside, *MOVES)["outcome"] == "applied"

    def test_a_payload_that_makes_no_sense_is_a_failure_that_is_told(self, inside: Inside) -> None:
        assert "KeyError" in agent.call("apply", {"id": "x"})["failed"]
        assert "KeyError" in agent.call("apply", payload(inside, {"edit": "set_value"}))["failed"]
        assert "does not know" in agent.call("format_disk", {})["refused"]


class TestFailures:
    """REAPER refuses, or breaks, in the middle."""

    def test_a_refused_value_puts_everything_back_in_the_same_block(self, inside: Inside) -> None:
        inside.replace("SetMediaTrackInfo_Value", lambda original, track, name, value: (
            0 if name == "D_PAN" else original(track, name, value)
        ))  # fmt: skip
        receipt = applied(inside, *MOVES, setting(LEVEL, 0.5, 0.4))
        assert (receipt["outcome"], statuses(receipt)) == ("rolled_back", ["rolled_back", "failed", "unchanged"])
        assert fader(inside) == pytest.approx(FADER_BEFORE)
        assert inside.labels == ["dawassist: apply (not applied)"]
        assert not inside.host.project.history.is_open
        assert agent.call("status", {"id": "t1"}) == {"ok": receipt}

    def test_every_function_that_raises_at_every_call_leaves_nothing_behind(self, inside: Inside) -> None:
        """The n-th call to a setter raises, for every n until none does."""
        for failing in range(1, 40):
            count = 0

            def broken(original: Any, *given: Any, failing: int = failing) -> Any:
                nonlocal count
                count += 1
                if count == failing:
                    raise RuntimeError("REAPER is out of sorts")
                return original(*given)

            module = inside._module
            names = ("SetMediaTrackInfo_Value", "TrackFX_SetParamNormalized", "SetTrackSendInfo_Value",
                     "SetMediaItemInfo_Value", "SetProjExtState")  # fmt: skip
            originals = {name: getattr(module, f"RPR_{name}") for name in names}
            for name in names:
                inside.replace(name, broken)
            receipt = applied(
                inside, *MOVES, setting(SEND, 0.5, 0.3), setting(LEVEL, 0.5, 0.4), setting(RATIO, 0.030303, 0.1),
                id=f"n{failing}",
            )  # fmt: skip
            for name, original in originals.items():
                setattr(module, f"RPR_{name}", original)
            assert not inside.host.project.history.is_open
            assert inside.host.project.refresh_blocks == 0
            if receipt["outcome"] == "applied":
                break
            assert receipt["outcome"] == "rolled_back", receipt
            assert fader(inside) == pytest.approx(FADER_BEFORE)
        assert failing > 6

    def test_what_cannot_be_put_back_is_named(self, inside: Inside) -> None:
        calls = []

        def stubborn(original: Any, track: str, name: str, value: float) -> Any:
            calls.append((name, value))
            if name == "D_PAN":
                raise RuntimeError("no pan today")
            return original(track, name, value) if len(calls) == 1 else 0

        inside.replace("SetMediaTrackInfo_Value", stubborn)
        receipt = applied(inside, *MOVES)
        assert receipt["outcome"] == "partial"
        assert statuses(receipt) == ["failed", "failed"]
        assert receipt["results"][0]["reason"] == "It could not be put back."
        assert "could not be put back: pan, fader_gain." in receipt["sentence"] or "fader_gain" in receipt["sentence"]

    def test_a_control_that_cannot_even_be_read_is_not_put_back(self, inside: Inside) -> None:
        begun = []
        inside.replace("Undo_BeginBlock2", lambda original, *given: (begun.append(1), original(*given))[1])

        def broken(original: Any, track: str, name: str) -> float:
            if begun and name == "D_PAN":
                raise RuntimeError("no pan today")
            return float(original(track, name))

        inside.replace("GetMediaTrackInfo_Value", broken)
        receipt = applied(inside, *MOVES)
        assert (receipt["outcome"], statuses(receipt)) == ("rolled_back", ["rolled_back", "failed"])

    def test_a_mark_that_does_not_stick_says_nothing_about_undo(self, inside: Inside) -> None:
        inside.replace("SetProjExtState", lambda _original, *_given: 0)
        applied(inside, *MOVES)
        assert agent.call("status", {"id": "t1"})["ok"]["outcome"] == "applied"

    def test_a_block_that_cannot_be_opened_holds_no_screen(self, inside: Inside) -> None:
        def broken(_original: Any, *_given: Any) -> None:
            raise RuntimeError("no undo")

        inside.replace("Undo_BeginBlock2", broken)
        assert "no undo" in agent.call("apply", payload(inside, *MOVES))["failed"]
        assert inside.host.project.refresh_blocks == 0
        assert fader(inside) == pytest.approx(FADER_BEFORE)


class TestControls:
    """Each kind of control is written, read back, and put back."""

    @pytest.mark.parametrize(
        ("target", "expected", "desired", "text"),
        [(FADER, FADER_BEFORE, 0.0, "-inf dB"), (PAN, -0.2, 0.0, "center"), ({**PAN, "field": "mute"}, 0.0, 1.0, "on"),
         ({**PAN, "field": "polarity"}, 1.0, 0.0, "off"), ({**PAN, "field": "width"}, 1.0, 0.5, "50%"),
         ({**PAN, "field": "play_offset_seconds"}, 0.0025, 0.001, "1.00 ms"), (SEND, 0.5, 0.25, "-12.04 dB"),
         (LEVEL, 0.5, 0.25, "-12.04 dB"), ({**FADER, "track_guid": MASTER}, 0.8, 0.5, "-6.02 dB")],
    )  # fmt: skip
    def test_written_and_put_back(
        self, target: dict[str, Any], expected: float, desired: float, text: str, inside: Inside
    ) -> None:
        receipt = applied(inside, setting(target, expected, desired))
        assert receipt["outcome"] == "applied", receipt
        assert receipt["results"][0]["value_raw"] == pytest.approx(desired)
        assert receipt["results"][0]["text"] == text
        back = applied(inside, setting(target, desired, expected), id="t2", undoes="t1")
        assert (back["outcome"], statuses(back)) == ("undone", ["applied"])

    def test_a_playback_offset_in_samples_is_understood_and_comes_back(self, inside: Inside) -> None:
        track = inside.host.project.tracks[2]
        track.set("D_PLAY_OFFSET", 480.0)
        track.set("I_PLAY_OFFSET_FLAG", 2.0)
        target = {**PAN, "field": "play_offset_seconds"}
        inside.replace("SetTrackSendInfo_Value", lambda _original, *_given: 0)
        receipt = applied(inside, setting(target, 0.01, 0.002), setting(SEND, 0.5, 0.3))
        assert receipt["outcome"] == "rolled_back"
        assert (track.get("D_PLAY_OFFSET"), track.get("I_PLAY_OFFSET_FLAG")) == (480.0, 2.0)

    def test_no_offset_is_bypassed(self, inside: Inside) -> None:
        applied(inside, setting({**PAN, "field": "play_offset_seconds"}, 0.0025, 0.0))
        assert inside.host.project.tracks[2].get("I_PLAY_OFFSET_FLAG") == 1.0

    def test_the_sign_of_an_items_gain_is_kept(self, inside: Inside) -> None:
        item = inside.host.project.tracks[1].items[0]
        item.set("D_VOL", -0.5)
        applied(inside, setting(LEVEL, 0.5, 0.25))
        assert item.get("D_VOL") == -0.25


class TestEnvelopes:
    """Points are physical values; only the range is touched."""

    OLD = (point(4.0, -6.0206, 2),)

    def points(self, inside: Inside, place: int = 0) -> list[tuple[float, float]]:
        return [(p[0], round(p[1], 4)) for p in inside.host.project.tracks[3].envelopes[place].points()]

    def test_points_in_the_range_are_replaced(self, inside: Inside) -> None:
        new = [point(3.5, -12.0412), point(4.5, 0.0, 1)]
        receipt = applied(inside, riding(list(self.OLD), new))
        assert (receipt["outcome"], receipt["results"][0]["value_raw"]) == ("applied", None)
        assert self.points(inside) == [(0.0, 1.0), (3.5, 0.25), (4.5, 1.0), (8.0, 0.25)]
        held = applied(inside, riding(new, new), id="t2")
        assert statuses(held) == ["unchanged"]

    def test_pans_have_the_sign_of_the_control(self, inside: Inside) -> None:
        edit = riding([point(6.0, 0.5, 1)], [point(6.0, 0.3)], 5.0, 7.0, envelope="pan")
        assert applied(inside, edit)["outcome"] == "applied"
        assert self.points(inside, 1) == [(0.0, 0.0), (6.0, -0.3)]

    def test_a_whole_envelope_can_be_replaced_without_a_stray_point(self, inside: Inside) -> None:
        old = [point(0.0, 0.0), point(4.0, -6.0206, 2), point(8.0, -12.0412, 5, 0.5)]
        receipt = applied(inside, riding(old, [point(2.0, -3.0)], 0.0, 10.0))
        assert receipt["outcome"] == "applied", receipt
        assert [t for t, _ in self.points(inside)] == [2.0]

    def test_changed_points_are_a_conflict(self, inside: Inside) -> None:
        receipt = applied(inside, riding([point(4.0, -5.0, 2)], []))
        assert receipt["results"][0]["reason"] == "Its points changed since they were read."

    def test_points_that_do_not_take_are_put_back(self, inside: Inside) -> None:
        inserted = []

        def once(original: Any, *given: Any) -> Any:
            inserted.append(given)
            return original(*given) if len(inserted) > 1 else (0, 0)

        inside.replace("InsertEnvelopePoint", once)
        before = self.points(inside)
        receipt = applied(inside, riding(list(self.OLD), [point(3.5, -12.0)]))
        assert receipt["outcome"] == "rolled_back"
        assert self.points(inside) == before

    @pytest.mark.parametrize(
        ("edit", "reason"),
        [(riding([], [], track_guid=KICK), "The envelope is gone."),
         (riding([], [point(9.0, 0.0)]), "A new point lies outside of the range, or is no number."),
         (riding([], [point(4.0, float("inf"))]), "A new point lies outside of the range, or is no number.")],
    )  # fmt: skip
    def test_what_cannot_be_is_a_conflict(self, edit: dict[str, Any], reason: str, inside: Inside) -> None:
        assert applied(inside, edit)["results"][0]["reason"] == reason

    def test_automation_items_and_endless_envelopes_are_left_alone(self, inside: Inside) -> None:
        inside.replace("CountAutomationItems", lambda _original, _pointer: 1)
        assert applied(inside, riding([], []))["results"][0]["reason"] == "Automation items lie over the envelope."
        inside.replace("CountAutomationItems", lambda _original, _pointer: 0)
        inside.replace("CountEnvelopePointsEx", lambda _original, *_given: 100_001)
        assert applied(inside, riding([], []))["results"][0]["reason"] == "The envelope has too many points."


class TestTakingBack:
    """A transaction that undoes another writes what still holds its values and lists the rest."""

    def undoing(self, inside: Inside) -> dict[str, Any]:
        edits = [setting(PAN, 0.25, -0.2), setting(FADER, 0.5, FADER_BEFORE)]
        return applied(inside, *edits, id="t2", undoes="t1", label="dawassist: undo apply")

    def test_all_of_it(self, inside: Inside) -> None:
        applied(inside, *MOVES)
        assert self.undoing(inside)["outcome"] == "undone"
        assert fader(inside) == pytest.approx(FADER_BEFORE)

    def test_what_moved_since_stays_and_is_listed(self, inside: Inside) -> None:
        applied(inside, *MOVES)
        inside.host.project.tracks[1].set("D_VOL", 0.9)
        receipt = self.undoing(inside)
        assert (receipt["outcome"], statuses(receipt)) == ("partial", ["applied", "conflicted"])
        assert receipt["sentence"] == "1 of 2 changes made, each read back; 1 moved since and stayed."
        assert fader(inside) == 0.9

    def test_what_is_back_already_is_no_conflict(self, inside: Inside) -> None:
        applied(inside, *MOVES)
        inside.host.project.tracks[1].set("D_VOL", FADER_BEFORE)
        receipt = self.undoing(inside)
        assert (receipt["outcome"], statuses(receipt)) == ("undone", ["applied", "unchanged"])

    def test_when_everything_moved_nothing_is_written(self, inside: Inside) -> None:
        assert self.undoing(inside)["outcome"] == "undone"  # both are where they were before
        inside.host.project.tracks[1].set("D_VOL", 0.9)
        inside.host.project.tracks[2].set("D_PAN", 0.9)
        edits = [setting(PAN, 0.25, -0.2), setting(FADER, 0.5, FADER_BEFORE)]
        receipt = applied(inside, *edits, id="t3", undoes="t1")
        assert (receipt["outcome"], statuses(receipt)) == ("conflict", ["conflicted", "conflicted"])


class TestSettling:
    """Plug-ins may take a while."""

    def test_a_plug_in_that_takes_the_value_is_final_after_a_few_ticks(self, inside: Inside) -> None:
        receipt = applied(inside, setting(RATIO, 0.030303, 0.1), MOVES[0])
        assert receipt["settling"]
        inside.tick(4)
        final = agent.call("status", {"id": "t1"})["ok"]
        assert "settling" not in final
        assert (final["outcome"], final["results"][0]["text"]) == ("applied", "10.90")
        assert inside.host.deferred == []

    def test_a_plug_in_that_refuses_late_is_taken_back_in_a_second_step(
        self, inside: Inside, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(settling, "SECONDS", 0.0)
        applied(inside, MOVES[0], setting(RATIO, 0.030303, 0.1))
        chain = inside.host.project.tracks[1].fx
        chain[1].set_value(1, 0.5)  # the plug-in thinks again
        inside.tick(3)
        final = agent.call("status", {"id": "t1"})["ok"]
        assert (final["outcome"], statuses(final)) == ("rolled_back", ["rolled_back", "failed"])
        assert fader(inside) == pytest.approx(FADER_BEFORE)
        assert chain[1].value(1) == RATIO_BEFORE
        assert inside.labels == ["dawassist: apply", "dawassist: apply (not applied)"]
        assert "refused by the plug-in" in final["sentence"]

    def test_what_a_hand_moved_meanwhile_stays(self, inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(settling, "SECONDS", 0.0)
        applied(inside, MOVES[0], setting(RATIO, 0.030303, 0.1))
        inside.host.project.tracks[1].fx[1].set_value(1, 0.5)
        inside.host.project.tracks[1].set("D_VOL", 0.9)
        inside.tick(3)
        final = agent.call("status", {"id": "t1"})["ok"]
        assert (final["outcome"], statuses(final)) == ("partial", ["failed", "failed"])
        assert final["results"][0]["reason"] == "It moved meanwhile and was left."
        assert fader(inside) == 0.9

    def test_a_plug_in_that_cannot_even_be_put_back_is_told(
        self, inside: Inside, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(settling, "SECONDS", 0.05)
        inside.host.project.tracks[1].fx[1].quantum = {1: 0.25}
        applied(inside, MOVES[0], setting(RATIO, 0.030303, 0.6))
        while settling.is_in_progress():
            inside.tick()
        final = agent.call("status", {"id": "t1"})["ok"]
        assert (final["outcome"], statuses(final)) == ("partial", ["rolled_back", "failed"])
        assert final["results"][1]["reason"] == "REAPER holds 0.5 instead of 0.6; it could not be put back."
        assert final["sentence"].endswith("1 could not be put back, the rest was.")

    def test_a_text_that_never_rests_is_taken_after_a_second(
        self, inside: Inside, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = [time.monotonic()]
        monkeypatch.setattr(time, "monotonic", lambda: now[0])
        texts = iter(str(number) for number in range(100))
        inside.replace("TrackFX_GetFormattedParamValue", lambda _original, *given: (1, *given[:3], next(texts), 0))
        applied(inside, setting(RATIO, 0.030303, 0.1))
        inside.tick(5)
        assert settling.is_in_progress()
        now[0] += 1.1
        inside.tick()
        assert agent.call("status", {"id": "t1"})["ok"]["outcome"] == "applied"

    def test_a_track_that_is_deleted_meanwhile_is_told(self, inside: Inside) -> None:
        applied(inside, setting(RATIO, 0.030303, 0.1))

        def gone(_original: Any, *_given: Any) -> float:
            raise RuntimeError("no such track")

        inside.replace("TrackFX_GetParamNormalized", gone)
        inside.tick()
        final = agent.call("status", {"id": "t1"})["ok"]
        assert final["outcome"] == "partial"
        assert "could not be read back" in final["sentence"]
        assert not settling.is_in_progress()

    def test_a_parameter_without_a_text_shows_its_number(self, inside: Inside) -> None:
        inside.replace("TrackFX_GetFormattedParamValue", lambda _original, *given: (0, *given))
        assert applied(inside, setting(RATIO, 0.030303, 0.1))["results"][0]["text"] == "0.1000"

"""Write-back by compare-and-set: all or nothing, read back, put back, stored; with everything that can go wrong."""

import time
from typing import Any

import pytest

from dawassist_plugins.reascripts import agent, receipts
from tests.unit.reascripts.conftest import Inside
from tests.unit.reascripts.edits import (
    EQ,
    FADER,
    FADER_BEFORE,
    KICK,
    LEVEL,
    MOVES,
    PAN,
    RATIO,
    SEND,
    applied,
    fader,
    payload,
    refused,
    setting,
    statuses,
)


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


class TestRefusals:
    """Nothing is even looked at."""

    def test_a_late_request(self, inside: Inside) -> None:
        assert "too late" in refused(inside, *MOVES, not_after=time.time() - 1.0)

    def test_an_edit_that_the_agent_does_not_know(self, inside: Inside) -> None:
        assert "'format_disk'" in refused(inside, MOVES[0], {"edit": "format_disk", "label": "x"})
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
        assert receipt["sentence"].endswith("and could not be put back: pan, fader_gain.")

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

"""Creations inside REAPER: made, marked, taken away only as they were left; nothing stays behind when a call fails."""

from collections.abc import Callable
from typing import Any

import pytest

from dawassist.session.edits import Edit, edit_to_json
from dawassist_plugins.reascripts import agent, ownership, settling
from tests import creations
from tests.unit.reascripts.conftest import Inside
from tests.unit.reascripts.edits import COMP, EQ, KICK, LEAD, MOVES, REVERB, SNARE, applied, fader, setting, statuses

SETTERS = (
    "SetMediaTrackInfo_Value", "TrackFX_SetParamNormalized", "SetTrackSendInfo_Value", "TrackFX_AddByName",
    "TrackFX_SetNamedConfigParm", "CreateTrackSend", "InsertTrackAtIndex", "GetSetMediaTrackInfo_String",
    "TrackFX_Delete", "RemoveTrackSend", "DeleteTrack", "SetProjExtState", "TrackFX_GetFXGUID",
)  # fmt: skip


def wire(edits: list[Edit]) -> list[dict[str, Any]]:
    return [edit_to_json(edit) for edit in edits]


EVERYTHING = [
    *wire(creations.equalizer(KICK, after=EQ)), *wire(creations.compressor(KICK, after=creations.EQ)),
    *wire(creations.sending(KICK, REVERB)), *wire(creations.plate(SNARE)), MOVES[0],
    *wire([creations.config(KICK, EQ, "BANDTYPE0", "4", "0")]),
]  # fmt: skip


def state(inside: Inside) -> Any:
    """What a session shows: names, plug-ins with values, sends."""
    return [
        (
            track.name,
            track.get("D_VOL"),
            [(fx.guid, tuple(fx.values), fx.config("BANDTYPE0"), fx.config("BANDENABLED0")) for fx in track.fx],
            [(send.destination.guid if send.destination else "", send.get("D_VOL")) for send in track.sends],
        )
        for track in inside.host.project.tracks
    ]


def removal(kind: str, track: str, guid: str, occurrence: int = 0) -> dict[str, Any]:
    return {"edit": "remove_created", "kind": kind, "track_guid": track, "guid": guid, "occurrence": occurrence,
            "transaction_id": "t1", "label": f"remove {kind}"}  # fmt: skip


def removals(receipt: dict[str, Any]) -> list[dict[str, Any]]:
    """What takes EVERYTHING away, but for the moves among it."""
    made = [row["created_guid"] for row in receipt["results"] if row["created_guid"]]
    eq, comp, plate, _verb = made
    return [removal("send", SNARE, plate), removal("track", plate, plate), removal("send", KICK, REVERB),
            removal("fx", KICK, comp), removal("fx", KICK, eq)]  # fmt: skip


def taken_back(inside: Inside, *edits: dict[str, Any], **more: Any) -> dict[str, Any]:
    return applied(inside, *edits, **{"id": "t2", "undoes": "t1", **more})


class TestMaking:
    def test_all_of_it_is_one_undo_step(self, inside: Inside) -> None:
        before = state(inside)
        receipt = applied(inside, *EVERYTHING)
        assert (receipt["outcome"], set(statuses(receipt))) == ("applied", {"applied"})
        assert len(inside.labels) == 1
        inside.call("Undo_DoUndo2", 0)
        assert state(inside) == before

    def test_the_edits_of_one_recommendation_are_one_change(self, inside: Inside) -> None:
        made = [{**edit, "recommendation_id": "r1"} for edit in wire(creations.equalizer(KICK))]
        moved = {**MOVES[0], "recommendation_id": "r2"}
        assert applied(inside, *made, moved)["sentence"] == "2 of 2 changes made, each read back."
        again = applied(inside, *made, moved, id="t2")
        assert "1 of 2 changes cannot be made" in again["sentence"]

    def test_what_reaper_does_not_have_is_rolled_back(self, inside: Inside) -> None:
        before = state(inside)
        edit = wire([creations.inserting("ReaEQ", KICK, creations.EQ)])[0]
        receipt = applied(inside, MOVES[0], {**edit, "fx_name": "VST3: Pro-Q 3 (FabFilter)"})
        assert (receipt["outcome"], statuses(receipt)) == ("rolled_back", ["rolled_back", "failed"])
        assert receipt["results"][1]["reason"] == "REAPER has no plug-in VST3: Pro-Q 3 (FabFilter)"
        assert state(inside) == before

    def test_another_plug_in_than_was_meant_is_taken_out_again(self, inside: Inside) -> None:
        before = state(inside)
        edit = wire([creations.inserting("ReaEQ", KICK, creations.EQ)])[0]
        receipt = applied(inside, {**edit, "fx_files": ["other.dll"]})
        assert receipt["results"][0]["reason"] == "REAPER inserted reaeq.vst.so instead"
        assert receipt["results"][0]["created_guid"] == ""
        assert state(inside) == before

    @pytest.mark.parametrize(
        ("name", "answer", "reason"),
        [
            ("TrackFX_SetNamedConfigParm", 0, "the plug-in did not take BANDENABLED0"),
            ("CreateTrackSend", -1, "REAPER made no send"),
            ("InsertTrackAtIndex", None, "REAPER made no track at the end"),
        ],
    )
    def test_a_function_that_does_nothing_is_found_out(
        self, name: str, answer: Any, reason: str, inside: Inside
    ) -> None:
        before = state(inside)
        inside.replace(name, lambda _original, *_given: answer)
        receipt = applied(inside, *EVERYTHING)
        assert receipt["outcome"] == "rolled_back"
        assert reason in [row["reason"] for row in receipt["results"]]
        assert state(inside) == before

    def test_a_tap_or_a_name_that_does_not_stick_is_found_out(self, inside: Inside) -> None:
        inside.replace("SetTrackSendInfo_Value", lambda original, track, category, index, name, value: (
            0 if name == "I_SENDMODE" else original(track, category, index, name, value)
        ))  # fmt: skip
        receipt = applied(inside, *wire(creations.sending(KICK, REVERB)))
        assert receipt["results"][0]["reason"] == "REAPER holds another tap of the send"
        inside.replace("GetSetMediaTrackInfo_String", lambda original, track, name, value, is_set: (
            original(track, name, value, False if name == "P_NAME" else is_set)
        ))  # fmt: skip
        receipt = applied(inside, *wire(creations.plate()), id="t2")
        assert receipt["results"][0]["reason"] == "REAPER named the track ''"
        assert len(inside.host.project.tracks) == 8

    @pytest.mark.parametrize(
        ("prepare", "edits", "reason"),
        [
            (lambda track: track.element.insert(0, track.element.find("FXCHAIN").clone()), creations.equalizer("{X}"),
             "The track is gone."),
            (lambda _track: None, creations.equalizer(KICK, after="{X}"), "The plug-in that it goes behind is gone."),
            (lambda _track: None, creations.compressor(KICK, after=creations.EQ),
             "It needs something that nothing before it makes."),
            (lambda _track: None, creations.sending(KICK, "{X}"), "The track is gone."),
            (lambda _track: None, creations.sending(SNARE, REVERB), "A send to that track was made meanwhile."),
            (lambda track: track.set("I_FOLDERDEPTH", 5.0), creations.plate(),
             "The last folder is not closed: a track at the end would be inside of it."),
        ],
    )  # fmt: skip
    def test_what_stands_in_the_way_is_a_conflict(
        self, prepare: Callable[[Any], None], edits: list[Edit], reason: str, inside: Inside
    ) -> None:
        prepare(inside.host.project.tracks[1])
        receipt = applied(inside, *wire(edits))
        assert (receipt["outcome"], receipt["results"][0]["reason"]) == ("conflict", reason)

    def test_a_frozen_track_gets_no_plug_in(self, inside: Inside) -> None:
        inside.replace("GetMediaTrackInfo_Value", lambda original, track, name: (
            1.0 if name == "I_FREEZECOUNT" else original(track, name)
        ))  # fmt: skip
        for edits in (creations.equalizer(KICK), [creations.config(KICK, EQ, "BANDTYPE0", "4", "8")]):
            assert applied(inside, *wire(list(edits)))["results"][0]["reason"] == "The track is frozen."

    def test_a_value_that_a_new_plug_in_cannot_have_is_rolled_back(self, inside: Inside) -> None:
        before = state(inside)
        bad = creations.parameter(KICK, creations.EQ, "0:_Freq_Low_Shelf", 1.5)
        receipt = applied(inside, *wire([creations.inserting("ReaEQ", KICK, creations.EQ), bad]))
        assert receipt["outcome"] == "rolled_back"
        assert "1.5 is not a value" in receipt["results"][1]["reason"]
        assert state(inside) == before

    @pytest.mark.parametrize("ident", ["99:_No", "No"])
    def test_a_parameter_that_a_new_plug_in_lacks_is_rolled_back(self, ident: str, inside: Inside) -> None:
        before = state(inside)
        bad = creations.parameter(KICK, creations.EQ, ident, 0.5)
        receipt = applied(inside, *wire([creations.inserting("ReaEQ", KICK, creations.EQ), bad]))
        assert "no such parameter" in receipt["results"][1]["reason"]
        assert state(inside) == before

    def test_controls_bound_before_the_chain_grew_are_found_again(self, inside: Inside) -> None:
        ratio = setting({"kind": "fx", "track_guid": KICK, "fx_guid": COMP, "fx_ident": "", "param_ident": "1:_Ratio"},
                        0.030303, 0.1)  # fmt: skip
        receipt = applied(inside, *wire(creations.equalizer(KICK)), ratio)
        inside.tick(4)
        assert receipt["outcome"] == "applied"
        assert inside.host.project.tracks[1].fx[2].value(1) == pytest.approx(0.1)


class TestTakingAway:
    def test_all_of_it(self, inside: Inside) -> None:
        before = state(inside)
        receipt = applied(inside, *EVERYTHING)
        inside.tick(4)
        back = [
            *wire([creations.config(KICK, EQ, "BANDTYPE0", "0", "4")]),
            setting(MOVES[0]["target"], 0.5, MOVES[0]["expected_raw"]),
        ]
        undone = taken_back(inside, *back, *removals(receipt))
        assert (undone["outcome"], set(statuses(undone))) == ("undone", {"applied"})
        assert state(inside) == before
        assert ownership._load() == {}

    def test_what_is_gone_already_is_no_conflict(self, inside: Inside) -> None:
        receipt = applied(inside, *EVERYTHING)
        inside.call("Undo_DoUndo2", 0)
        undone = taken_back(inside, *removals(receipt))
        assert (undone["outcome"], set(statuses(undone))) == ("undone", {"unchanged"})

    @pytest.mark.parametrize(
        ("change", "kept"),
        [
            (lambda host: host.project.tracks[1].fx[1].set_value(3, 0.3), "remove fx"),
            (lambda host: host.project.tracks[1].fx[1].set_enabled(False), "remove fx"),
            (lambda host: host.project.tracks[1].sends[-1].set("D_PAN", 0.5), "remove send"),
            (lambda host: host.project.tracks[-1].set("D_VOL", 0.5), "remove track"),
            (lambda host: host.project.tracks[-1].rename("Hall"), "remove track"),
            (lambda host: host.project.tracks[-1].fx[0].set_value(2, 0.9), "remove track"),
        ],
    )
    def test_what_was_changed_since_stays(self, change: Callable[[Any], None], kept: str, inside: Inside) -> None:
        receipt = applied(inside, *EVERYTHING)
        inside.tick(4)
        change(inside.host)
        undone = taken_back(inside, *removals(receipt))
        rows = {row["label"]: row for row in undone["results"] if row["status"] == "conflicted"}
        assert (undone["outcome"], list(rows)) == ("partial", [kept])
        assert rows[kept]["reason"] == "It was changed since and stays."

    def test_what_no_transaction_made_is_never_removed(self, inside: Inside) -> None:
        before = state(inside)
        edits = [removal("fx", KICK, COMP), removal("send", SNARE, REVERB), removal("track", LEAD, LEAD)]
        receipt = taken_back(inside, *edits)
        assert (receipt["outcome"], set(statuses(receipt))) == ("conflict", {"conflicted"})
        assert state(inside) == before
        ours = applied(inside, *EVERYTHING, id="t9")
        assert set(statuses(taken_back(inside, *removals(ours), id="t3"))) == {"conflicted"}

    def test_a_damaged_mark_owns_nothing(self, inside: Inside) -> None:
        receipt = applied(inside, *EVERYTHING)
        for damaged in ("{", "[]"):
            inside.call("SetProjExtState", 0, "dawassist", "created", damaged)
            undone = taken_back(inside, *removals(receipt), id=f"t{damaged}")
            assert set(statuses(undone)) == {"conflicted"}

    def test_the_project_keeps_a_limited_number_of_marks(self, inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ownership, "MAX_OBJECTS", 2)
        applied(inside, *EVERYTHING)
        assert len(ownership._load()) == 2

    def test_a_send_that_is_gone_while_it_is_put_back_is_told(self, inside: Inside) -> None:
        """The value of a send that was removed by hand in the same second."""
        moved = setting({"kind": "send", "track_guid": SNARE, "destination_guid": REVERB, "occurrence": 0,
                         "field": "level_gain"}, 0.5, 0.3)  # fmt: skip
        made = wire(creations.sending(SNARE, REVERB, occurrence=1))

        def broken(_original: Any, *given: Any) -> Any:
            for _ in range(2):
                inside.call("RemoveTrackSend", given[0], 0, 0)
            raise RuntimeError("no send today")

        inside.replace("CreateTrackSend", broken)
        receipt = applied(inside, moved, *made)
        assert (receipt["outcome"], statuses(receipt)[0]) == ("partial", "failed"), receipt

    def test_a_send_is_found_again_when_one_before_it_went(self, inside: Inside) -> None:
        applied(inside, *wire(creations.sending(KICK, REVERB)), *wire(creations.sending(KICK, SNARE)))
        target = {"kind": "send", "track_guid": KICK, "destination_guid": SNARE, "occurrence": 0, "field": "level_gain"}

        def broken(_original: Any, *given: Any) -> Any:
            inside.call("RemoveTrackSend", given[0], 0, 0)
            raise RuntimeError("no send today")

        inside.replace("CreateTrackSend", broken)
        before = inside.host.project.tracks[1].sends[1].get("D_VOL")
        receipt = applied(inside, setting(target, before, 0.9), *wire(creations.sending(KICK, LEAD)), id="t2")
        assert statuses(receipt)[0] == "rolled_back"
        assert inside.host.project.tracks[1].sends[0].get("D_VOL") == pytest.approx(before)

    def test_what_reaper_keeps_is_told(self, inside: Inside) -> None:
        receipt = applied(inside, *wire(creations.equalizer(KICK)))
        inside.tick(4)
        inside.replace("TrackFX_Delete", lambda _original, *_given: 0)
        undone = taken_back(inside, removal("fx", KICK, receipt["results"][0]["created_guid"]))
        assert (undone["outcome"], undone["results"][0]["reason"]) == ("rolled_back", "REAPER kept it")

    def test_what_is_removed_before_a_failure_is_named_as_lost(self, inside: Inside) -> None:
        receipt = applied(inside, *EVERYTHING)
        inside.tick(4)

        def broken(_original: Any, *_given: Any) -> None:
            raise RuntimeError("no track today")

        inside.replace("DeleteTrack", broken)
        undone = taken_back(inside, *removals(receipt)[:2])
        assert (undone["outcome"], statuses(undone)) == ("partial", ["failed", "failed"])


class TestFailures:
    def test_every_function_that_raises_at_every_call_leaves_nothing_behind(self, inside: Inside) -> None:
        """The n-th call to a function that writes, or tells a new plug-in's GUID, raises: for every n."""
        module = inside._module
        originals = {name: getattr(module, f"RPR_{name}") for name in SETTERS}
        before = state(inside)
        for failing in range(1, 400):
            count = 0

            def broken(original: Any, *given: Any, failing: int = failing) -> Any:
                nonlocal count
                count += 1
                if count == failing:
                    raise RuntimeError("REAPER is out of sorts")
                return original(*given)

            begun = []

            def begin(original: Any, *given: Any, begun: list[int] = begun) -> Any:
                begun.append(1)
                for name in SETTERS:
                    inside.replace(name, broken)
                return original(*given)

            inside.replace("Undo_BeginBlock2", begin)
            receipt = applied(inside, *EVERYTHING, id=f"n{failing}")
            for name, original in originals.items():
                setattr(module, f"RPR_{name}", original)
            assert not inside.host.project.history.is_open
            assert inside.host.project.refresh_blocks == 0
            if receipt["outcome"] == "applied":
                break
            assert receipt["outcome"] == "rolled_back", receipt
            assert not any(row["created_guid"] for row in receipt["results"])
            assert state(inside) == before, failing
        assert failing > 30

    def test_a_late_refusal_takes_away_what_was_made(self, inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(settling, "SECONDS", 0.0)
        before = state(inside)
        applied(inside, *EVERYTHING)
        inside.host.project.tracks[1].fx[2].set_value(0, 0.9)  # the new compressor thinks again
        inside.tick(3)
        final = agent.call("status", {"id": "t1"})["ok"]
        assert final["outcome"] == "rolled_back", final
        assert not any(row["created_guid"] for row in final["results"])
        assert state(inside) == before
        assert fader(inside) == pytest.approx(MOVES[0]["expected_raw"])
        assert ownership._load() == {}

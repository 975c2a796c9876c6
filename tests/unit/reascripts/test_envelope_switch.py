"""Volume envelopes that are made inside REAPER: selection and fader stay, a failure leaves nothing that is heard."""

from collections.abc import Callable
from typing import Any

import pytest

from dawassist.session.edits import edit_to_json
from tests.contract.test_new_envelopes import RIDE, SWITCH
from tests.unit.reascripts.conftest import Inside
from tests.unit.reascripts.edits import SNARE, applied, statuses

EDITS = [edit_to_json(SWITCH), edit_to_json(RIDE)]


def track(inside: Inside) -> Any:
    return next(t for t in inside.host.project.tracks if t.guid == SNARE)


def volume(inside: Inside) -> Any:
    return next((e for e in track(inside).envelopes if e.tag == "VOLENV2"), None)


def selected(inside: Inside) -> list[str]:
    return [t.name for t in inside.host.project.tracks if t.get("I_SELECTED")]


def test_it_is_one_undo_step_and_keeps_fader_and_selection(inside: Inside) -> None:
    fader, chosen = track(inside).get("D_VOL"), selected(inside)
    assert fader != 1.0
    receipt = applied(inside, *EDITS)
    assert (receipt["outcome"], statuses(receipt)) == ("applied", ["applied", "applied"])
    assert track(inside).get("D_VOL") == pytest.approx(fader)
    assert selected(inside) == chosen
    assert [round(point[1], 4) for point in volume(inside).points()] == [1.0, 1.0, 1.3335, 1.3335, 1.0]
    assert len(inside.labels) == 1
    inside.call("Undo_DoUndo2", 0)
    assert volume(inside) is None
    assert track(inside).get("D_VOL") == pytest.approx(fader)


@pytest.mark.parametrize("mode", [1, 2, 4])
def test_where_the_fader_would_follow_it_none_is_made(mode: int, inside: Inside) -> None:
    track(inside).set("I_AUTOMODE", float(mode))
    receipt = applied(inside, *EDITS)
    assert receipt["outcome"] == "conflict"
    assert "Trim/Read" in receipt["results"][0]["reason"]
    assert volume(inside) is None


def test_only_volume_envelopes_are_made(inside: Inside) -> None:
    pan = {**EDITS[0], "target": {**EDITS[0]["target"], "envelope": "pan"}}
    receipt = applied(inside, pan)
    assert receipt["outcome"] == "conflict"
    assert "Only volume" in receipt["results"][0]["reason"]


def test_one_that_is_off_and_drawn_is_left_to_the_engineer(inside: Inside) -> None:
    applied(inside, *EDITS)
    volume(inside).switch("ACTIVE", False)
    receipt = applied(inside, EDITS[0], id="t2")
    assert receipt["outcome"] == "conflict"
    assert "not flat" in receipt["results"][0]["reason"]


def refuses(original: Callable[..., Any], *given: Any) -> Any:
    return None if given[0] == 40406 else original(*given)


def test_an_action_that_makes_none_is_a_failure_with_everything_as_before(inside: Inside) -> None:
    fader, chosen = track(inside).get("D_VOL"), selected(inside)
    inside.replace("Main_OnCommandEx", refuses)
    receipt = applied(inside, *EDITS)
    assert receipt["outcome"] == "rolled_back"
    assert "kept the envelope as it was" in receipt["sentence"]
    assert volume(inside) is None
    assert (track(inside).get("D_VOL"), selected(inside)) == (fader, chosen)


def test_a_fader_that_cannot_be_put_back_is_a_failure(inside: Inside) -> None:
    inside.replace("SetMediaTrackInfo_Value", lambda original, *given: given[1] != "D_VOL" and original(*given))
    receipt = applied(inside, EDITS[0])
    assert receipt["outcome"] == "partial"
    assert "moved the fader" in receipt["sentence"]


def test_points_that_are_refused_leave_it_off_and_flat(inside: Inside) -> None:
    fader = track(inside).get("D_VOL")
    inside.replace(
        "InsertEnvelopePoint", lambda original, *given: original(*given) if given[1] == 0.0 else (False, False)
    )
    receipt = applied(inside, *EDITS)
    assert receipt["outcome"] == "rolled_back"
    assert not volume(inside).is_active
    assert [round(point[1], 4) for point in volume(inside).points()] == [1.0]
    assert track(inside).get("D_VOL") == pytest.approx(fader)

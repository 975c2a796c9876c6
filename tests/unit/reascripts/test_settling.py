"""Taking a transaction back, and plug-ins that take a while."""

import time
from typing import Any

import pytest

from dawassist_plugins.reascripts import agent, settling
from tests.unit.reascripts.conftest import Inside
from tests.unit.reascripts.edits import (
    FADER,
    FADER_BEFORE,
    MOVES,
    PAN,
    RATIO,
    RATIO_BEFORE,
    applied,
    fader,
    setting,
    statuses,
)


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

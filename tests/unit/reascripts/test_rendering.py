"""Stems and loudness by REAPER's own renders, one track at a time; the stand-in stands for it."""

import time
from pathlib import Path
from typing import Any

import pytest

from dawassist.standin.project import Project
from dawassist_plugins.reascripts import agent, track_state
from dawassist_plugins.reascripts.api import MASTER_GUID
from tests.unit.reascripts.conftest import Inside

KICK, SNARE, LEAD = (f"{{C000000{n}-0000-4000-8000-00000000000{n}}}" for n in (2, 3, 5))


def ok(verb: str, **payload: Any) -> Any:
    answer = agent.call(verb, payload)
    assert "ok" in answer, answer
    return answer["ok"]


def refused(verb: str, **payload: Any) -> str:
    return str(agent.call(verb, payload)["refused"])


def finished(inside: Inside) -> dict[str, Any]:
    """The status after as many polls and ticks as it takes."""
    for _ in range(20):
        found: dict[str, Any] = ok("render_status")
        if found["state"] != "rendering":
            return found
        inside.tick()
    raise AssertionError(found)


def settings(inside: Inside) -> dict[str, Any]:
    return inside.host.project.settings


def selected(inside: Inside) -> list[str]:
    return [track.name for track in inside.host.project.tracks if track.get("I_SELECTED")]


class TestStems:
    @pytest.fixture(autouse=True)
    def quick(self, inside: Inside) -> None:
        """A render that writes what it was told to do."""

        def render(_original: Any, command: int, *_given: Any) -> None:
            found = settings(inside)
            path = Path(str(found["RENDER_FILE"])) / f"{found['RENDER_PATTERN']}.wav"
            path.write_text(f"{command} {found['RENDER_SETTINGS']} {selected(inside)}")

        inside.replace("Main_OnCommandEx", render)

    def test_one_track_per_tick_and_everything_comes_back(self, inside: Inside, tmp_path: Path) -> None:
        settings(inside).update(RENDER_SETTINGS=32.0, RENDER_PATTERN="mine")
        assert ok("render_status")["state"] == "idle"
        assert ok("render_start", tracks=[KICK, LEAD], folder=str(tmp_path))["state"] == "rendering"
        seen = []
        while (found := ok("render_status"))["state"] == "rendering":
            seen.append(found["done"])
            inside.tick()
        assert (found["state"], seen, list(found["results"])) == ("done", [0, 1, 2], [KICK, LEAD])
        assert Path(found["results"][KICK]).read_text() == "42230 8194.0 ['Kick']"
        assert (settings(inside)["RENDER_SETTINGS"], settings(inside)["RENDER_PATTERN"]) == (32.0, "mine")
        assert selected(inside) == ["Lead vocal"]

    def test_a_track_that_fails_leaves_the_others_intact(self, inside: Inside, tmp_path: Path) -> None:
        def render(original: Any, *given: Any) -> None:
            if selected(inside) != ["Kick"]:
                original(*given)

        inside.replace("Main_OnCommandEx", render)
        ok("render_start", tracks=[KICK, LEAD], folder=str(tmp_path))
        found = finished(inside)
        assert (found["state"], found["done"], list(found["results"])) == ("done", 2, [LEAD])
        assert found["failures"] == {KICK: "REAPER wrote no file"}

    def test_a_track_that_was_deleted_meanwhile_is_a_failure_of_its_own(self, inside: Inside, tmp_path: Path) -> None:
        ok("render_start", tracks=[KICK, LEAD], folder=str(tmp_path))
        inside.host.project.tracks.remove(inside.host.project.track_by_number(2))
        found = finished(inside)
        assert (list(found["results"]), found["failures"]) == ([LEAD], {KICK: "the track is gone"})

    def test_an_error_without_words_is_named(self, inside: Inside, tmp_path: Path) -> None:
        def broken(_original: Any, *_given: Any) -> None:
            raise ValueError

        inside.replace("Main_OnCommandEx", broken)
        ok("render_start", tracks=[KICK], folder=str(tmp_path))
        assert finished(inside)["failures"] == {KICK: "ValueError"}

    def test_no_track_is_begun_that_nobody_asked_for(
        self, inside: Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ok("render_start", tracks=[KICK, SNARE, LEAD], folder=str(tmp_path))
        inside.tick(5)
        assert len(list(tmp_path.glob("*.wav"))) == 1
        assert settings(inside)["RENDER_SETTINGS"] == 8194.0
        now = time.monotonic()
        monkeypatch.setattr(time, "monotonic", lambda: now + 60.0)
        inside.tick()
        assert (ok("render_status")["state"], settings(inside)["RENDER_SETTINGS"]) == ("stopped", 0.0)
        assert selected(inside) == ["Lead vocal"]

    def test_it_can_be_stopped_between_tracks(self, inside: Inside, tmp_path: Path) -> None:
        ok("render_start", tracks=[KICK, LEAD], folder=str(tmp_path))
        inside.tick()
        assert ok("render_stop")["state"] == "stopped"
        assert settings(inside)["RENDER_SETTINGS"] == 0.0
        inside.tick()
        assert ok("render_stop")["state"] == "stopped"
        assert len(list(tmp_path.glob("*.wav"))) == 1

    def test_a_new_render_ends_the_old_one_and_an_unknown_track_is_refused(
        self, inside: Inside, tmp_path: Path
    ) -> None:
        ok("render_start", tracks=[KICK], folder=str(tmp_path))
        ok("render_start", tracks=[LEAD], folder=str(tmp_path))
        assert list(finished(inside)["results"]) == [LEAD]
        assert refused("render_start", tracks=["{X}"], folder="") == "The track is gone."

    def test_another_project_in_front_ends_it_and_gets_nothing(self, inside: Inside, tmp_path: Path) -> None:
        host = inside.host
        ok("render_start", tracks=[KICK, LEAD], folder=str(tmp_path))
        inside.tick()
        host.other_tab, host.project = host.project, Project(host.project.path)
        ok("render_status")
        inside.tick()
        found = ok("render_status")
        assert found["state"] == "failed"
        assert "Another project" in found["error"]
        assert (host.project.settings, host.other_tab.settings["RENDER_SETTINGS"]) == ({}, 0.0)
        assert [track.name for track in host.other_tab.tracks if track.get("I_SELECTED")] == ["Lead vocal"]

    def test_a_project_that_was_closed_has_nothing_to_put_back(self, inside: Inside, tmp_path: Path) -> None:
        ok("render_start", tracks=[KICK, LEAD], folder=str(tmp_path))
        inside.tick()
        inside.host.project = Project(inside.host.project.path)
        ok("render_status")
        inside.tick()
        assert ok("render_status")["state"] == "failed"
        assert inside.host.project.settings == {}

    def test_settings_that_cannot_be_put_back_are_told(self, inside: Inside, tmp_path: Path) -> None:
        ok("render_start", tracks=[KICK], folder=str(tmp_path))
        inside.tick()

        def locked(_original: Any, *_given: Any) -> None:
            raise OSError("locked")

        inside.replace("GetSetProjectInfo", locked)
        found = finished(inside)
        assert (found["state"], found["error"]) == (
            "failed",
            "REAPER's render settings could not be put back (locked).",
        )

    def test_armed_tracks_are_armed_again_afterwards(self, inside: Inside, tmp_path: Path) -> None:
        def armed() -> list[str]:
            return [track.name for track in inside.host.project.tracks if track.get("I_RECARM")]

        assert armed() == ["Lead vocal"]
        ok("render_start", tracks=[KICK], folder=str(tmp_path))
        inside.tick()
        assert armed() == []
        finished(inside)
        assert armed() == ["Lead vocal"]

    def test_solos_are_off_meanwhile_since_they_silence_other_stems(self, inside: Inside, tmp_path: Path) -> None:
        def soloed() -> list[tuple[str, float | None]]:
            return [(t.name, t.get("I_SOLO")) for t in inside.host.project.tracks if t.get("I_SOLO")]

        before = soloed()
        assert before
        ok("render_start", tracks=[KICK], folder=str(tmp_path))
        inside.tick()
        assert soloed() == []
        finished(inside)
        assert soloed() == before

    def test_what_would_open_a_dialog_is_refused(self, inside: Inside) -> None:
        host = inside.host
        host.project.transport = 5
        assert "recording" in refused("render_start", tracks=[KICK], folder="")
        host.project.transport = 0
        host.is_rendering = True
        assert "rendering" in refused("render_start", tracks=[KICK], folder="")
        host.is_rendering = False
        inside.replace("GetProjectLength", lambda _original, _project: 0.0)
        assert "empty" in refused("render_start", tracks=[KICK], folder="")
        assert host.project.settings == {}


class TestLoudness:
    """By dry-run renders, asked for through the render statistics."""

    @pytest.fixture
    def asked(self, inside: Inside) -> list[tuple[str, Any]]:
        """What was asked of REAPER; it answers −12.5 LUFS."""
        found: list[tuple[str, Any]] = []

        def answer(original: Any, project: Any, name: str, text: str, is_set: bool) -> Any:
            if name != "RENDER_STATS":
                return original(project, name, text, is_set)
            found.append((text, selected(inside) if text in ("42438", "42439") else inside.host.project.time_selection))
            return True, project, name, "FILE:/x/Kick;LENGTH:0:06.000;PEAK:-3.4;LUFSI:-12.5;LRA:2.1", is_set

        inside.replace("GetSetProjectInfo_String", answer)
        return found

    def test_tracks_are_selected_one_by_one_and_the_master_is_the_mix(
        self, inside: Inside, asked: list[tuple[str, Any]]
    ) -> None:
        before = inside.host.project.time_selection
        ok("loudness_start", tracks=[KICK, MASTER_GUID], range=None)
        found = finished(inside)
        assert found["results"] == {KICK: -12.5, MASTER_GUID: -12.5}
        assert asked == [("42438", ["Kick"]), ("42440", before)]
        assert selected(inside) == ["Lead vocal"]

    def test_a_part_is_measured_in_a_time_selection_that_comes_back(
        self, inside: Inside, asked: list[tuple[str, Any]]
    ) -> None:
        project = inside.host.project
        before, project.loop = project.time_selection, (0.0, 1.0)
        ok("loudness_start", tracks=[KICK, MASTER_GUID], range=[1.0, 2.5])
        assert finished(inside)["state"] == "done"
        assert asked == [("42439", ["Kick"]), ("42441", (1.0, 2.5))]
        assert (project.time_selection, project.loop) == (before, (0.0, 1.0))

    @pytest.mark.parametrize(
        ("text", "lufs"),
        [("FILE:a;LENGTH:0:01.000", -150.0), ("FILE:a;LUFSI:-inf", -150.0), ("FILE:C:\\a;LUFSI:-3.25", -3.25)],
    )
    def test_a_silent_file_has_no_loudness(self, inside: Inside, text: str, lufs: float) -> None:
        inside.replace("GetSetProjectInfo_String", lambda _original, *given: (True, *given[:2], text, given[3]))
        ok("loudness_start", tracks=[KICK], range=None)
        assert finished(inside)["results"] == {KICK: lufs}

    @pytest.mark.parametrize(("is_there", "text"), [(False, "FILE:a;LUFSI:-3"), (True, "")])
    def test_no_statistics_are_a_failure(self, inside: Inside, is_there: bool, text: str) -> None:
        inside.replace("GetSetProjectInfo_String", lambda _original, *given: (is_there, *given[:2], text, given[3]))
        ok("loudness_start", tracks=[KICK], range=None)
        assert finished(inside)["failures"] == {KICK: "REAPER gave no statistics"}

    def test_statistics_that_reaper_does_not_keep_are_not_read(self, inside: Inside) -> None:
        inside.host.keeps_statistics = False
        assert "Save render statistics" in refused("loudness_start", tracks=[KICK], range=None)
        inside.replace("GetAppVersion", lambda _original: "7.08/linux")
        assert ok("loudness_start", tracks=[KICK], range=None)["state"] == "rendering"


class TestTrackState:
    """A digest of what REAPER would save."""

    def test_what_is_heard_changes_it(self, inside: Inside) -> None:
        before = ok("track_state", track=KICK)
        kick = inside.host.project.track_by_number(2)
        kick.fx[-1].set_value(1, 0.7)
        after = ok("track_state", track=KICK)
        assert after["whole"] != before["whole"]
        assert after["before_fader"] != before["before_fader"]

    def test_faders_count_behind_the_track_and_selection_and_names_never(self, inside: Inside) -> None:
        before = ok("track_state", track=LEAD)
        lead = inside.host.project.track_by_number(5)
        lead.rename("Lead")
        inside.call("SetTrackSelected", inside.call("GetTrack", 0, 4), False)
        assert ok("track_state", track=LEAD) == before
        lead.set("D_VOL", 0.1)
        after = ok("track_state", track=LEAD)
        assert after["before_fader"] == before["before_fader"]
        assert after["whole"] != before["whole"]

    def test_envelopes_behind_the_fader_input_are_left_out_whole(self, inside: Inside) -> None:
        inside.call("SetOnlyTrackSelected", inside.call("GetTrack", 0, 1))
        before = ok("track_state", track=KICK)
        inside.call("Main_OnCommand", 40406, 0)
        after = ok("track_state", track=KICK)
        assert after["before_fader"] == before["before_fader"]
        assert after["whole"] != before["whole"]

    @pytest.mark.parametrize("answer", [(False, "x"), (True, "x" * 100)])
    def test_what_does_not_fit_is_not_known(
        self, inside: Inside, answer: tuple[bool, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(track_state, "LONGEST_CHARACTERS", 100)
        inside.replace("GetTrackStateChunk", lambda _original, track, *_given: (answer[0], track, answer[1], 0, False))
        assert ok("track_state", track=KICK) == {"whole": "", "before_fader": ""}

    def test_what_is_no_text_is_not_known(self, inside: Inside) -> None:
        inside.replace("GetTrackStateChunk", lambda _original, *_given: b"\xff".decode())
        assert ok("track_state", track=KICK) == {"whole": "", "before_fader": ""}

"""What the agent reads inside REAPER, decoded by the client, is the session that the project file holds."""

import json
from dataclasses import replace
from typing import Any

import pytest

from dawassist.errors import KnownError
from dawassist.projectfile import ProjectFile
from dawassist.reaper.decoding import session_from_json
from dawassist.session.model import Fingerprint, Session
from dawassist_plugins.reascripts import snapshot
from tests.unit.reascripts.conftest import HANDMADE, Inside

NOWHERE = Fingerprint(project_path="", instance="", change_count=0)


@pytest.fixture
def data(inside: Inside) -> dict[str, Any]:
    reading = snapshot.Snapshot()
    reading.work(60.0)
    assert reading.text is not None, reading.error
    found: dict[str, Any] = json.loads(reading.text)
    return found


def decoded(data: dict[str, Any]) -> Session:
    return replace(session_from_json(data, "1"), fingerprint=NOWHERE)


def test_both_are_equal(data: dict[str, Any]) -> None:
    assert decoded(data) == replace(ProjectFile(HANDMADE).snapshot(), fingerprint=NOWHERE)


def test_colors_groups_lanes_and_containers(data: dict[str, Any]) -> None:
    kick = data["tracks"][2]
    kick.update(color=[1, 2, 3], groups={"VOLUME_LEAD": 5, "VOLUME_VCA_FOLLOW": 2})
    kick["values"].update(I_FREEMODE=2.0, I_AUTOMODE=9.0, D_PANLAW=1.0)
    kick["items"][0]["values"]["C_LANEPLAYS"] = 0.0
    kick["fx"][0]["children"] = [kick["fx"][1]]
    track = decoded(data).tracks[1]
    assert (track.color, track.groups, track.vca_follower) == ((1, 2, 3), 7, True)
    assert [item.lane_plays for item in track.items] == [False, True]
    assert (track.automation_mode, track.pan_law_db) == ("trim_read", 0.0)
    assert track.fx[0].children == (track.fx[1],)


@pytest.mark.parametrize(("law", "level_db"), [(-1.0, None), (0.5, -6.0206), (1.4142135623731, 3.0103)])
def test_pan_laws_of_a_track(law: float, level_db: float | None, data: dict[str, Any]) -> None:
    data["tracks"][2]["values"]["D_PANLAW"] = law
    found = decoded(data).tracks[1].pan_law_db
    assert found == (None if level_db is None else pytest.approx(level_db, abs=1e-4))


def test_delays_in_samples_and_bypassed(data: dict[str, Any]) -> None:
    values = data["tracks"][3]["values"]
    values.update(D_PLAY_OFFSET=480.0, I_PLAY_OFFSET_FLAG=2.0)
    assert decoded(data).tracks[2].delay_seconds == 0.01
    values["I_PLAY_OFFSET_FLAG"] = 3.0
    assert decoded(data).tracks[2].delay_seconds == 0.0


def test_takes_without_media_empty_takes_and_their_envelopes(data: dict[str, Any]) -> None:
    item = data["tracks"][2]["items"][0]
    envelope = data["tracks"][4]["envelopes"][0]
    item["takes"][0].update(source=None, envelopes=[envelope, {**envelope, "name": "Unheard of"}])
    takes = decoded(data).tracks[1].items[0].takes
    assert takes[0].source is None
    assert [e.kind for e in takes[0].envelopes] == ["take_volume", "other"]
    item["takes"] = [None]
    assert (decoded(data).tracks[1].items[0].takes, decoded(data).tracks[1].items[0].active_take) == ((), -1)


@pytest.mark.parametrize(
    ("file", "path"),
    [("{folder}/kick.wav", "kick.wav"), ("{folder}\\kick.wav", "kick.wav"), ("{folder}2/kick.wav", None), ("", ""),
     ("/elsewhere/kick.wav", None)],
)  # fmt: skip
def test_only_media_inside_the_projects_folder_are_relative(file: str, path: str | None, data: dict[str, Any]) -> None:
    given = file.format(folder=data["project_path"].rpartition("/")[0])
    data["tracks"][2]["items"][0]["takes"][0]["source"]["file"] = given
    source = decoded(data).tracks[1].items[0].takes[0].source
    assert source is not None
    assert source.path == (given if path is None else path)


def test_an_unsaved_project_has_no_folder(data: dict[str, Any]) -> None:
    data.update(project_path="", time_selection=[2.0, 2.0])
    session = session_from_json(data, "1")
    assert (session.fingerprint.project_path, session.time_selection) == ("", None)


def test_tempo_markers_keep_their_signature_and_replace_the_start(data: dict[str, Any]) -> None:
    data.update(tempo=[0.0, 100.0, 3, 4], tempo_markers=[[0.0, 101.0, 0, 0], [2.0, 102.0, 6, 8]])
    found = [(p.time_seconds, p.bpm, p.numerator, p.denominator) for p in decoded(data).tempo]
    assert found == [(0.0, 101.0, 3, 4), (2.0, 102.0, 6, 8)]


@pytest.mark.parametrize("broken", [{"tracks": []}, {"tracks": [{}]}, {"tempo": 3}, {"sample_rate_hz": None}])
def test_what_is_no_session_is_told(broken: dict[str, Any], data: dict[str, Any]) -> None:
    with pytest.raises(KnownError, match="cannot be read"):
        session_from_json({**data, **broken}, "1")


def test_an_empty_take_lane_leaves_the_others_in_their_places(data: dict[str, Any]) -> None:
    item = data["tracks"][2]["items"][0]
    item["takes"] = [item["takes"][0], None, {**item["takes"][0], "name": "the playing one"}]
    item["values"]["I_CURTAKE"] = 2.0
    found = decoded(data).tracks[1].items[0]
    assert found.takes[found.active_take].name == "the playing one"
    assert (found.takes[1].source, found.takes[1].guid) == (None, "")

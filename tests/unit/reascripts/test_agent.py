"""The agent's verbs: reading in slices, notes, transport, stems; and the script that brings all of it into REAPER."""

import ctypes
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dawassist_plugins.bundle import bundled_agent, bundled_script
from dawassist_plugins.reascripts import agent, api, discovery_file, entry, session_reader, snapshot
from tests.unit.reascripts.conftest import Inside

KICK, LEAD = "{C0000002-0000-4000-8000-000000000002}", "{C0000005-0000-4000-8000-000000000005}"


def ok(verb: str, **payload: Any) -> Any:
    answer = agent.call(verb, payload)
    assert "ok" in answer, answer
    return answer["ok"]


def read(inside: Inside, ticks: int = 300) -> dict[str, Any]:
    """A whole snapshot, as a client would put it together."""
    identity = ok("snapshot_start")["id"]
    for _ in range(ticks):
        found = ok("snapshot_poll", id=identity)
        if "done" not in found:
            break
        inside.tick()
    assert "error" not in found, found
    chunks = [ok("snapshot_poll", id=identity, chunk=chunk)["text"] for chunk in range(found["chunks"])]
    whole: dict[str, Any] = json.loads("".join(chunks))
    return whole


class TestSnapshot:
    def test_it_is_read_in_many_slices_and_chunks(self, inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(snapshot, "SLICE_SECONDS", 1e-9)
        monkeypatch.setattr(snapshot, "CHUNK_CHARACTERS", 1000)
        found = read(inside)
        assert [track["name"] for track in found["tracks"]][:3] == ["", "Drums", "Kick"]
        assert found["attempts"] == 1
        assert inside.host.deferred == []

    def test_a_change_meanwhile_starts_over_three_times_at_most(
        self, inside: Inside, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        counts = iter(range(1000))
        inside.replace("GetProjectStateChangeCount", lambda _original, _project: next(counts))
        assert read(inside)["attempts"] == 3

    def test_a_second_snapshot_ends_the_first(self, inside: Inside) -> None:
        first = ok("snapshot_start")["id"]
        ok("snapshot_start")
        assert ok("snapshot_poll", id=first) == {"error": "This snapshot is gone: another one was started."}

    def test_what_breaks_becomes_the_answer(self, inside: Inside) -> None:
        inside.remove("Master_GetPlayRate")
        identity = ok("snapshot_start")["id"]
        inside.tick(2)
        assert "Master_GetPlayRate" in ok("snapshot_poll", id=identity)["error"]

    def test_a_reaper_without_the_new_marker_functions(self, inside: Inside) -> None:
        inside.remove("GetNumRegionsOrMarkers")
        markers = read(inside)["markers"]
        assert [(m["I_NUMBER"], m["D_STARTPOS"], m["D_ENDPOS"]) for m in markers] == [(1, 0.5, 0.0), (2, 4.0, 8.0)]

    def test_a_name_that_is_not_utf8_does_not_stop_it(self, inside: Inside) -> None:
        def latin(original: Any, track: str, name: str, *rest: Any) -> Any:
            if name == "P_NAME":
                b"Gr\xf6\xdfe".decode("utf-8")
            return original(track, name, *rest)

        inside.replace("GetSetMediaTrackInfo_String", latin)
        assert read(inside)["tracks"][1]["name"] == "Gr\ufffd\ufffde"

    def test_an_empty_take_and_one_without_media_are_said_to_be_so(self, inside: Inside) -> None:
        inside.replace("GetMediaItemTake_Source", lambda _original, _take: "(PCM_source*)0x0000000000000000")
        takes = read(inside)["tracks"][2]["items"][0]["takes"]
        assert takes[0]["source"] is None
        inside.replace("GetMediaItemTake", lambda _original, *_given: "(MediaItem_Take*)0x0000000000000000")
        assert read(inside)["tracks"][2]["items"][0]["takes"] == [None]

    def test_takes_have_envelopes_too(self, inside: Inside) -> None:
        volume = inside.call("GetTrackEnvelope", inside.call("GetTrack", 0, 3), 0)
        inside.replace("CountTakeEnvelopes", lambda _original, _take: 1)
        inside.replace("GetTakeEnvelope", lambda _original, _take, _index: volume)
        take = read(inside)["tracks"][2]["items"][0]["takes"][0]
        assert [len(envelope["points"]) for envelope in take["envelopes"]] == [3]

    def test_a_pan_law_that_is_no_number_is_none(self, inside: Inside) -> None:
        inside.replace("get_config_var_string", lambda _original, *given: (0, given[0], "?", 0))
        assert read(inside)["pan_law"] == 1.0

    def test_names_of_parameters_are_kept_per_look_of_a_plug_in(
        self, inside: Inside, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(session_reader, "_parameter_names", {})
        monkeypatch.setattr(session_reader, "_kinds", {})
        monkeypatch.setattr(session_reader, "_MOST_NAMED", 1)
        monkeypatch.setattr(session_reader, "_PARAMETERS_PER_STEP", 4)
        first = read(inside)
        asked = []
        inside.replace("TrackFX_GetParamIdent", lambda original, *given: (asked.append(given), original(*given))[1])
        assert read(inside)["fx_names"] == first["fx_names"]
        compressors = [g for g in asked if "comp" in inside.call("TrackFX_GetFXName", *g[:2], "", 99)[3].lower()]
        assert len(compressors) == 1  # of the one envelope of a parameter
        session_reader._parameter_names.clear()
        session_reader._parameter_names["another"] = []
        read(inside)
        assert len(session_reader._parameter_names) == len(session_reader._kinds) == 1

    def test_plug_ins_in_containers_are_children(self, inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
        """The stand-in has no containers: the first plug-in of the kick pretends to hold its second one."""

        def configured(original: Any, track: str, fx: int, name: str, *rest: Any) -> Any:
            is_first = inside.call("GetTrack", 0, 1) == track and fx == 0
            answers = {"fx_type": "Container", "container_count": "1", "container_item.0": "1"}
            if is_first and name in answers:
                return (1, track, fx, name, answers[name], 0)
            return original(track, fx, name, *rest)

        monkeypatch.setattr(session_reader, "_kinds", {})
        inside.replace("TrackFX_GetNamedConfigParm", configured)
        chain = read(inside)["tracks"][2]["fx"]
        assert [child["guid"] for child in chain[0]["children"]] == [chain[1]["guid"]]
        kick = inside.call("GetTrack", 0, 1)
        assert api.fx_addresses(kick) == [0, 1, 1]
        monkeypatch.setattr(api, "_MOST_FX", 1)
        assert api.fx_addresses(kick) == [0, 1]

    def test_long_envelopes_are_summarized(self, inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(session_reader, "MAX_POINTS", 2)
        monkeypatch.setattr(session_reader, "_POINTS_PER_STEP", 1)
        bass = read(inside)["tracks"][4]
        assert [(e["count"], len(e["points"])) for e in bass["envelopes"]] == [(3, 0), (2, 2)]


def test_reading_writes_nothing(inside: Inside) -> None:
    before = inside.host.project.history.change_count
    read(inside)
    ok("poll")
    ok("hello")
    assert inside.host.project.history.change_count == before


def test_poll_says_what_the_transport_does(inside: Inside) -> None:
    words = []
    for state in (0, 1, 2, 5):
        inside.host.project.transport = state
        words.append(ok("poll")["transport"])
    assert words == ["stopped", "playing", "paused", "recording"]


def test_hello_notes_locate_and_format(inside: Inside) -> None:
    assert ok("hello")["version"] == agent.VERSION
    assert ok("notes_get", key="brief") == ""
    ok("notes_set", key="brief", value="loud")
    assert ok("notes_get", key="brief") == "loud"
    ok("locate", time_seconds=2.5)
    assert (inside.host.project.cursor_seconds, inside.host.project.transport) == (2.5, 0)
    ok("locate", time_seconds=3.0, play=True)
    assert inside.host.project.transport == 1
    target = {"track_guid": KICK, "fx_guid": "{F0000002-0000-4000-8000-000000000002}", "fx_ident": "",
              "param_ident": "1:_Ratio"}  # fmt: skip
    assert ok("format", target=target, value=0.1) == "10.90"
    inside.replace("TrackFX_FormatParamValueNormalized", lambda _original, *given: (0, *given))
    assert ok("format", target=target, value=0.1) == ""
    assert agent.call("format", {"target": {**target, "fx_guid": "{X}"}, "value": 0.1}) == {
        "refused": "The plug-in is gone."
    }


class TestReadingOnly:
    """What happens before Apply, when no render was asked for: nothing is set, no action is run."""

    def test_no_setter_is_called(self, inside: Inside) -> None:
        called: list[tuple[str, tuple[Any, ...]]] = []

        def recorded(name: str) -> Any:
            def record(original: Any, *given: Any) -> Any:
                called.append((name, given))
                return original(*given)

            return record

        for name in [name.removeprefix("RPR_") for name in dir(sys.modules["reaper_python"]) if "RPR_" in name]:
            inside.replace(name, recorded(name))
        ok("hello")
        ok("poll")
        found = read(inside)
        for track in found["tracks"][1:]:
            ok("track_state", track=track["guid"])
        ok("status", id="unknown")
        ok("render_status")
        ok("notes_get", key="brief")
        target = {"track_guid": KICK, "fx_guid": "{F0000002-0000-4000-8000-000000000002}", "fx_ident": "",
                  "param_ident": "1:_Ratio"}  # fmt: skip
        ok("format", target=target, value=0.1)
        names = {name for name, _ in called}
        assert {"GetTrackStateChunk", "GetSet_LoopTimeRange2", "TrackFX_GetParamNormalized"} <= names
        writing = ("Set", "Insert", "Add", "Create", "Delete", "Remove", "Undo_", "PreventUIRefresh", "On", "Main_")
        both = {name for name in names if name.startswith("GetSet")}
        assert [name for name in names - both if name.startswith(writing) or "_Set" in name] == []
        masks = [given[2:] for name, given in called if name.startswith("GetSetTrackGroupMembership")]
        assert set(masks) <= {(0, 0)}  # no bit is set
        asked = [given for name, given in called if name in both and not name.startswith("GetSetTrackGroup")]
        assert [given for given in asked if not any(value is False for value in given)] == []
        assert [given for given in asked if any(value is True for value in given)] == []


class TestGuids:
    """REAPER's Python binding gives a GUID as a pointer."""

    def test_a_null_pointer_is_no_guid(self, inside: Inside) -> None:
        assert api.guid_text("(GUID*)0x0000000000000000") == ""

    def test_the_table_of_raw_functions_is_used_where_there_is_one(self, inside: Inside) -> None:
        given = []

        def raw(address: int, buffer: int) -> None:
            given.append(address)
            ctypes.memmove(buffer, b"{abc}\0", 6)

        function = ctypes.CFUNCTYPE(None, ctypes.c_uint64, ctypes.c_void_p)(raw)
        address = ctypes.cast(function, ctypes.c_void_p).value
        sys.modules["reaper_python"].__dict__["_ft"]["guidToString"] = address
        assert api.guid_text("(GUID*)0x000000000000ABCD") == "{ABC}"
        assert given == [0xABCD]

    def test_a_send_into_nothing_has_no_destination(self, inside: Inside) -> None:
        inside.replace("GetTrackSendInfo_Value", lambda _original, *_given: 0.0)
        assert api.send_destination(inside.call("GetTrack", 0, 2), 0) == ""


class TestEntry:
    """Starting, ticking and ending as REAPER does it."""

    @pytest.fixture(autouse=True)
    def settings(self, inside: Inside, tmp_path: Path) -> Any:
        self.folder = tmp_path / "run"
        for key, value in {"discovery_folder": str(self.folder), "token_file": str(tmp_path / "token")}.items():
            inside.call("SetExtState", "dawassist", key, value, False)
        yield
        entry.stop()

    def test_it_announces_itself_privately_and_leaves_nothing(self, inside: Inside, tmp_path: Path) -> None:
        entry.start()
        entry.start()  # a second run of the script changes nothing
        (file,) = self.folder.iterdir()
        content = json.loads(file.read_text())
        assert content["pid"] == os.getpid()
        assert content["token"] == (tmp_path / "token").read_text()
        assert len(content["token"]) == 64
        assert str(content["port"]) == inside.call("GetExtState", "dawassist", "server_port")
        assert [oct(path.stat().st_mode & 0o777) for path in (self.folder, file, tmp_path / "token")] == [
            "0o700", "0o600", "0o600"
        ]  # fmt: skip
        entry.stop()
        assert list(self.folder.iterdir()) == []
        assert inside.call("GetExtState", "dawassist", "server_port") == ""
        entry.stop()
        before = list(inside.host.deferred)
        entry.tick()  # one was still deferred
        assert inside.host.deferred == before

    def test_a_tick_that_fails_is_not_the_last(
        self, inside: Inside, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        entry.start()
        deferred = len(inside.host.deferred)

        def broken() -> None:
            raise RuntimeError("a bad tick")

        monkeypatch.setattr(agent, "tick", broken)
        entry.tick()
        assert "a bad tick" in capsys.readouterr().err
        assert len(inside.host.deferred) == deferred + 1

    def test_the_compatible_profile_publishes_its_port_for_reapy_and_no_file(
        self, inside: Inside, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(entry.importlib, "import_module", lambda _name: None)
        inside.call("SetExtState", "dawassist", "profile", "compatible", False)
        entry.start()
        port = inside.call("GetExtState", "reapy", "server_port")
        with socket.create_connection(("127.0.0.1", int(port)), timeout=2.0):
            pass
        assert not self.folder.exists()


class TestDiscoveryFile:
    def test_the_runtime_folder_is_the_users_own(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
        assert discovery_file.runtime_folder() == str(tmp_path / "dawassist")
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "missing"))
        assert discovery_file.runtime_folder().endswith(f"dawassist-{os.getuid()}")
        monkeypatch.setattr(sys, "platform", "win32")
        monkeypatch.setenv("LOCALAPPDATA", "C:/Users/a")
        assert discovery_file.runtime_folder() == os.path.join("C:/Users/a", "dawassist", "run")

    def test_a_folder_of_somebody_else_and_a_link_are_refused(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "real").mkdir()
        (tmp_path / "link").symlink_to(tmp_path / "real")
        with pytest.raises(OSError, match="link"):
            discovery_file.write(str(tmp_path / "link"), port=1, token="t", version="1", project_path="")
        monkeypatch.setattr(os, "getuid", lambda: 12345)
        with pytest.raises(OSError, match="somebody else"):
            discovery_file.write(str(tmp_path / "real"), port=1, token="t", version="1", project_path="")

    def test_an_old_token_file_that_others_could_read_is_replaced(self, tmp_path: Path) -> None:
        old = tmp_path / "token"
        old.write_text("old")
        old.chmod(0o644)
        token = discovery_file.new_token(str(old))
        assert (old.read_text(), old.stat().st_mode & 0o777) == (token, 0o600)
        assert discovery_file.new_token("") != token


class TestBundle:
    def test_the_script_runs_without_site_packages_and_a_client_is_answered(self, tmp_path: Path) -> None:
        """`python -I -S`: nothing of ours and nothing installed can be imported."""
        script = tmp_path / "script.py"
        script.write_text(bundled_script(), encoding="utf-8")
        run = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _HOST, str(script), str(tmp_path / "run")],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        assert json.loads(run.stdout)["value"]["ok"]["version"] == agent.VERSION

    def test_the_agent_alone_goes_on_by_itself_and_a_second_load_changes_nothing(self, inside: Inside) -> None:
        names: dict[str, Any] = {"__name__": "dawassist"}
        exec(bundled_agent(), names)
        package = sys.modules["dawassist_agent"]
        try:
            exec(bundled_agent(), names)
            assert sys.modules["dawassist_agent"] is package
            package.call("snapshot_start", {})
            package.call("poll", {})
            assert len(inside.host.deferred) == 1
            for _ in range(100):
                inside.tick()
            assert inside.host.deferred == []
        finally:
            for name in [name for name in sys.modules if name.startswith("dawassist_agent")]:
                del sys.modules[name]


_HOST = """
import json, socket, sys, types
module = types.ModuleType("reaper_python")
ext = {("dawassist", "discovery_folder"): sys.argv[2]}
module.RPR_GetExtState = lambda section, key: ext.get((section, key), "")
module.RPR_SetExtState = lambda section, key, value, keep: ext.__setitem__((section, key), value)
module.RPR_DeleteExtState = lambda section, key, keep: ext.pop((section, key), None)
module.RPR_EnumProjects = lambda index, text, size: ("(ReaProject*)0x1", index, "/song.rpp", size)
module.RPR_GetAppVersion = lambda: "7.78"
module.RPR_GetProjectStateChangeCount = lambda project: 1
sys.modules["reaper_python"] = module
deferred, at_exit = [], []
RPR_defer, RPR_atexit = deferred.append, at_exit.append
exec(compile(open(sys.argv[1], encoding="utf-8").read(), "script", "exec"))
token = json.load(open(next(__import__("pathlib").Path(sys.argv[2]).iterdir())))["token"]
client = socket.create_connection(("127.0.0.1", int(ext["dawassist", "server_port"])))
function = {"__callable__": True, "module_name": "dawassist_agent", "name": "call"}
body = json.dumps({"function": function, "input": {"args": ["hello", {}, token], "kwargs": {}}}).encode()
client.sendall(len(body).to_bytes(8, "little") + body)
client.settimeout(0.05)
received = b""
for _ in range(100):
    exec(deferred.pop(0))
    try:
        received += client.recv(65536)
    except TimeoutError:
        continue
    first = 8 + int.from_bytes(received[:8], "little")
    if len(received) > first + 8:
        break
exec(at_exit[0])
client.close()
print(received[first + 8:].decode())
"""


def test_an_equalizer_with_more_bands_than_any_has_ends_somewhere(
    inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "_MOST_BANDS", 1)
    found = read(inside)
    bands = [fx["config"] for track in found["tracks"] for fx in track["fx"] if fx.get("config")]
    assert bands
    assert all(len(config) == 2 for config in bands)

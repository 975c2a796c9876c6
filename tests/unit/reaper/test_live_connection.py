"""LiveReaper against a server that answers as a test tells it: versions, lost answers, waiting, cancelling."""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from dawassist.daw import HostLoudness, Rendered, TrackState, never_cancelled
from dawassist.errors import Cancelled, ConnectionStateError, InputError, KnownError, OutcomeUncertain
from dawassist.reaper import discovery, live
from dawassist.reaper.agent_connection import AgentConnection, AgentFailed
from dawassist.reaper.live import LiveReaper, connect
from dawassist.session.model import Fingerprint
from dawassist.session.targets import TrackTarget
from dawassist.transaction import SetValue, Transaction
from dawassist_plugins.reascripts.agent import VERSION
from tests.unit.reaper.fake_server import FakeServer, error, result, verb_of

HELLO = {"version": VERSION}
EMPTY: dict[str, Any] = {
    "project_path": "/music/song.rpp", "change_count": 7, "attempts": 1, "sample_rate_hz": 48000.0, "play_rate": 1.0,
    "time_selection": [0.0, 0.0], "pan_law": 1.0, "tempo": [0.0, 120.0, 4, 4], "tempo_markers": [], "markers": [],
    "master_flags": 0, "master_mono": 0, "fx_names": {},
}  # fmt: skip
MASTER: dict[str, Any] = {
    "guid": "{0}", "name": "", "color": None, "groups": {}, "sends": [], "hardware": [], "fx": [], "envelopes": [],
    "items": [],
    "values": dict.fromkeys(
        ("D_VOL", "D_PAN", "D_WIDTH", "D_DUALPANL", "D_DUALPANR", "D_PANLAW", "I_PANMODE", "B_PHASE",
         "I_PLAY_OFFSET_FLAG", "D_PLAY_OFFSET", "B_MUTE", "I_SOLO", "I_NCHAN", "I_FOLDERDEPTH", "I_AUTOMODE", "I_FXEN",
         "B_MAINSEND", "I_RECARM", "I_FREEZECOUNT", "I_SELECTED", "I_FREEMODE"), 1.0,
    ),
}  # fmt: skip
WHOLE = json.dumps({**EMPTY, "tracks": [MASTER]})
RECEIPT = {"transaction_id": "t1", "outcome": "applied", "results": [], "sentence": "done"}
TRANSACTION = Transaction(
    id="t1", fingerprint=Fingerprint(project_path="/music/song.rpp", instance="1", change_count=7), label="apply",
    edits=(SetValue(target=TrackTarget(track_guid="{1}", field="pan"), expected_raw=0.0, desired_raw=0.5,
                    tolerance=1e-5, label="pan"),),
    not_after=2e9,
)  # fmt: skip
Answers = dict[str, Any]  # verb → value, exception-like dict, or a list that is used up


class Agent(FakeServer):
    """Answers verbs; a list is used up from the front; None does not answer."""

    def __init__(self, answers: Answers) -> None:
        self.answers = {"hello": {"ok": HELLO}, **answers}
        super().__init__(lambda request, _number: self._reply(verb_of(request)))

    @property
    def verbs(self) -> list[str]:
        return [verb_of(request) for request in self.requests]

    def _reply(self, verb: str) -> bytes | None:
        found = self.answers.get(verb)
        if isinstance(found, list):
            found = found.pop(0)
        return found if found is None or isinstance(found, bytes) else result(found)


Start = Callable[..., tuple[Agent, LiveReaper]]


@pytest.fixture
def start() -> Iterator[Start]:
    opened: list[tuple[Agent, LiveReaper]] = []

    def started(**answers: Any) -> tuple[Agent, LiveReaper]:
        server = Agent(answers)
        reaper = LiveReaper(AgentConnection(server.port, token="secret"), instance="1")
        opened.append((server, reaper))
        return opened[-1]

    yield started
    for server, reaper in opened:
        reaper.close()
        server.close()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_BETWEEN_POLLS_SECONDS", 0.0)
    monkeypatch.setattr(live, "_APPLY_SECONDS", 0.05)
    monkeypatch.setattr(live, "_SETTLE_SECONDS", 0.05)


def test_the_first_request_shows_the_token(start: Start) -> None:
    server, reaper = start(poll={"ok": {"project_path": "/a/b.rpp", "change_count": 3, "transport": "playing"}})
    found = reaper.poll()
    assert (found.project_path, found.change_count, found.transport) == ("/a/b.rpp", 3, "playing")
    assert server.verbs == ["hello", "poll"]
    assert server.requests[0]["input"]["args"] == ["hello", {}, "secret"]
    assert reaper.place == "REAPER · b.rpp"


def test_another_version_is_refused_with_both_numbers() -> None:
    server = Agent({"hello": {"ok": {"version": "0.old"}}})
    with pytest.raises(KnownError) as caught:
        AgentConnection(server.port)
    server.close()
    assert "0.old" in caught.value.what
    assert VERSION in caught.value.what
    assert "dawassist setup" in caught.value.next_step


def test_no_answer_to_the_greeting_request_is_a_state_and_nothing_uncertain() -> None:
    server = Agent({"hello": None})
    threading.Timer(0.05, server.drop).start()
    with pytest.raises(ConnectionStateError) as caught:
        AgentConnection(server.port)
    server.close()
    assert type(caught.value) is ConnectionStateError
    assert caught.value.state == "gone"


@pytest.mark.parametrize("answer", [[], {}, "text", 3, {"failed": "Traceback\nKeyError: 'x'"}])
def test_an_answer_that_is_none_is_a_failure(answer: Any, start: Start) -> None:
    _, reaper = start(poll=[answer])
    with pytest.raises(AgentFailed):
        reaper.poll()


def test_after_a_lost_answer_the_next_call_connects_again(start: Start) -> None:
    poll = {"ok": {"project_path": "", "change_count": 3, "transport": "stopped"}}
    server, reaper = start(poll=[None, poll], locate={"ok": True})
    threading.Timer(0.05, server.drop).start()
    with pytest.raises(ConnectionStateError):
        reaper.poll()
    assert reaper.poll().change_count == 3
    assert reaper.place == "REAPER · unsaved project"
    reaper.locate(1.5, play=True)
    assert server.verbs == ["hello", "poll", "hello", "poll", "locate"]
    assert server.requests[-1]["input"]["args"][1] == {"time_seconds": 1.5, "play": True}


class TestSnapshot:
    def test_parts_are_put_together(self, start: Start) -> None:
        polls = [
            {"ok": {"done": 1, "total": 2}},
            {"ok": {"text": WHOLE[:100], "chunks": 2}},
            {"ok": {"text": WHOLE[100:]}},
        ]
        _, reaper = start(snapshot_start={"ok": {"id": "s"}}, snapshot_poll=polls)
        seen: list[tuple[str, int, int]] = []
        session = reaper.snapshot(progress=lambda *given: seen.append(given))
        assert session.fingerprint == Fingerprint(project_path="/music/song.rpp", instance="1", change_count=7)
        assert seen == [("Reading the session", 1, 2), ("Reading the session", 0, 0)]
        assert reaper.place == "REAPER · song.rpp"

    @pytest.mark.parametrize(
        ("polls", "why"),
        [([{"ok": {"error": "it moved"}}], "it moved"),
         ([{"ok": {"text": WHOLE[:50], "chunks": 1}}], "broke off"),
         ([{"ok": {"text": WHOLE[:50], "chunks": 2}}, {"ok": {"error": "gone"}}], "broke off"),
         ([{"ok": {"text": "[]", "chunks": 1}}], "TypeError"),
         ([{"ok": {"text": '{"project_path": ""}', "chunks": 1}}], "KeyError")],
    )  # fmt: skip
    def test_what_cannot_be_read_is_told(self, polls: list[Any], why: str, start: Start) -> None:
        _, reaper = start(snapshot_start={"ok": {"id": "s"}}, snapshot_poll=polls)
        with pytest.raises(KnownError) as caught:
            reaper.snapshot()
        assert why in caught.value.sentence

    def test_it_can_be_cancelled_and_takes_no_longer_than_its_time(
        self, start: Start, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _, reaper = start(snapshot_start={"ok": {"id": "s"}}, snapshot_poll={"ok": {"done": 1, "total": 2}})
        with pytest.raises(Cancelled):
            reaper.snapshot(is_cancelled=lambda: True)
        monkeypatch.setattr(live, "_SNAPSHOT_SECONDS", 0.05)
        with pytest.raises(KnownError, match="took too long"):
            reaper.snapshot()


@pytest.mark.usefixtures("hasty")
class TestApply:
    def test_the_receipt_is_final_when_the_plug_ins_have_settled(self, start: Start) -> None:
        server, reaper = start(
            apply={"ok": {**RECEIPT, "settling": True}},
            status=[{"ok": {**RECEIPT, "settling": True}}, {"ok": {**RECEIPT, "sentence": "settled"}}],
        )
        assert reaper.apply(TRANSACTION).sentence == "settled"
        assert server.verbs == ["hello", "apply", "status", "status"]

    @pytest.mark.parametrize(
        "answers",
        [{"apply": None}, {"apply": {"failed": "KeyError"}}, {"apply": {"ok": {"outcome": "?"}}},
         {"apply": error("x"), "status": None} | {"apply": {"ok": {**RECEIPT, "settling": True}}},
         {"apply": {"ok": {**RECEIPT, "settling": True}}, "status": {"ok": None}},
         {"apply": {"ok": {**RECEIPT, "settling": True}}, "status": {"ok": {**RECEIPT, "settling": True}}}],
        ids=["no answer", "failed", "no receipt", "no status", "forgotten", "never settled"],
    )  # fmt: skip
    def test_what_is_not_known_is_uncertain(
        self, answers: Answers, start: Start, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("dawassist.reaper.agent_connection.VERB_SECONDS", 0.05)
        server, reaper = start(**answers)
        if "status" in answers and answers["status"] is None:
            threading.Timer(0.1, server.drop).start()
        with pytest.raises(OutcomeUncertain) as caught:
            reaper.apply(TRANSACTION)
        assert caught.value.transaction_id == "t1"

    def test_a_refusal_is_certain(self, start: Start) -> None:
        _, reaper = start(apply={"refused": "REAPER is recording."})
        with pytest.raises(KnownError, match="recording") as caught:
            reaper.apply(TRANSACTION)
        assert not isinstance(caught.value, OutcomeUncertain | ConnectionStateError)

    def test_when_the_connection_cannot_be_opened_nothing_was_sent(self, start: Start) -> None:
        server, reaper = start(apply=None)
        reaper.close()
        server.close()
        with pytest.raises(ConnectionStateError) as caught:
            reaper.apply(TRANSACTION)
        assert caught.value.state == "stale"

    def test_status_and_undo(self, start: Start) -> None:
        server, reaper = start(status=[{"ok": None}, {"ok": RECEIPT}], apply={"ok": {**RECEIPT, "outcome": "undone"}})
        assert reaper.status("t9") is None
        found = reaper.status("t1")
        assert found is not None
        assert found.is_clean
        assert reaper.undo(TRANSACTION).outcome == "undone"
        sent = server.requests[-1]["input"]["args"][1]
        assert (sent["undoes"], sent["edits"][0]["expected_raw"], sent["edits"][0]["desired_raw"]) == ("t1", 0.5, 0.0)


@pytest.mark.usefixtures("hasty")
class TestRender:
    DONE: ClassVar[dict[str, Any]] = {
        "state": "done",
        "done": 1,
        "results": {"{1}": "/tmp/a.wav"},
        "failures": {},
        "error": "",
    }
    GOING: ClassVar[dict[str, Any]] = {"state": "rendering", "done": 0, "results": {}, "failures": {}, "error": ""}

    def test_files_by_track_with_progress(self, start: Start) -> None:
        _, reaper = start(render_start={"ok": self.GOING}, render_status=[{"ok": self.GOING}, {"ok": self.DONE}])
        seen: list[int] = []
        found = reaper.render_stems(["{1}"], Path("/tmp"), progress=lambda _what, done, _total: seen.append(done))
        assert found == Rendered(files={"{1}": Path("/tmp/a.wav")}, failures={})
        assert seen == [0, 1]

    def test_loudness_by_track_over_all_of_it_or_a_part(self, start: Start) -> None:
        done = {**self.DONE, "results": {"{1}": -12.5}, "failures": {"{2}": "REAPER gave no statistics"}}
        server, reaper = start(loudness_start={"ok": self.GOING}, render_status={"ok": done})
        found = reaper.measure_loudness(["{1}", "{2}"])
        assert found == HostLoudness(integrated_lufs={"{1}": -12.5}, failures={"{2}": "REAPER gave no statistics"})
        reaper.measure_loudness(["{1}"], seconds=(1.0, 2.0))
        asked = [r["input"]["args"][1] for r in server.requests if r["input"]["args"][0] == "loudness_start"]
        assert [request["range"] for request in asked] == [None, [1.0, 2.0]]

    def test_the_state_of_a_track(self, start: Start) -> None:
        _, reaper = start(track_state={"ok": {"whole": "a", "before_fader": "b"}})
        assert reaper.track_state("{1}") == TrackState(whole="a", before_fader="b")

    def test_a_failure_is_told(self, start: Start) -> None:
        failed = {**self.GOING, "state": "failed", "error": "no disk"}
        _, reaper = start(render_start={"ok": self.GOING}, render_status={"ok": failed})
        with pytest.raises(KnownError, match="no disk"):
            reaper.render_stems(["{1}"], Path("/tmp"))

    def test_it_can_be_cancelled_before_and_in_a_long_wait(self, start: Start) -> None:
        server, reaper = start(render_start={"ok": self.GOING}, render_status=None, render_stop={"ok": self.DONE})
        with pytest.raises(Cancelled):
            reaper.render_stems(["{1}"], Path("/tmp"), is_cancelled=lambda: True)
        assert server.verbs[-1] == "render_stop"
        answers = iter([False, False])
        with pytest.raises(Cancelled):
            reaper.render_stems(["{1}"], Path("/tmp"), is_cancelled=lambda: next(answers, True))

    def test_a_cancel_does_not_wait_for_a_reaper_that_renders(self, start: Start) -> None:
        _, reaper = start(render_start={"ok": self.GOING}, render_stop=None)
        with pytest.raises(Cancelled):
            reaper.render_stems(["{1}"], Path("/tmp"), is_cancelled=lambda: True)

    def test_an_hour_is_enough(self, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(live, "_RENDER_SECONDS", 0.05)
        _, reaper = start(render_start={"ok": self.GOING}, render_status={"ok": self.GOING})
        with pytest.raises(KnownError, match="longer than an hour"):
            reaper.render_stems(["{1}"], Path("/tmp"), is_cancelled=never_cancelled)


class TestConnect:
    def test_a_stock_server_is_sent_the_agent_in_one_request(self, monkeypatch: pytest.MonkeyPatch) -> None:
        server = Agent({"builtins.exec": b"", "poll": None})
        server.answers["builtins.exec"] = result(None)
        monkeypatch.setattr(discovery, "stock_server_port", lambda _port: server.port)
        reaper = connect(web_port=1)
        assert server.verbs == ["builtins.exec", "hello"]
        reaper.close()
        server.answers["builtins.exec"] = error("refused: not on the list")
        monkeypatch.setenv("DAWASSIST_WEB_PORT", "1")
        reaper = connect()
        assert server.verbs[2:] == ["builtins.exec", "hello"]
        reaper.close()
        server.answers["builtins.exec"] = error("SyntaxError: old Python")
        with pytest.raises(KnownError, match="SyntaxError"):
            connect()
        server.close()

    def test_a_stock_server_that_does_not_answer_is_a_state(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("dawassist.reaper.agent_connection.VERB_SECONDS", 0.05)
        server = Agent({"builtins.exec": None})
        monkeypatch.setattr(discovery, "stock_server_port", lambda _port: server.port)
        with pytest.raises(ConnectionStateError) as caught:
            connect(web_port=1)
        server.close()
        assert caught.value.state == "busy"

    def test_no_stock_server_and_no_port_number(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(discovery, "stock_server_port", lambda _port: None)
        monkeypatch.setattr(discovery, "start_stock_server", lambda _port: None)
        with pytest.raises(ConnectionStateError, match="No reapy server"):
            connect(web_port=1)
        monkeypatch.setenv("DAWASSIST_WEB_PORT", "abc")
        with pytest.raises(InputError, match="'abc'"):
            connect()

    def test_the_one_that_announced_itself_is_taken(self, tmp_path: Path) -> None:
        server = Agent({})
        content = {"pid": os.getpid(), "started": time.time(), "port": server.port, "token": "secret", "version": "1",
                   "project_path": ""}  # fmt: skip
        (tmp_path / "1.json").write_text(json.dumps(content))
        connect(instance=str(os.getpid()), discovery_folder=tmp_path).close()
        assert server.requests[0]["input"]["args"] == ["hello", {}, "secret"]
        server.close()

    def test_without_an_announcement_a_stock_server_is_taken_and_else_the_state_told(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.delenv("DAWASSIST_WEB_PORT", raising=False)
        monkeypatch.setattr(discovery, "stock_server_port", lambda _port: None)
        with pytest.raises(ConnectionStateError) as caught:
            connect(discovery_folder=tmp_path)
        assert caught.value.state in ("not_set_up", "not_started")
        server = Agent({"builtins.exec": result(None)})
        monkeypatch.setattr(discovery, "stock_server_port", lambda _port: server.port)
        connect(discovery_folder=tmp_path).close()
        server.close()

"""The live REAPER as a `Daw`: our verbs over reapy's protocol, to our server or to a stock one."""

import json
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from dawassist.daw import (
    HostLoudness,
    IsCancelled,
    Liveness,
    Progress,
    Rendered,
    TrackState,
    never_cancelled,
    no_progress,
)
from dawassist.errors import Cancelled, ConnectionStateError, InputError, KnownError, OutcomeUncertain
from dawassist.reaper import discovery
from dawassist.reaper.agent_connection import AgentConnection, AgentFailed
from dawassist.reaper.decoding import session_from_json
from dawassist.reaper.wire import Lost
from dawassist.session.model import Session
from dawassist.transaction import Receipt, Transaction, receipt_from_json, transaction_to_json

_SNAPSHOT_SECONDS = 60.0
_APPLY_SECONDS = 10.0
_SETTLE_SECONDS = 5.0  # the agent itself gives up after one
_RENDER_SECONDS = 3600.0
_STOP_SECONDS = 0.1
_STATE_SECONDS = 10.0  # samplers take a while to say what they hold
_BETWEEN_POLLS_SECONDS = 0.02


def connect(
    *, instance: str | None = None, web_port: int | None = None, discovery_folder: Path | None = None
) -> "LiveReaper":
    """The running REAPER: the one that announced itself, or a stock reapy server behind a web port.

    Raises ConnectionStateError with the state, its sentence and the next step; KnownError for another version.
    """
    named_port = web_port or _port_of_environment()
    if named_port:
        return _connect_stock(named_port)
    folder = discovery_folder or discovery.default_folder()
    try:
        chosen = discovery.choose(discovery.instances(folder), instance)
    except ConnectionStateError as error:
        if error.state in ("not_set_up", "not_started") and discovery.stock_server_port(discovery.STOCK_WEB_PORT):
            return _connect_stock(discovery.STOCK_WEB_PORT)
        raise
    return LiveReaper(AgentConnection(chosen.port, token=chosen.token), instance=str(chosen.pid))


def _port_of_environment() -> int:
    text = os.environ.get("DAWASSIST_WEB_PORT") or "0"
    if not text.isdecimal():
        raise InputError(f"DAWASSIST_WEB_PORT is {text!r}, which is no port number.")
    return int(text)


def _connect_stock(web_port: int) -> "LiveReaper":
    port = discovery.stock_server_port(web_port) or discovery.start_stock_server(web_port)
    if port is None:
        raise ConnectionStateError(
            "No reapy server was found.",
            state="not_started",
            why=f"REAPER's web interface on port {web_port} did not name one.",
            next_step="Start the reapy server in REAPER, or run dawassist setup.",
        )
    return LiveReaper(AgentConnection(port, brings_agent=True), instance=f"reapy:{port}")


class LiveReaper:
    """One connection; every call has a time limit. See `dawassist.daw.Daw` for what it promises."""

    def __init__(self, connection: AgentConnection, *, instance: str) -> None:
        self._connection = connection
        self._instance = instance
        self._project = ""

    @property
    def place(self) -> str:
        name = Path(self._project.replace("\\", "/")).name or "unsaved project"
        return f"REAPER · {name}"

    def poll(self) -> Liveness:
        found = self._connection.call("poll", {})
        self._project = found["project_path"]
        return Liveness(
            project_path=found["project_path"], change_count=int(found["change_count"]), transport=found["transport"]
        )

    def snapshot(self, *, progress: Progress = no_progress, is_cancelled: IsCancelled = never_cancelled) -> Session:
        identity = self._connection.call("snapshot_start", {})["id"]
        first = self._snapshot_done(identity, progress, is_cancelled)
        following = (
            self._connection.call("snapshot_poll", {"id": identity, "chunk": chunk})
            for chunk in range(1, int(first["chunks"]))
        )
        try:
            data = json.loads("".join([first["text"], *(part["text"] for part in following)]))
        except (ValueError, KeyError, RecursionError):
            raise KnownError("REAPER could not be read.", why="Its answer broke off.", next_step="Try again.") from None
        session = session_from_json(data, self._instance)
        self._project = session.fingerprint.project_path
        progress("Reading the session", len(session.tracks), len(session.tracks))
        return session

    def apply(self, transaction: Transaction) -> Receipt:
        try:
            found = self._connection.call("apply", transaction_to_json(transaction), seconds=_APPLY_SECONDS)
            return self._settled(found)
        except (Lost, AgentFailed, InputError) as trouble:
            raise OutcomeUncertain(
                "REAPER's answer was lost, so it is not known yet whether the changes were made.",
                transaction_id=transaction.id,
                why=trouble.sentence,
                next_step="Read the session again to see.",
            ) from None

    def status(self, transaction_id: str) -> Receipt | None:
        found = self._connection.call("status", {"id": transaction_id})
        return None if found is None else self._settled(found)

    def undo(self, transaction: Transaction) -> Receipt:
        return self.apply(transaction.inverse())

    def render_stems(
        self,
        track_guids: Sequence[str],
        folder: Path,
        *,
        progress: Progress = no_progress,
        is_cancelled: IsCancelled = never_cancelled,
    ) -> Rendered:
        """One track at a time. A cancel lets REAPER finish the track in hand; it does not begin another."""
        request = {"tracks": list(track_guids), "folder": str(folder)}
        found = self._hosted("render_start", request, "REAPER renders", progress, is_cancelled)
        files = {guid: Path(file) for guid, file in found["results"].items()}
        return Rendered(files=files, failures=found["failures"])

    def measure_loudness(
        self,
        track_guids: Sequence[str],
        *,
        seconds: tuple[float, float] | None = None,
        progress: Progress = no_progress,
        is_cancelled: IsCancelled = never_cancelled,
    ) -> HostLoudness:
        """As `render_stems`."""
        request = {"tracks": list(track_guids), "range": list(seconds) if seconds else None}
        found = self._hosted("loudness_start", request, "REAPER measures", progress, is_cancelled)
        return HostLoudness(integrated_lufs=found["results"], failures=found["failures"])

    def track_state(self, track_guid: str) -> TrackState:
        found = self._connection.call("track_state", {"track": track_guid}, seconds=_STATE_SECONDS)
        return TrackState(whole=found["whole"], before_fader=found["before_fader"])

    def notes_get(self, key: str) -> str:
        return str(self._connection.call("notes_get", {"key": key}))

    def notes_set(self, key: str, text: str) -> None:
        self._connection.call("notes_set", {"key": key, "value": text})

    def locate(self, time_seconds: float, *, play: bool = False) -> None:
        self._connection.call("locate", {"time_seconds": time_seconds, "play": play})

    def close(self) -> None:
        self._connection.close()

    def _hosted(
        self, verb: str, request: Mapping[str, Any], what: str, progress: Progress, is_cancelled: IsCancelled
    ) -> Mapping[str, Any]:
        """The status of a finished render of the tracks in `request`."""
        self._connection.call(verb, request)
        deadline = time.monotonic() + _RENDER_SECONDS
        while time.monotonic() < deadline:
            if is_cancelled():
                with suppress(KnownError):  # in a render it does not answer, and stops by itself when nobody asks
                    self._connection.call("render_stop", {}, seconds=_STOP_SECONDS)
                raise Cancelled("Cancelled; REAPER finishes the track that it renders.")
            found: Mapping[str, Any] = self._connection.call(
                "render_status", {}, seconds=_RENDER_SECONDS, is_cancelled=is_cancelled
            )
            progress(what, int(found["done"]), len(request["tracks"]))
            if found["state"] == "done":
                return found
            if found["state"] != "rendering":
                raise KnownError("REAPER could not render the tracks.", why=found.get("error", "It was stopped."))
            time.sleep(_BETWEEN_POLLS_SECONDS)
        raise KnownError("The render took longer than an hour.", next_step="Look at REAPER; a dialog may be open.")

    def _snapshot_done(self, identity: str, progress: Progress, is_cancelled: IsCancelled) -> Mapping[str, Any]:
        """The first chunk of the finished snapshot."""
        deadline = time.monotonic() + _SNAPSHOT_SECONDS
        while time.monotonic() < deadline:
            if is_cancelled():
                raise Cancelled
            found: Mapping[str, Any] = self._connection.call("snapshot_poll", {"id": identity})
            if "error" in found:
                raise KnownError("REAPER could not be read.", why=found["error"], next_step="Try again.")
            if "text" in found:
                return found
            progress("Reading the session", int(found["done"]), int(found["total"]))
            time.sleep(_BETWEEN_POLLS_SECONDS)
        raise KnownError("Reading the session took too long.", next_step="Close other dialogs and try again.")

    def _settled(self, found: Mapping[str, Any]) -> Receipt:
        """Plug-ins may snap or refuse a value late: the agent watches them, and its receipt is final after that."""
        deadline = time.monotonic() + _SETTLE_SECONDS
        while found.get("settling"):
            if time.monotonic() > deadline:
                raise AgentFailed("The plug-ins did not settle.")
            time.sleep(_BETWEEN_POLLS_SECONDS)
            found = self._connection.call("status", {"id": found["transaction_id"]}) or {}
        return receipt_from_json(dict(found))

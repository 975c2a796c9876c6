"""The live REAPER as a `Daw`: our verbs over reapy's protocol, to our server or to a stock one."""

import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dawassist.daw import IsCancelled, Liveness, Progress, never_cancelled, no_progress
from dawassist.errors import Cancelled, ConnectionStateError, KnownError, OutcomeUncertain
from dawassist.reaper import discovery
from dawassist.reaper.decoding import session_from_json
from dawassist.reaper.wire import Lost, Wire
from dawassist.session.model import Session
from dawassist.session.targets import FxTarget
from dawassist.transaction import Receipt, SetValue, Transaction, receipt_from_json, transaction_to_json

_AGENT = ("dawassist_agent", "call")
_VERB_SECONDS = 3.0
_SNAPSHOT_SECONDS = 60.0
_APPLY_SECONDS = 10.0
_RENDER_SECONDS = 3600.0
_BETWEEN_POLLS_SECONDS = 0.02
_SETTLE_SECONDS = 1.0


def connect(
    *, instance: str | None = None, web_port: int | None = None, discovery_folder: Path | None = None
) -> "LiveReaper":
    """The running REAPER: the one that announced itself, or a stock reapy server behind a web port.

    Raises ConnectionStateError with the state, its sentence and the next step.
    """
    named_port = web_port or int(os.environ.get("DAWASSIST_WEB_PORT") or 0)
    if named_port:
        return _connect_stock(named_port)
    folder = discovery_folder or discovery.default_folder()
    try:
        chosen = discovery.choose(discovery.instances(folder), instance)
    except ConnectionStateError as error:
        if error.state in ("not_set_up", "not_started") and discovery.stock_server_port(discovery.STOCK_WEB_PORT):
            return _connect_stock(discovery.STOCK_WEB_PORT)
        raise
    return LiveReaper(Wire(chosen.port), token=chosen.token, instance=str(chosen.pid))


def _connect_stock(web_port: int) -> "LiveReaper":
    port = discovery.stock_server_port(web_port)
    if port is None:
        raise ConnectionStateError(
            "No reapy server was found.",
            state="not_started",
            why=f"REAPER's web interface on port {web_port} did not name one.",
            next_step="Start the reapy server in REAPER, or run dawassist setup.",
        )
    wire = Wire(port)
    live = LiveReaper(wire, token="", instance=f"reapy:{port}")
    live.send_agent()
    return live


class LiveReaper:
    """One connection; every call has a time limit. See `dawassist.daw.Daw` for what it promises."""

    def __init__(self, wire: Wire, *, token: str, instance: str) -> None:
        self._wire = wire
        self._token = token
        self._instance = instance
        self._project = ""

    @property
    def place(self) -> str:
        name = Path(self._project.replace("\\", "/")).name or "unsaved project"
        return f"REAPER · {name}"

    def send_agent(self) -> None:
        """Send our agent into a stock server, in one request; one that is there already stays."""
        from dawassist_plugins.bundle import bundled_agent

        try:
            self._wire.request("builtins", "exec", [bundled_agent(), {"__name__": "dawassist"}], seconds=_VERB_SECONDS)
        except Lost:
            raise
        except KnownError as error:
            if "refused" not in error.why:
                raise
            # a server of ours in its compatible profile has the agent already and runs nothing it is sent

    def poll(self) -> Liveness:
        found = self._call("poll", {})
        self._project = found["project_path"]
        return Liveness(
            project_path=found["project_path"], change_count=int(found["change_count"]), transport=found["transport"]
        )

    def snapshot(self, *, progress: Progress = no_progress, is_cancelled: IsCancelled = never_cancelled) -> Session:
        identity = self._call("snapshot_start", {})["id"]
        deadline = time.monotonic() + _SNAPSHOT_SECONDS
        while True:
            if is_cancelled():
                raise Cancelled
            found = self._call("snapshot_poll", {"id": identity})
            if "error" in found:
                raise KnownError("REAPER could not be read.", why=found["error"], next_step="Try again.")
            if "text" in found:
                break
            progress("Reading the session", int(found["done"]), int(found["total"]))
            if time.monotonic() > deadline:
                raise KnownError("Reading the session took too long.", next_step="Close other dialogs and try again.")
            time.sleep(_BETWEEN_POLLS_SECONDS)
        following = (
            self._call("snapshot_poll", {"id": identity, "chunk": chunk}) for chunk in range(1, int(found["chunks"]))
        )
        text = "".join([found["text"], *(part["text"] for part in following)])
        session = session_from_json(json.loads(text), self._instance)
        self._project = session.fingerprint.project_path
        progress("Reading the session", len(session.tracks), len(session.tracks))
        return session

    def apply(self, transaction: Transaction) -> Receipt:
        try:
            found = self._call("apply", transaction_to_json(transaction), seconds=_APPLY_SECONDS)
        except Lost as lost:
            self._reconnect()
            raise OutcomeUncertain(
                "REAPER's answer was lost, so it is not known yet whether the changes were made.",
                transaction_id=transaction.id,
                why=lost.sentence,
                next_step="Read the session again to see.",
            ) from None
        receipt = receipt_from_json(found)
        return self._settled(transaction, receipt) if receipt.outcome == "applied" else receipt

    def status(self, transaction_id: str) -> Receipt | None:
        found = self._call("status", {"id": transaction_id})
        return None if found is None else receipt_from_json(found)

    def undo(self, transaction: Transaction) -> Receipt:
        return self.apply(transaction.inverse())

    def render_stems(
        self,
        track_guids: Sequence[str],
        folder: Path,
        *,
        progress: Progress = no_progress,
        is_cancelled: IsCancelled = never_cancelled,
    ) -> Mapping[str, Path]:
        """A render cannot be stopped from outside once it runs; a cancel leaves it to REAPER and forgets it."""
        self._call("render_start", {"tracks": list(track_guids), "folder": str(folder)})
        deadline = time.monotonic() + _RENDER_SECONDS
        while time.monotonic() < deadline:
            if is_cancelled():
                raise Cancelled("Cancelled; REAPER finishes its render.")
            progress("REAPER renders", 0, len(track_guids))
            found = self._call("render_status", {}, seconds=_RENDER_SECONDS)
            if found["state"] == "failed":
                raise KnownError("REAPER could not render the tracks.", why=found["error"])
            if found["state"] == "done":
                return self._rendered(track_guids, found["files"])
            time.sleep(_BETWEEN_POLLS_SECONDS)
        raise KnownError("The render took longer than an hour.", next_step="Look at REAPER; a dialog may be open.")

    def locate(self, time_seconds: float, *, play: bool = False) -> None:
        self._call("locate", {"time_seconds": time_seconds, "play": play})

    def close(self) -> None:
        self._wire.close()

    def _rendered(self, wanted: Sequence[str], files: Mapping[str, str]) -> Mapping[str, Path]:
        found = {guid: Path(file) for guid, file in files.items() if file}
        missing = [guid for guid in wanted if guid not in found or not found[guid].is_file()]
        if missing:
            raise KnownError(f"REAPER rendered {len(found)} of {len(wanted)} tracks.", next_step="Try again.")
        return found

    def _settled(self, transaction: Transaction, receipt: Receipt) -> Receipt:
        """Plug-ins may refuse a value late: read until it holds, else put everything back as a second step."""
        targets = [edit.target for edit in transaction.edits if isinstance(edit, SetValue)]
        if not any(isinstance(target, FxTarget) for target in targets):
            return receipt
        deadline = time.monotonic() + _SETTLE_SECONDS
        while True:
            values = self._call("read", transaction_to_json(transaction))
            late = [edit.label for edit, value in zip(transaction.edits, values, strict=True) if _refused(edit, value)]
            if not late:
                return receipt
            if time.monotonic() > deadline:
                break
            time.sleep(_BETWEEN_POLLS_SECONDS)
        inverse = transaction.inverse()
        undone = receipt_from_json(self._call("apply", transaction_to_json(inverse), seconds=_APPLY_SECONDS))
        clean = undone.outcome == "undone"
        sentence = f"{late[0]} was refused by the plug-in after it was set; "
        sentence += "everything was put back." if clean else f"not everything could be put back: {undone.sentence}"
        return Receipt(
            transaction_id=transaction.id,
            outcome="rolled_back" if clean else "partial",
            results=receipt.results,
            sentence=sentence,
        )

    def _call(self, verb: str, payload: Mapping[str, Any], *, seconds: float = _VERB_SECONDS) -> Any:
        answer = self._wire.request(*_AGENT, [verb, payload, self._token], seconds=seconds)
        if "refused" in answer:
            raise KnownError(answer["refused"])
        return answer["ok"]

    def _reconnect(self) -> None:
        self._wire.close()
        try:
            self._wire = Wire(self._wire.port)
        except ConnectionStateError:
            return  # the next call says what is wrong


def _refused(edit: object, value: float | None) -> bool:
    if not isinstance(edit, SetValue) or not isinstance(edit.target, FxTarget) or value is None:
        return False
    return abs(value - edit.desired_raw) > max(edit.tolerance, 2e-6)

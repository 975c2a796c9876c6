"""The agent's verbs over a wire that is opened again after trouble."""

import threading
from collections.abc import Mapping
from typing import Any

from dawassist.daw import IsCancelled, never_cancelled
from dawassist.errors import ConnectionStateError, KnownError
from dawassist.reaper.wire import Lost, Wire

VERB_SECONDS = 3.0
_AGENT = ("dawassist_agent", "call")


class AgentFailed(KnownError):
    """The agent met something unexpected; how far it went is not known."""


class AgentConnection:
    """Where a server listens, and how to be let in. Safe to use from several threads, one request at a time."""

    def __init__(self, port: int, *, token: str = "", brings_agent: bool = False) -> None:
        """`brings_agent`: a stock server, which is sent our agent. Raises ConnectionStateError, KnownError."""
        self._port = port
        self._token = token
        self._brings_agent = brings_agent
        self._lock = threading.RLock()
        self._wire = self._opened()

    def call(
        self,
        verb: str,
        payload: Mapping[str, Any],
        *,
        seconds: float = VERB_SECONDS,
        is_cancelled: IsCancelled = never_cancelled,
    ) -> Any:
        """The agent's answer.

        Raises Lost when none came, AgentFailed, KnownError when it was refused, ConnectionStateError when the
        connection could not be opened again (then nothing was sent).
        """
        with self._lock:
            if not self._wire.is_open:
                self._wire = self._opened()
            return self._ask(self._wire, verb, payload, seconds, is_cancelled)

    def close(self) -> None:
        """For good only if nobody calls again."""
        self._wire.close()

    def _opened(self) -> Wire:
        wire = Wire(self._port)
        try:
            if self._brings_agent:
                self._send_agent(wire)
            self._greet(wire)
        except Lost as lost:
            wire.close()
            raise ConnectionStateError(lost.what, state=lost.state, why=lost.why, next_step=lost.next_step) from None
        except BaseException:
            wire.close()
            raise
        return wire

    def _send_agent(self, wire: Wire) -> None:
        """In one request; an agent of the same text that is there already stays."""
        from dawassist_plugins.bundle import bundled_agent

        try:
            wire.request("builtins", "exec", [bundled_agent(), {"__name__": "dawassist"}], seconds=VERB_SECONDS)
        except Lost:
            raise
        except KnownError as error:
            if "refused" not in error.why:
                raise
            # a server of ours in its compatible profile has the agent already and runs nothing it is sent

    def _greet(self, wire: Wire) -> None:
        """The first request of a connection shows the token; both sides must speak the same version."""
        from dawassist_plugins.reascripts.agent import VERSION

        theirs = self._ask(wire, "hello", {}, VERB_SECONDS, never_cancelled)["version"]
        if theirs != VERSION:
            raise KnownError(
                f"REAPER's part of dawassist has version {theirs}, this is version {VERSION}.",
                next_step="Quit REAPER, run dawassist setup, and start REAPER again.",
            )

    def _ask(self, wire: Wire, verb: str, payload: Mapping[str, Any], seconds: float, is_cancelled: IsCancelled) -> Any:
        answer = wire.request(*_AGENT, [verb, payload, self._token], seconds=seconds, is_cancelled=is_cancelled)
        if not isinstance(answer, dict) or not answer:
            raise AgentFailed("The agent in REAPER gave an answer that cannot be read.")
        if "refused" in answer:
            raise KnownError(str(answer["refused"]))
        if "failed" in answer:
            raise AgentFailed("The agent in REAPER failed.", why=str(answer["failed"]).strip().splitlines()[-1])
        return answer.get("ok")

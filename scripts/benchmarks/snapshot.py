"""Reading and writing a session on the stand-in host at 30 Hz: reapy's ways, plain calls on our server, and ours.

Naive reads are one call per value, as reapy does them; they are timed on a random sample and scaled to all calls.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.support.table import Row

from dawassist.reaper.live import LiveReaper, connect
from dawassist.reaper.wire import Wire
from dawassist.session.targets import FxTarget, TrackTarget
from dawassist.session.values import raw_value
from dawassist.standin.launch import Standin
from dawassist.transaction import SetValue, Transaction, new_transaction_id

_HZ = 30.0
_SAMPLE = 300
_RUNS = 5
_SMALL = (24, 4, 30)
_LARGE = (100, 5, 40)
_EDITS = 500
_TAIL = 3  # REAPER's Bypass, Wet and Delta


def run(_options: object) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        small = _session(Path(folder) / "small.rpp", *_SMALL)
        large = _session(Path(folder) / "large.rpp", *_LARGE)
        yield from _small_rows(small)
        yield from _large_rows(large)
        yield from _apply_rows(large)


def _small_rows(path: Path) -> Iterator[Row]:
    calls = _calls(*_SMALL)
    with Standin(path, server="stock", hz=_HZ) as host:
        wire = Wire(host.server_port)
        naive = _per_call(wire, _SAMPLE) * calls
        wire.close()
    with Standin(path, server="stock", hz=_HZ) as host:
        wire = Wire(host.server_port)
        _raw(wire, "HOLD")
        held = _per_call(wire, _SAMPLE * 4) * calls
        _raw(wire, "RELEASE")
        wire.close()
    with Standin(path, server="compatible", hz=_HZ) as host:
        wire = Wire(host.server_port)
        plain = _per_call(wire, _SAMPLE * 2) * calls
        wire.close()
    with Standin(path, server="agent", hz=_HZ) as host:
        live = connect(discovery_folder=host.discovery_folder)
        ours = _median(live.snapshot)
        live.close()
    case = f"{_SMALL[0]} tracks × {_SMALL[1]} FX × {_SMALL[2]} parameters"
    baselines = {
        f"naive, {_SAMPLE} of {calls} calls, scaled": naive,
        "reapy under HOLD, scaled": held,
        "plain calls, our server, scaled": plain,
    }
    bars = ((naive, 1000, "naive"), (held, 5, "HOLD"))
    yield Row(case=case, metric="snapshot, median", unit="s", ours=ours, baselines=baselines)
    for value, factor, name in bars:
        ratio = value / ours
        bar = f"≥ {factor} × {name}"
        yield Row(case=case, metric=f"faster than {name}", unit="×", ours=ratio, bar=bar, ok=ratio >= factor)


def _large_rows(path: Path) -> Iterator[Row]:
    case = f"{_LARGE[0]} tracks × {_LARGE[1]} FX × {_LARGE[2]} parameters"
    with Standin(path, server="agent", hz=_HZ) as host:
        live = connect(discovery_folder=host.discovery_folder)
        host.poke("reset-stats")
        ours = _median(live.snapshot)
        ticks = host.stats()
        live.close()
    cpu = statistics.quantiles(ticks["cpu_ms"], n=100)[98]
    yield Row(case=case, metric="snapshot, median", unit="s", ours=ours, bar="≤ 1 s", ok=ours <= 1.0)
    yield Row(case=case, metric="tick, thread CPU, p99", unit="ms", ours=cpu, bar="≤ 10 ms", ok=cpu <= 10.0)
    yield Row(case=case, metric="tick, wall, longest", unit="ms", ours=max(ticks["wall_ms"]))


def _apply_rows(path: Path) -> Iterator[Row]:
    case = f"apply {_EDITS} edits"
    with Standin(path, server="agent", hz=_HZ) as host:
        live = connect(discovery_folder=host.discovery_folder)
        transaction = _transaction(live)
        before = host.poke("points")
        seconds, receipt = _timed(lambda: live.apply(transaction))
        applied = sum(result.status == "applied" for result in receipt.results)
        points = host.poke("points") - before
        host.move_fader(1, 0.123)
        stale = Transaction(
            id=new_transaction_id(),
            fingerprint=transaction.fingerprint,
            label="again",
            edits=tuple(edit.inverse() for edit in transaction.edits if isinstance(edit, SetValue)),
            not_after=time.time() + 30,
        )
        conflict = live.apply(stale)
        written = host.poke("points") - before - points - 1  # the moved fader is a point of its own
        live.close()
    yield Row(case=case, metric="one request", unit="s", ours=seconds, bar="≤ 0.2 s", ok=seconds <= 0.2)
    yield Row(case=case, metric="read back as applied", unit="edits", ours=applied, bar="all", ok=applied == _EDITS)
    yield Row(case=case, metric="undo steps", unit="", ours=points, bar="1", ok=points == 1)
    conflicts = sum(result.status == "conflicted" for result in conflict.results)
    is_refused = conflict.outcome == "conflict" and written == 0
    yield Row(case="a fader moved meanwhile", metric="conflicts listed, nothing written", unit="", ours=conflicts,
              bar="1", ok=is_refused and conflicts == 1)  # fmt: skip


def _transaction(live: LiveReaper) -> Transaction:
    session = live.snapshot()
    targets: list[Any] = [TrackTarget(track_guid=track.guid, field="fader_gain") for track in session.tracks]
    targets += [
        FxTarget(track_guid=track.guid, fx_guid=fx.guid, fx_ident=fx.ident, param_ident=fx.parameters[0].ident)
        for track in session.tracks
        for fx in track.fx
        if fx.parameters
    ]
    edits = []
    for target in targets[:_EDITS]:
        expected = raw_value(session, target) or 0.0
        edits.append(
            SetValue(
                target=target, expected_raw=expected, desired_raw=(expected + 0.25) % 1.0, tolerance=1e-5, label="x"
            )
        )
    return Transaction(
        id=new_transaction_id(),
        fingerprint=session.fingerprint,
        label="dawassist: apply 500 changes",
        edits=tuple(edits),
        not_after=time.time() + 30,
    )


def _calls(tracks: int, fx: int, parameters: int) -> int:
    """Pointer, name, three values and FX count of a track; name and count of an FX; name and value of a parameter."""
    return 1 + 6 * tracks + tracks * fx * (2 + 2 * (parameters + _TAIL))


def _per_call(wire: Wire, count: int) -> float:
    """Seconds per call, over randomly chosen reads of a parameter's name or value."""
    track = _api(wire, "GetTrack", 0, 0)
    pick = random.Random(1)
    started = time.perf_counter()
    for _ in range(count):
        fx, parameter = pick.randrange(4), pick.randrange(30)
        if pick.random() < 0.5:
            _api(wire, "TrackFX_GetParamName", track, fx, parameter, "", 512)
        else:
            _api(wire, "TrackFX_GetParamNormalized", track, fx, parameter)
    return (time.perf_counter() - started) / count


def _api(wire: Wire, name: str, *arguments: Any) -> Any:
    return wire.request("reapy.reascript_api", name, list(arguments), seconds=10.0)


def _raw(wire: Wire, word: str) -> None:
    import json

    wire._send(json.dumps({"function": word, "input": None}).encode())
    wire._receive(time.monotonic() + 10.0)


def _median(action: Callable[[], object]) -> float:
    return statistics.median(_timed(action)[0] for _ in range(_RUNS))


def _timed(action: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = action()
    return time.perf_counter() - started, result


def _session(path: Path, tracks: int, fx: int, parameters: int) -> Path:
    """A project with third-party plug-ins of that many parameters."""
    lines = ['<REAPER_PROJECT 0.1 "7.22/linux-x86_64" 1700000000', "  SAMPLERATE 48000 1 0", "  TEMPO 120 4 4"]
    ident = next(name for name in (f"plug{n}.so" for n in range(1000)) if _parameter_count(name) == parameters)
    for track in range(tracks):
        lines += [f"  <TRACK {_guid(1, track)}", f"    NAME T{track}", "    VOLPAN 0.5 0 -1 -1 1", "    MUTESOLO 0 0 0",
                  f"    TRACKID {_guid(1, track)}", "    MAINSEND 1 0", "    <FXCHAIN"]  # fmt: skip
        for place in range(fx):
            head = f'      <VST "VST: Plug {place}" {ident} 0 "" 1 ""'
            lines += ["      BYPASS 0 0 0", head, "        AAAA", "      >", f"      FXID {_guid(2 + place, track)}"]
        lines += ["    >", "  >"]
    path.write_text("\n".join([*lines, ">"]) + "\n", encoding="utf-8")
    return path


def _parameter_count(ident: str) -> int:
    from dawassist.standin.stock_fx import opaque_parameters

    return len(opaque_parameters(ident))


def _guid(kind: int, number: int) -> str:
    return f"{{{kind:08X}-0000-4000-8000-{number:012X}}}"


if __name__ == "__main__":
    sys.exit("Use scripts/bench snapshot.")

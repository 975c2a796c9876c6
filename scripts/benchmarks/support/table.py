"""The rows that a benchmark prints: ours, the baselines of the same run, their ratio, and the bar."""

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`bar` says in words what is required ("" for a row without one); `ok` whether it is met."""

    case: str
    metric: str
    unit: str
    ours: float
    baselines: dict[str, float] = field(default_factory=dict)
    bar: str = ""
    ok: bool = True


def print_rows(name: str, rows: Iterable[Row], *, as_json: bool) -> int:
    """Print every row as soon as it is there, or all in one JSON object; 1 when a bar is missed."""
    found = []
    for row in rows:
        found.append(row)
        if not as_json:
            _print_text(row)
    if as_json:
        machine = {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()}
        print(json.dumps({"benchmark": name, "rows": [asdict(row) for row in found], "machine": machine}, indent=1))
    return 0 if all(row.ok for row in found) else 1


def _print_text(row: Row) -> None:
    verdict = ("ok" if row.ok else "MISSED") if row.bar else ""
    print(f"{row.case:44} {row.metric:30} {row.ours:>12.4g} {row.unit:8} {row.bar:24} {verdict}", flush=True)
    for baseline, value in row.baselines.items():
        ratio = f"  ({value / row.ours:,.0f} ×)" if row.ours else ""
        print(f"{'':44}   {baseline:28} {value:>12.4g} {row.unit}{ratio}", flush=True)

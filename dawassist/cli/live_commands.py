"""The panel, the demo, and the commands that write to the live session."""

import argparse
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from dawassist.cli import printing
from dawassist.errors import InputError, KnownError
from dawassist.plan.brief import Brief
from dawassist.review import Decisions
from dawassist.session.model import Fingerprint, Session

BEFORE_DAWASSIST = "before-dawassist"
_NO_FINGERPRINT = Fingerprint(project_path="", instance="", change_count=0)


def open_panel(arguments: argparse.Namespace) -> int:
    """Start the panel as a process of its own, so that this package never needs Qt."""
    options = []
    for name in ("instance", "web_port", "discovery_folder"):
        value = getattr(arguments, name, None)
        if value is not None:
            options += [f"--{name.replace('_', '-')}", str(value)]
    return _panel(options)


def demo(arguments: argparse.Namespace) -> int:
    return _headless_demo() if arguments.headless else _panel(["--demo"])


def standin(arguments: argparse.Namespace) -> int:
    from dawassist.standin.process import main as run_standin

    return int(run_standin(arguments.arguments))


def apply(arguments: argparse.Namespace) -> int:
    from dawassist.plan.codec import plan_from_json

    plan = plan_from_json(_read_json(arguments.plan))
    known = {r.id for r in plan.recommendations}
    chosen = known if arguments.only is None else set(arguments.only)
    unknown = sorted(chosen - known)
    if unknown:
        raise InputError(f"The plan has no recommendation {unknown[0]!r}.", next_step="Take the ids from its JSON.")
    with printing.opened(arguments) as assistant:
        printing.print_recovered(assistant)
        receipt = assistant.apply(plan, Decisions().accept(chosen))
    return printing.report_receipt(receipt, as_json=arguments.json)


def undo(arguments: argparse.Namespace) -> int:
    with printing.opened(arguments) as assistant:
        printing.print_recovered(assistant)
        if arguments.transaction == BEFORE_DAWASSIST:
            receipts = assistant.to_before()
        else:
            receipts = (assistant.revert(arguments.transaction),)
    return max(printing.report_receipt(receipt, as_json=arguments.json) for receipt in receipts)


def history(arguments: argparse.Namespace) -> int:
    from dawassist.journal import default_journal
    from dawassist.transaction import receipt_to_json, transaction_to_json

    entries = default_journal().entries()
    if arguments.json:
        rows = [
            {
                "time": entry.time,
                "transaction": transaction_to_json(entry.transaction),
                "receipt": receipt_to_json(entry.receipt) if entry.receipt else None,
            }
            for entry in entries
        ]
        printing.print_json({"schema": 1, "transactions": rows})
    else:
        printing.print_history(entries)
    return 0


def _headless_demo() -> int:
    """Suggest, apply, verify, undo, verify: on the bundled session and the stand-in host, through the bridge."""
    from dawassist.opening import open_demo

    with open_demo() as assistant:
        print(f"Connected to the {assistant.place}.")
        before = assistant.snapshot()
        brief = Brief()
        printing.print_findings(assistant.check(before))
        analysis = assistant.analyze(before, brief, progress=printing.progress)
        plan = assistant.suggest(before, analysis, brief)
        printing.print_plan(plan)
        accepted = Decisions().accept(r.id for r in plan.recommendations)
        receipt = assistant.apply(plan, accepted)
        printing.print_receipt(receipt)
        if not receipt.is_clean:
            raise KnownError("The demo could not apply its plan.", why=receipt.sentence)
        _expect(_controls(assistant.snapshot()) != _controls(before), "the applied moves are in the session")
        undone = assistant.revert()
        printing.print_receipt(undone)
        _expect(_controls(assistant.snapshot()) == _controls(before), "after undo the session is as it was")
    return 0


def _controls(session: Session) -> Session:
    return replace(session, fingerprint=_NO_FINGERPRINT)


def _expect(holds: bool, promise: str) -> None:
    if not holds:
        raise KnownError(f"The demo broke a promise: {promise}, and it did not hold.")
    print(f"Checked: {promise}.")


def _panel(options: list[str]) -> int:
    return subprocess.run([sys.executable, "-m", "dawassist_ui", *options], check=False).returncode  # noqa: S603


def _read_json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"The plan {path} cannot be read.", why=f"{error.strerror}.") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"The plan {path} is not JSON.", why=f"{error}.") from None
    if not isinstance(data, dict):
        raise InputError(f"The plan {path} is not a JSON object.", next_step="Write it with suggest --json.")
    return data

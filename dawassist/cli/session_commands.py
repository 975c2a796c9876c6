"""snapshot, analyze, suggest, strategies: the commands that read."""

import argparse
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dawassist.cli import printing
from dawassist.errors import InputError
from dawassist.plan.brief import Brief, load_brief, parse_material
from dawassist.session.findings import Finding
from dawassist.session.model import Session
from dawassist.units import signed_db_text

if TYPE_CHECKING:
    from dawassist.analysis.model import Analysis
    from dawassist.assistant import Assistant

SCHEMA = 1
_IN_BRIEF = ("scope", "strategy", "strength", "reference", "reference_amount")


def snapshot(arguments: argparse.Namespace) -> int:
    with printing.opened(arguments) as assistant:
        session = assistant.snapshot(progress=printing.progress)
    if arguments.json:
        printing.print_json({"schema": SCHEMA, **asdict(session)})
    else:
        printing.print_session(session)
    return 0


def analyze(arguments: argparse.Namespace) -> int:
    from dawassist.plan.codec import findings_to_json

    brief = _brief(arguments)
    with printing.opened(arguments) as assistant:
        session = assistant.snapshot(progress=printing.progress)
        check = _checked(assistant, session, as_json=arguments.json)
        analysis = _listened(assistant, session, brief, arguments)
        findings = assistant.findings(session, analysis, brief)
        asked = (assistant.covering(session, analysis, brief, arguments.covers),) if arguments.covers else ()
    if arguments.json:
        every = findings_to_json((*check, *findings, *asked))
        printing.print_json({"schema": SCHEMA, **printing.analysis_json(analysis), "findings": every})
    else:
        printing.print_analysis(session, analysis)
        printing.print_findings((*findings, *asked))
    return 0


def suggest(arguments: argparse.Namespace) -> int:
    from dawassist.by_hand import leaving, left_by_hand
    from dawassist.plan.codec import findings_to_json, plan_to_json
    from dawassist.plan.report import write_report
    from dawassist.review import Decisions

    brief = _brief(arguments)
    if arguments.apply and arguments.session is None:
        raise InputError("--apply writes a new project file and needs SESSION.rpp.",
                         next_step="To write to the live session use dawassist apply PLAN.json.")  # fmt: skip
    timing: dict[str, float] = {}
    with printing.opened(arguments, out=arguments.apply) as assistant:
        started = time.perf_counter()
        session = assistant.snapshot(progress=printing.progress)
        timing["snapshot"] = _lap(started)
        if arguments.keep:
            assistant.keep_constraints(brief.constraints)
        brief = assistant.kept_review(session).in_brief(assistant.with_kept(brief))
        by_hand = assistant.by_hand(session)
        if by_hand:
            print(left_by_hand(by_hand), file=sys.stderr)
        brief = leaving(brief, session, by_hand)
        check = _checked(assistant, session, as_json=arguments.json)
        timing["session_check"] = _lap(started)
        analysis = _listened(assistant, session, brief, arguments)
        timing["snapshot_and_analysis"] = _lap(started)
        plan = assistant.suggest(session, analysis, brief)
        timing["total"] = _lap(started)
        receipt = None
        if arguments.apply:
            everything = Decisions().accept(r.id for r in plan.recommendations)
            receipt = assistant.write_copy(plan, everything)
    if arguments.report:
        write_report(arguments.report, session, analysis, plan)
    if arguments.json:
        data: dict[str, Any] = {**plan_to_json(plan, session), "timing_seconds": timing}
        data["findings"] = [*findings_to_json(check), *data["findings"]]
        if receipt:
            data["receipt"] = asdict(receipt)
        printing.print_json(data)
    else:
        printing.print_plan(plan)
        if receipt:
            printing.print_receipt(receipt)
    return 0 if receipt is None or receipt.is_clean else 1


def taste(arguments: argparse.Namespace) -> int:
    from dawassist.learning import default_taste_file

    kept = default_taste_file()
    if arguments.reset:
        kept.forget()
    found = kept.load()
    offsets = {role: (found.offset_db(role), each.verdicts) for role, each in sorted(found.by_role.items())}
    if arguments.json:
        rows = [{"role": role, "offset_db": db, "verdicts": verdicts} for role, (db, verdicts) in offsets.items()]
        printing.print_json({"schema": SCHEMA, "roles": rows})
    elif not offsets:
        print("Nothing was learned yet: levels are those that engineers in general keep.")
    else:
        for role, (offset_db, verdicts) in offsets.items():
            print(f"{role.replace('_', ' '):20} {signed_db_text(offset_db):>9}  from {verdicts:g} verdicts")
    return 0


def list_strategies(arguments: argparse.Namespace) -> int:
    from dawassist.strategies.protocol import strategies

    known = strategies().values()
    if arguments.json:
        rows = [{"name": s.name, "summary": s.summary, "fidelity": s.fidelity} for s in known]
        printing.print_json({"schema": SCHEMA, "strategies": rows})
    else:
        for strategy in known:
            print(f"{strategy.name:16} {strategy.summary} ({strategy.fidelity})")
    return 0


def _brief(arguments: argparse.Namespace) -> Brief:
    """The brief of the file, with the options of the command line on top."""
    from dawassist.learning import default_taste_file

    brief = load_brief(Path(arguments.brief)) if arguments.brief else Brief()
    given = {key: getattr(arguments, key, None) for key in _IN_BRIEF}
    match = getattr(arguments, "match", None)
    if match:
        given |= {"rough_mix": match, "strategy": given["strategy"] or "rough-mix"}
    if getattr(arguments, "material", None):
        brief = brief.changed(material=parse_material(arguments.material))
    given["taste"] = default_taste_file().load()
    return brief.changed(**{key: value for key, value in given.items() if value is not None})


def _checked(assistant: "Assistant", session: Session, *, as_json: bool) -> tuple[Finding, ...]:
    """The Session check, printed before anything is heard."""
    found = assistant.check(session)
    if not as_json:
        printing.print_findings(found)
    return found


def _listened(assistant: "Assistant", session: Session, brief: Brief, arguments: argparse.Namespace) -> "Analysis":
    """What a render takes is said before it begins, or offered afterwards, on stderr."""
    analysis = assistant.analyze(
        session, brief, render_unheard=arguments.render, offered=printing.print_offer, progress=printing.progress
    )
    offer = None if arguments.render else assistant.render_offer(session, analysis)
    if offer is not None:
        printing.print_offer(offer, hint="With --render: ")
    return analysis


def _lap(started: float) -> float:
    return round(time.perf_counter() - started, 3)

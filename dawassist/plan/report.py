"""The plan as one self-contained HTML page: to read, print or send, without any script or outside resource."""

from html import escape
from pathlib import Path

from dawassist.analysis.model import Analysis
from dawassist.console.unheard import unheard_busses
from dawassist.errors import InputError
from dawassist.plan.model import BY_HAND, LEFT_OUT, Plan, Recommendation
from dawassist.session.check import session_check
from dawassist.session.findings import grouped
from dawassist.session.model import Session
from dawassist.units import SILENCE_DB, value_text

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c1f24 }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem } .card { border-left: 3px solid #4a7dbd;
padding: .2rem 1rem; margin: 1rem 0 } .move { font-weight: 600 } .note { color: #5b6470 }
table { border-collapse: collapse } td, th { padding: .15rem .8rem .15rem 0; text-align: left }
td.number { text-align: right; font-variant-numeric: tabular-nums }
"""


def write_report(path: Path, session: Session, analysis: Analysis, plan: Plan) -> None:
    """Write the page. Raises InputError when the file cannot be written."""
    try:
        path.write_text(report_html(session, analysis, plan), encoding="utf-8")
    except OSError as error:
        raise InputError(f"The report {path} cannot be written.", why=f"{error.strerror}.") from None


def report_html(session: Session, analysis: Analysis, plan: Plan) -> str:
    name = Path(session.fingerprint.project_path).name or "Unsaved project"
    groups = grouped((*session_check(session), *unheard_busses(session), *plan.unmoved_findings()))
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>",
        f"<title>{escape(name)}: mix suggestions</title><style>{_STYLE}</style><h1>{escape(name)}</h1>",
        f"<p>{escape(plan.summary)}</p>",
        f"<p class=note>{escape(plan.session_state.replace('_', ' '))}: {escape(plan.session_state_reason)}"
        f" {plan.material.capitalize()}: {escape(plan.material_reason)}"
        f" Strategy {escape(plan.strategy)}, {escape(plan.engine)}.</p>",
        *(f"<div class=card>{''.join(map(_move, card))}</div>" for card in plan.cards()),
        *(_list(title, [finding.sentence for finding in findings]) for title, findings in groups),
        *(
            _list(heading, [f"{left.track_name or 'Session'}: {left.reason}" for left in reasons])
            for heading, reasons in ((BY_HAND, plan.by_hand), (LEFT_OUT, plan.considered))
        ),
        "<h2>Measured</h2>",
        _measurements(session, analysis),
    ]
    return "\n".join(parts) + "\n"


def _move(recommendation: Recommendation) -> str:
    change = recommendation.change
    move = (
        f"{recommendation.track_number} {recommendation.track_name} · {change.parameter}: "
        f"{value_text(change.before, change.unit)} → {value_text(change.after, change.unit)}"
    )
    predicted = [prediction.text for prediction in recommendation.predicted]
    lines = [evidence.text for evidence in recommendation.rationale.evidence] + predicted
    return (
        f"<p class=move>{escape(move)}</p><p>{escape(recommendation.rationale.headline)}</p>"
        f"<ul>{''.join(f'<li>{escape(line)}' for line in lines)}</ul>"
        f"<p class=note>{recommendation.basis}, confidence {recommendation.confidence:.0%}. "
        f"{escape('; '.join(recommendation.rationale.sources))}</p>"
    )


def _list(title: str, sentences: list[str]) -> str:
    items = "".join(f"<li>{escape(sentence)}" for sentence in sentences)
    return f"<h2>{title}</h2><ul>{items}</ul>" if sentences else ""


def _measurements(session: Session, analysis: Analysis) -> str:
    rows = ["<tr><th>Track<th>LUFS-I<th>dBTP<th>Plays<th>Measured"]
    for measured in analysis.tracks:
        track = session.track(measured.track_guid)
        loudness = measured.loudness
        heard = loudness is not None and loudness.integrated_lufs > SILENCE_DB
        levels = [loudness.integrated_lufs, loudness.true_peak_dbtp] if loudness and heard else []
        numbers = [f"{level:.1f}" for level in levels] or ["–", "–"]
        rows.append(
            f"<tr><td>{escape(f'{track.number} {track.display_name}' if track else '?')}"
            + "".join(f"<td class=number>{number}" for number in [*numbers, f"{measured.activity.share:.0%}"])
            + f"<td>{measured.measured_at.replace('_', ' ')}"
        )
    return f"<table>{''.join(rows)}</table>"

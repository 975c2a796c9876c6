"""How results look on a terminal, and the one way that commands open a session."""

import argparse
import json
import sys
import textwrap
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dawassist.analysis.model import Analysis, TrackAnalysis
from dawassist.journal import Entry
from dawassist.plan.model import BY_HAND, LEFT_OUT, Plan, Recommendation
from dawassist.session.findings import Finding, grouped
from dawassist.session.model import Session
from dawassist.transaction import Receipt
from dawassist.units import SILENCE_DB, counted, db_text, pan_text, value_text

if TYPE_CHECKING:
    from dawassist.assistant import Assistant
    from dawassist.rendering.offer import RenderOffer


def opened(arguments: argparse.Namespace, *, out: Path | None = None) -> "Assistant":
    """The session that the arguments name: a file, or the live REAPER."""
    from dawassist.opening import open_file, open_live

    if getattr(arguments, "session", None) is not None:
        return open_file(arguments.session, out=out)
    return open_live(
        instance=arguments.instance, web_port=arguments.web_port, discovery_folder=arguments.discovery_folder
    )


def progress(what: str, done: int, total: int) -> None:
    """One line on stderr that rewrites itself; nothing when stderr is no terminal."""
    if sys.stderr.isatty():
        end = "\n" if done >= total else ""
        print(f"\r\x1b[K{what} {done}/{total}", end=end, file=sys.stderr, flush=True)


def print_offer(offer: "RenderOffer", *, hint: str = "") -> None:
    """What REAPER is about to render, or could, on stderr."""
    print(f"{hint}{offer.sentence}.", file=sys.stderr)
    print(_wrapped(offer.explanation, bullet="  "), file=sys.stderr)


def print_recovered(assistant: "Assistant") -> None:
    """What an earlier crash left open, on stderr."""
    for sentence in assistant.recover():
        print(sentence, file=sys.stderr)


def print_json(data: dict[str, Any]) -> None:
    json.dump(data, sys.stdout, ensure_ascii=False, allow_nan=False, indent=1)
    sys.stdout.write("\n")


def print_session(session: Session) -> None:
    name = session.fingerprint.project_path or "unsaved project"
    print(f"{name}: {counted(len(session.tracks), 'track')}, {session.sample_rate_hz} Hz, "
          f"{session.length_seconds:.1f} s")  # fmt: skip
    depth = 0
    for track in session.tracks:
        extras = [counted(len(track.items), "item"), *(fx.name for fx in track.fx)]
        extras += ["muted"] * track.muted
        label = "  " * depth + track.display_name
        print(f"{track.number:4} {label:32.32} {db_text(track.fader_db):>10} {pan_text(track.pan):>7}  "
              + ", ".join(extras))  # fmt: skip
        depth = max(0, depth + track.folder_depth)


def analysis_json(analysis: Analysis) -> dict[str, Any]:
    """Every measure except the large and internal ones: covariance, low end, and curves over time."""
    over_time: dict[str, Any] = {each.name: None for each in fields(TrackAnalysis) if not each.compare}
    return {
        "fingerprint": asdict(analysis.fingerprint),
        "sample_rate_hz": analysis.sample_rate_hz,
        "start_seconds": analysis.start_seconds,
        "end_seconds": analysis.end_seconds,
        "mix_loudness": asdict(analysis.mix_loudness) if analysis.mix_loudness else None,
        "covariance_error_lu": analysis.covariance_error_lu if analysis.covariance else None,
        "tracks": [asdict(replace(track, **over_time)) for track in analysis.tracks],
        "loudness_checks": [asdict(check) for check in analysis.loudness_checks],
        "pairs": [asdict(pair) for pair in analysis.pairs],
        "bleed": [asdict(bleed) for bleed in analysis.bleed],
        "findings": [asdict(finding) for finding in analysis.findings],
    }


def print_analysis(session: Session, analysis: Analysis) -> None:
    print(f"{'':4} {'track':28} {'LUFS-I':>8} {'LRA':>6} {'peak':>8} {'crest':>6} {'floor':>6} {'corr':>6} {'R-L':>6} "
          f"{'plays':>6}  measured")  # fmt: skip
    for measured in analysis.tracks:
        track = session.track(measured.track_guid)
        loudness = measured.loudness
        if track is None or loudness is None or loudness.integrated_lufs <= SILENCE_DB:
            values = f"{'–':>8} {'–':>6} {'–':>8} {'–':>6} {'–':>6} {'–':>6} {'–':>6}"
        else:
            values = (f"{loudness.integrated_lufs:8.1f} {loudness.loudness_range_lu:6.1f} "
                      f"{loudness.true_peak_dbtp:8.1f} {loudness.crest_factor_db:6.1f} {_sides(measured)}")  # fmt: skip
        place = measured.measured_at.replace("_", " ")
        number, name = (track.number, track.display_name) if track else (0, "?")
        print(f"{number:4} {name:28.28} {values} {measured.activity.share:6.0%}  {place}")
    for check in analysis.loudness_checks:
        checked = session.track(check.track_guid) or session.master
        print(f"Compared with REAPER: {checked.display_name} {check.own_lufs:.1f} LUFS-I here, "
              f"{check.host_lufs:.1f} there")  # fmt: skip
    if analysis.mix_loudness:
        error_lu = abs(analysis.covariance_error_lu)
        error = f"; predicted from its tracks to within {error_lu:.3f} LU" if analysis.covariance else ""
        print(f"Mix before the master chain: {analysis.mix_loudness.integrated_lufs:.1f} LUFS-I, "
              f"{analysis.mix_loudness.true_peak_dbtp:.1f} dBTP{error}")  # fmt: skip


def _sides(measured: TrackAnalysis) -> str:
    """Noise floor in dBFS, correlation of the sides, and right less left in dB."""
    floor = f"{measured.disturbances.noise_floor_dbfs:6.0f}" if measured.disturbances else f"{'–':>6}"
    if measured.is_mono or measured.stereo is None:
        return f"{floor} {'mono':>6} {'–':>6}"
    return f"{floor} {measured.stereo.broadband_correlation:6.2f} {measured.stereo.balance_db:+6.1f}"


def print_findings(findings: Iterable[Finding]) -> None:
    """Under their headings, with the measured lines below."""
    for heading, members in grouped(findings):
        print(f"{heading}:")
        for finding in members:
            sure = "" if finding.confidence == 1.0 else f" [{finding.confidence:.0%}]"
            print(_wrapped(f"{finding.sentence}{sure}", bullet="! "))
            for evidence in finding.evidence:
                if evidence.text != finding.sentence:
                    print(_wrapped(evidence.text, bullet="  · "))
        sys.stdout.flush()


def print_plan(plan: Plan) -> None:
    print_findings(plan.unmoved_findings())
    print(_wrapped(f"{plan.session_state.replace('_', ' ').capitalize()}: {plan.session_state_reason}"))
    print(_wrapped(f"{plan.material.capitalize()}: {plan.material_reason}"))
    print(_wrapped(plan.summary))
    for card in plan.cards():
        print()
        for recommendation in card:
            _print_recommendation(recommendation)
    for heading, reasons in ((BY_HAND, plan.by_hand), (LEFT_OUT, plan.considered)):
        if reasons:
            print(f"\n{heading}:")
        for left_out in reasons:
            print(_wrapped(f"{left_out.track_name or 'Session'}: {left_out.reason}", bullet="  - "))


def _print_recommendation(recommendation: Recommendation) -> None:
    change = recommendation.change
    now, proposed = value_text(change.before, change.unit), value_text(change.after, change.unit)
    print(f"{recommendation.track_number:4} {recommendation.track_name} · {change.parameter}: {now} → {proposed}"
          f"   [{recommendation.basis}, {recommendation.confidence:.0%}] {recommendation.id}")  # fmt: skip
    print(_wrapped(recommendation.rationale.headline, bullet="     "))
    for evidence in recommendation.rationale.evidence:
        print(_wrapped(evidence.text, bullet="     · "))
    for prediction in recommendation.predicted:
        print(f"     → {prediction.text}")


def print_receipt(receipt: Receipt) -> None:
    print(f"\n{receipt.outcome.replace('_', ' ').capitalize()} ({receipt.transaction_id}): {receipt.sentence}")
    for result in receipt.results:
        detail = " ".join(part for part in (result.text, result.reason) if part)
        print(f"  {result.status:12} {result.label}  {detail}".rstrip())


def report_receipt(receipt: Receipt, *, as_json: bool) -> int:
    """Print a receipt; the exit status says whether everything was written."""
    if as_json:
        print_json({"schema": 1, **asdict(receipt)})
    else:
        print_receipt(receipt)
    return 0 if receipt.is_clean else 1


def print_history(entries: Sequence[Entry]) -> None:
    if not entries:
        print("Nothing was applied yet.")
    for entry in entries:
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry.time))
        outcome = entry.receipt.outcome.replace("_", " ") if entry.receipt else "unknown (the program ended during it)"
        project = entry.transaction.fingerprint.project_path or "unsaved project"
        print(f"{when}  {entry.transaction.id}  {outcome:12}  {entry.transaction.label}  ({project})")


def _wrapped(text: str, *, bullet: str = "") -> str:
    return textwrap.fill(text, 100, initial_indent=bullet, subsequent_indent=" " * len(bullet))

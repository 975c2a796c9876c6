"""One session through the product: read, heard, advised, the advice applied to a copy, and what is left."""

import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.support.naive_faults import Alarm, naive_alarms
from benchmarks.support.repair_sessions import RATE, SECONDS, Made, Planted, make_session
from benchmarks.support.stems import Song

from dawassist.journal import Journal
from dawassist.opening import open_file
from dawassist.plan.brief import Brief
from dawassist.plan.model import LeftOut, Plan, Recommendation
from dawassist.review import Decisions
from dawassist.session.findings import TECHNICAL, Finding
from dawassist.session.model import Session, Track
from dawassist.units import db_to_gain, gain_to_db

_SAME_SAMPLES = 2.0
_NEAR_CENTER = 0.3
_BY_ADVICE = {"hard_panned_low_end": "off_center", "hard_panned_lead": "off_center", "kit_polarity": "polarity"}
COVERED_HUM = "hum, covered by the mix"  # told, and no fault at the present faders: guard 7 of facts/mixers-view.md
MEANT_CLIPPING = "clipping, taken as meant"  # told, and no fault on a driven source: the same guard
SMALL_DELAY = "delay, too small in effect"  # told, and no card below the effect of requirement 6 of the same facts
_SAID_OF_LEFT_ALONE = {
    COVERED_HUM: "Mains hum", MEANT_CLIPPING: "Flat tops belong", SMALL_DELAY: "less than a delay is proposed for"
}  # fmt: skip
_LEFT_ALONE = {"hum": COVERED_HUM, "clipping": MEANT_CLIPPING, "delay": SMALL_DELAY}
_AS_FALSE_AS = {COVERED_HUM: "hum", SMALL_DELAY: "delay"}
_NO_ALARMS = frozenset({"silent", MEANT_CLIPPING})
_ANSWERS: Mapping[str, frozenset[str]] = {
    "dead_channel": frozenset({"dead_channel", "silent"}),
    "hum": frozenset({"hum", COVERED_HUM}),
    "delay": frozenset({"delay", SMALL_DELAY}),
}
_FOLLOWS: Mapping[str, frozenset[str]] = {
    "clipping": frozenset({"gain_staging"}),
    "dead_side": frozenset({"off_center", "imbalance", "mono_unsafe"}),
    "stereo_polarity": frozenset({"mono_unsafe"}),
    "off_center": frozenset({"imbalance"}),
    "dead_channel": frozenset({"gain_staging", "silent"}),
}
"""What a fault of the key's class brings with it on its own tracks, and is no false alarm there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`hits` says of each planted fault whether it was found; `left` what remains of it after the advice."""

    made: Made
    hits: tuple[bool, ...]
    undecided: tuple[bool, ...]  # of each planted fault: the plan says that it cannot tell
    left_alone: tuple[bool, ...]  # of each planted fault: told with why it is no fault here (`_LEFT_ALONE`)
    left: tuple[float, ...]
    false_alarms: tuple[str, ...]  # classes
    naive_hits: tuple[bool, ...]
    naive_false_alarms: tuple[str, ...]
    sentences: tuple[str, ...]  # of the false alarms
    seconds: float


def run_trial(song: Song, seed: int, number: int, *, is_clean: bool) -> Result:
    """Make session `number` in a temporary folder and judge it."""
    with tempfile.TemporaryDirectory(prefix="repair-") as temporary:
        folder = Path(temporary)
        made = make_session(song, folder, seed, number, is_clean=is_clean)
        with open_file(made.path, out=folder / "advised.rpp", journal=Journal(folder / "journal.jsonl")) as assistant:
            session, brief = assistant.snapshot(), Brief()
            start = time.perf_counter()
            analysis = assistant.analyze(session, brief)
            plan = assistant.suggest(session, analysis, brief)
            seconds = time.perf_counter() - start
            findings = assistant.findings(session, analysis, brief)
            decisions = Decisions().accept(r.id for card in plan.cards() if _is_repair(card) for r in card)
            assistant.write_copy(plan, decisions)
            advised = assistant.snapshot()
        alarms = alarms_of(findings, plan)
        naive = naive_alarms(session, folder, SECONDS)
    touched = {guid for r in decisions.accepted(plan) for guid in (r.track_guid,)}
    return Result(
        made=made,
        hits=tuple(is_found(each, alarms) for each in made.planted),
        undecided=tuple(is_undecided(each, plan.left_out) for each in made.planted),
        left_alone=tuple(is_left_alone(each, alarms) for each in made.planted),
        left=tuple(what_is_left(each, session, advised, touched) for each in made.planted),
        false_alarms=tuple(kind for kind, _ in unexplained(alarms, made.planted)),
        naive_hits=tuple(is_found(each, naive) for each in made.planted),
        naive_false_alarms=tuple(kind for kind, _ in unexplained(naive, made.planted)),
        sentences=_sentences(session, findings, unexplained(alarms, made.planted)),
        seconds=seconds,
    )


def alarms_of(findings: Iterable[Finding], plan: Plan) -> set[Alarm]:
    """Technical findings, and advice that says the same of tracks without one."""
    found = {
        (finding.kind, frozenset({finding.track_guid, finding.other_guid} - {""}))
        for finding in findings
        if finding.kind in TECHNICAL or finding.kind == "silent"
    }
    told = {(kind, guid) for kind, guids in found for guid in guids}
    for advice in plan.recommendations:
        kind = _BY_ADVICE.get(advice.reason_class, "")
        if kind and (kind, advice.track_guid) not in told:
            found.add((kind, frozenset({advice.track_guid})))
    return found | {
        (kind, frozenset({left.track_guid}))
        for left in plan.left_out
        for kind, words in _SAID_OF_LEFT_ALONE.items()
        if words in left.reason
    }


def is_left_alone(planted: Planted, alarms: Iterable[Alarm]) -> bool:
    """Whether it was told only with the reason why it is no fault here."""
    kind = _LEFT_ALONE.get(planted.kind)
    on_its_tracks = {name for name, guids in alarms if not guids.isdisjoint(planted.guids)}
    return kind in on_its_tracks and planted.kind not in on_its_tracks


def is_found(planted: Planted, alarms: Iterable[Alarm]) -> bool:
    kinds = _ANSWERS.get(planted.kind, frozenset({planted.kind}))
    return any(kind in kinds and not guids.isdisjoint(planted.guids) for kind, guids in alarms)


def is_undecided(planted: Planted, left_out: Iterable[LeftOut]) -> bool:
    """Whether the plan names one of its tracks as one of a pair that it cannot tell."""
    said = (each.reason for each in left_out if each.track_guid in planted.guids)
    return any("cannot be told" in reason or "contradict" in reason for reason in said)


def unexplained(alarms: Iterable[Alarm], planted: Iterable[Planted]) -> list[Alarm]:
    """Alarms that no planted fault accounts for, nor its consequences. What a session check lists is no alarm.

    A hum that is told as covered, or a delay as small, is as false as any where none is.
    """
    known = list(planted)
    told = {(_AS_FALSE_AS.get(kind, kind), guids) for kind, guids in alarms}
    return sorted(
        (alarm for alarm in told if alarm[0] not in _NO_ALARMS and not any(_explains(each, *alarm) for each in known)),
        key=lambda alarm: (alarm[0], sorted(alarm[1])),
    )


def what_is_left(planted: Planted, before: Session, after: Session, touched: set[str]) -> float:
    """Delay: samples. Duplicate: change of the part's level in dB, 6 where both still play. Otherwise 0 or 1."""
    first = _track(after, planted.guids[0])
    if planted.kind == "off_center":
        return float(abs(first.pan) > _NEAR_CENTER)
    if planted.kind not in ("polarity", "delay", "duplicate"):
        return float(first.guid not in touched)
    second = _track(after, planted.guids[1])
    if planted.kind == "delay":
        return abs(planted.truth["delay_samples"] + (second.delay_seconds - first.delay_seconds) * RATE)
    if planted.kind == "polarity":
        return float(bool(planted.truth["inverted"]) ^ first.polarity_inverted ^ second.polarity_inverted)
    copy_gain = db_to_gain(planted.truth["gain_db"])
    faders = [db_to_gain(_track(before, guid).fader_db) for guid in planted.guids]
    whole = faders[0] + copy_gain * faders[1]
    if first.muted == second.muted:
        return 6.0
    now = db_to_gain(first.fader_db) if second.muted else copy_gain * db_to_gain(second.fader_db)
    return abs(gain_to_db(now / whole))


def _track(session: Session, guid: str) -> Track:
    track = session.track(guid)
    assert track is not None
    return track


def _is_repair(card: Iterable[Recommendation]) -> bool:
    """A rough balance centers what is panned away, too."""
    return any(each.basis == "technical" or each.kind == "pan" for each in card)


def _explains(planted: Planted, kind: str, guids: frozenset[str]) -> bool:
    """Also: the polarity of an inverted pair that is late, and the distance of an inverted pair that has one."""
    if not guids:
        return True  # of the session as a whole, which the fault is a part of
    if guids.isdisjoint(planted.guids):
        return False
    also = set(_FOLLOWS.get(planted.kind, ()))
    also |= {"polarity"} if planted.truth.get("inverted") else set()
    also |= {"delay"} if planted.truth.get("delay_samples") else set()
    return kind == planted.kind or kind in also


def _sentences(session: Session, findings: Iterable[Finding], false: Iterable[Alarm]) -> tuple[str, ...]:
    found = list(findings)
    lines = []
    for kind, guids in false:
        names = " and ".join(track.display_name for track in session.tracks if track.guid in guids)
        said = next((f.sentence for f in found if f.kind == kind and guids & {f.track_guid, f.other_guid}), "advice")
        lines.append(f"{kind} on {names or 'the session'}: {said}")
    return tuple(lines)

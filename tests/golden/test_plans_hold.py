"""What a plan says and writes: numbers of texts are numbers of the record, and any part of it can be accepted."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dawassist.journal import Journal
from dawassist.opening import open_file
from dawassist.plan.brief import Brief
from dawassist.plan.model import Change, Plan, Recommendation
from dawassist.review import Decisions
from tests.golden.projects import project, write
from tests.golden.technical import part

NUMBER = re.compile(r"(?<![\w.])([+−-]?\d+(?:\.\d+)?)\s?(dB|LU|LUFS|ms|%|Hz|kHz|cm)(?!\w)")
PARTS = {"dB": 1.0, "LU": 1.0, "LUFS": 1.0, "ms": 1.0, "%": 0.01, "Hz": 1.0, "kHz": 1000.0, "cm": 1.0}
SPEED_OF_SOUND_CM = 34.3  # per ms
SET = {"volpan": "0.05 0 -1 -1 1"}
SESSIONS = {
    "raw": (("Lead dyn", "voice", {}), ("Lead cond", "voice_2", {}), ("Bass", "bass", {}), ("Guitar", "guitar", {})),
    "set": (("Lead", "voice", SET), ("Bass", "bass", {"volpan": "1.4 0 -1 -1 1"}),
            ("Guitar", "dual", {"volpan": "0.9 0 -1 -1 1"}), ("Kick", "kick", {"volpan": "0.8 0 -1 -1 1"})),
}  # fmt: skip


@pytest.fixture(scope="module", params=sorted(SESSIONS))
def planned(request: pytest.FixtureRequest, band_folder: Path) -> tuple[Path, Plan]:
    path = write(band_folder, project(*(part(name, file, **fields) for name, file, fields in SESSIONS[request.param])))
    path = path.rename(band_folder / f"{request.param}.rpp")
    with open_file(path, journal=Journal(band_folder / "j.jsonl")) as assistant:
        session = assistant.snapshot()
        plan = assistant.suggest(session, assistant.analyze(session, Brief()), Brief())
    return path, plan


def test_numbers_of_headlines_are_numbers_of_the_record(planned: tuple[Path, Plan]) -> None:
    _, plan = planned
    assert plan.recommendations
    for each in plan.recommendations:
        known = list(recorded(plan, each))
        for printed, digits in numbers(each.rationale.headline):
            assert any(abs(abs(value) - abs(printed)) <= digits for value in known), each.rationale.headline


def test_a_line_of_evidence_prints_its_value(planned: tuple[Path, Plan]) -> None:
    _, plan = planned
    lines = [line for each in plan.recommendations for line in each.rationale.evidence if line.unit in PARTS]
    assert lines
    for line in lines:
        assert any(abs(abs(line.value) - abs(printed)) <= digits for printed, digits in numbers(line.text)), line


def test_any_moves_of_a_plan_can_be_accepted_without_the_others(planned: tuple[Path, Plan], tmp_path: Path) -> None:
    path, plan = planned
    chosen = [r.id for r in plan.recommendations]
    subsets = [set(), *({one} for one in chosen), *map(set, itertools.combinations(chosen, 2)), set(chosen)]
    for number, subset in enumerate(subsets):
        decisions = Decisions().accept(subset)
        accepted = {r.id for r in decisions.accepted(plan)}
        assert accepted <= subset
        assert all(set(r.requires) <= accepted for r in plan.recommendations if r.id in accepted)
        journal = Journal(tmp_path / f"{number}.jsonl")
        with open_file(path, out=tmp_path / f"{number}.rpp", journal=journal) as assistant:
            receipt = assistant.write_copy(plan, decisions)
        assert receipt.is_clean
        assert set(receipt.by_recommendation()) == accepted


def test_a_polarity_without_its_delay_claims_nothing_of_both(planned: tuple[Path, Plan]) -> None:
    _, plan = planned
    for each in plan.recommendations:
        delays = {r.id for r in plan.recommendations if r.card == each.card and r.kind == "delay"} - {each.id}
        if each.kind == "polarity" and delays:
            assert delays <= set(each.requires)
            assert not Decisions().accept([each.id]).accepted(plan)


def numbers(text: str) -> Iterator[tuple[float, float]]:
    """Every number with a unit, and half of its last digit, both in the unit of the record."""
    for digits, unit in NUMBER.findall(text):
        decimals = len(digits.partition(".")[2])
        part = PARTS[unit]
        yield float(digits.replace("−", "-")) * part, (0.5 * 10.0**-decimals + 1e-6) * part


def recorded(plan: Plan, each: Recommendation) -> Iterator[float]:
    """The values of a recommendation's record, and of those that are decided with it."""
    card = [r for r in plan.recommendations if r.card == each.card]
    yield from (line.value for line in each.rationale.evidence)
    for change in (c for r in card for c in changes(r.change)):
        moved = change.after - change.before
        yield from (change.before, change.after, moved)
        if change.unit == "ms":
            yield SPEED_OF_SOUND_CM * moved
    for found in (p for r in card for p in r.predicted):
        yield from (found.before, found.after, found.after - found.before)


def changes(change: Change) -> Iterator[Change]:
    yield change
    for other in change.also:
        yield from changes(other)

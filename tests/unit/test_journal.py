"""The durable record: intents before results, torn lines skipped, several processes."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from dawassist.apply import prepare
from dawassist.errors import InputError, KnownError
from dawassist.journal import Journal, data_folder, default_journal
from dawassist.review import Decisions
from dawassist.session.model import EnvelopePoint
from dawassist.session.targets import EnvelopeTarget, FxTarget, ItemTarget, SendTarget, TrackTarget
from dawassist.transaction import (
    EditResult,
    Receipt,
    SetEnvelopePoints,
    SetValue,
    SwitchEnvelope,
    Transaction,
    receipt_from_json,
    transaction_from_json,
    transaction_to_json,
)
from tests.plans import FINGERPRINT, guid, make_fader, make_plan

PROJECT = FINGERPRINT.project_path


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "new folder" / "journal.jsonl")


def transaction() -> Transaction:
    plan = make_plan([make_fader(1, "Kick", -6.0, -3.0)])
    return prepare(plan, Decisions().accept(r.id for r in plan.recommendations))


def receipt(of: Transaction, outcome: str = "applied") -> Receipt:
    results = tuple(EditResult(label=edit.label, status="applied", value_raw=0.7) for edit in of.edits)
    return Receipt(transaction_id=of.id, outcome=outcome, results=results, sentence="Done.")  # type: ignore[arg-type]


def test_an_empty_journal_has_no_entries(journal: Journal) -> None:
    assert journal.entries() == ()
    assert journal.last_applied(PROJECT) is None


def test_an_intent_comes_back_with_its_result(journal: Journal) -> None:
    sent = transaction()
    journal.record_intent(sent)
    assert [entry.transaction for entry in journal.unresolved(PROJECT)] == [sent]
    journal.record_result(receipt(sent))
    assert journal.unresolved(PROJECT) == ()
    (entry,) = journal.entries()
    assert (entry.transaction, entry.receipt) == (sent, receipt(sent))
    assert journal.last_applied(PROJECT) == entry


def test_another_project_does_not_see_it(journal: Journal) -> None:
    journal.record_intent(transaction())
    assert journal.unresolved("/songs/other.rpp") == ()


def test_an_undone_transaction_is_no_longer_the_last_applied(journal: Journal) -> None:
    first, second = transaction(), transaction()
    for sent in (first, second):
        journal.record_intent(sent)
        journal.record_result(receipt(sent))
    inverse = second.inverse()
    journal.record_intent(inverse)
    journal.record_result(receipt(inverse, "undone"))
    last = journal.last_applied(PROJECT)
    assert last is not None
    assert last.transaction == first


@pytest.mark.parametrize("torn_at", [1, 10, 100])
def test_a_line_torn_by_a_crash_loses_only_itself(journal: Journal, torn_at: int) -> None:
    first, second = transaction(), transaction()
    journal.record_intent(first)
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole + whole[:torn_at])
    journal.record_intent(second)
    assert [entry.transaction for entry in journal.entries()] == [first, second]


def test_lines_of_a_newer_version_are_skipped(journal: Journal) -> None:
    journal.record_intent(transaction())
    with journal.path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"fact": "intent", "time": 1, "transaction": {"edits": [{"edit": "dream"}]}}) + "\n")
        file.write('[1]\n"x"\n' + "[" * 5000 + "\n")
    assert len(journal.entries()) == 1


def test_a_journal_that_cannot_be_written_stops_everything(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KnownError, match="nothing was sent"):
        Journal(tmp_path / "file" / "journal.jsonl").record_intent(transaction())


def test_every_kind_of_edit_survives_the_disk() -> None:
    def edit(target: TrackTarget | FxTarget | SendTarget | ItemTarget) -> SetValue:
        return SetValue(target=target, expected_raw=0.5, desired_raw=0.25, tolerance=1e-6, label="x")

    points = SetEnvelopePoints(
        target=EnvelopeTarget(track_guid=guid(1), envelope="volume"),
        start_seconds=1.0,
        end_seconds=2.0,
        expected_points=(EnvelopePoint(time_seconds=1.0, value=-6.0),),
        desired_points=(EnvelopePoint(time_seconds=1.5, value=-3.0, shape=2),),
        label="Ride",
    )
    edits = (
        edit(TrackTarget(track_guid=guid(1), field="pan")),
        edit(FxTarget(track_guid=guid(1), fx_guid=guid(9), fx_ident="reaeq", param_ident="0:_Freq")),
        edit(SendTarget(track_guid=guid(1), destination_guid=guid(2), occurrence=1, field="level_gain")),
        edit(ItemTarget(track_guid=guid(1), item_guid=guid(3))),
        points,
        SwitchEnvelope(target=points.target, on=True, label="New envelope"),
    )
    sent = replace(transaction(), edits=edits)
    assert transaction_from_json(json.loads(json.dumps(transaction_to_json(sent)))) == sent
    assert sent.inverse().inverse().edits == edits


def test_a_journal_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="cannot be read"):
        Journal(tmp_path).entries()


def test_the_journal_lies_in_the_users_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAWASSIST_DATA_DIR", str(tmp_path))
    assert default_journal().path == tmp_path / "journal.jsonl"
    monkeypatch.delenv("DAWASSIST_DATA_DIR")
    assert data_folder().name == "dawassist"


@pytest.mark.parametrize(
    "damage",
    [
        {"edits": 7}, {"fingerprint": None}, {"edits": [{}]}, {"edits": [{"edit": "dream"}]},
        {"edits": [{"edit": "set_value", "target": {"kind": "x"}}]},
        {"edits": [{"edit": "set_value", "target": {"kind": "track", "color": 1}}]}, {"surprise": 1},
    ],
)  # fmt: skip
def test_a_malformed_transaction_is_refused_with_a_reason(damage: dict[str, object]) -> None:
    with pytest.raises(InputError):
        transaction_from_json({**transaction_to_json(transaction()), **damage})


def test_a_malformed_receipt_is_refused() -> None:
    with pytest.raises(InputError):
        receipt_from_json({"results": [{"surprise": 1}]})

"""Apply, undo and recovery: all or nothing, and the receipt says what the session really holds."""

from dataclasses import replace
from pathlib import Path

import pytest

from dawassist import apply as applying
from dawassist.assistant import Assistant
from dawassist.errors import InputError, KnownError
from dawassist.journal import Journal
from dawassist.review import Decisions
from dawassist.session.model import Envelope, EnvelopePoint
from dawassist.session.targets import EnvelopeTarget, SendTarget, TrackTarget
from dawassist.session.values import raw_value
from dawassist.transaction import CreateTrack, EditResult, Receipt, SetEnvelopePoints, Transaction
from dawassist.units import db_to_gain
from tests.memory_daw import MemoryDaw, lose_the_answer
from tests.plans import FINGERPRINT, guid, make_fader, make_pan, make_plan
from tests.sessions import make_session, make_track

KICK_FADER = TrackTarget(track_guid=guid(1), field="fader_gain")
BASS_PAN = TrackTarget(track_guid=guid(2), field="pan")
PLAN = make_plan([make_fader(1, "Kick", -6.0, -3.0), make_pan(2, "Bass", 1.0, 0.0)])
EVERYTHING = Decisions().accept(r.id for r in PLAN.recommendations)


@pytest.fixture
def daw() -> MemoryDaw:
    tracks = [
        make_track(guid=guid(1), number=1, name="Kick", fader_db=-6.0),
        make_track(guid=guid(2), number=2, name="Bass", pan=1.0),
    ]
    return MemoryDaw(make_session(tracks=tracks).with_fingerprint(FINGERPRINT))


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


@pytest.fixture
def transaction() -> Transaction:
    return applying.prepare(PLAN, EVERYTHING)


def values(daw: MemoryDaw) -> list[float]:
    found = [raw_value(daw.session, target) for target in (KICK_FADER, BASS_PAN)]
    return [value for value in found if value is not None]


BEFORE = pytest.approx([db_to_gain(-6.0), 1.0])
AFTER = pytest.approx([db_to_gain(-3.0), 0.0])


def test_accepted_moves_land_and_are_journaled(daw: MemoryDaw, journal: Journal, transaction: Transaction) -> None:
    receipt = applying.apply(daw, journal, transaction)
    assert receipt.outcome == "applied"
    assert values(daw) == AFTER
    assert daw.undo_labels == ["dawassist: apply 2 changes to 2 tracks"]
    (entry,) = journal.entries()
    assert (entry.transaction, entry.receipt) == (transaction, receipt)


def test_nothing_accepted_is_one_sentence() -> None:
    with pytest.raises(InputError, match="nothing to apply"):
        applying.prepare(PLAN, Decisions())


def test_the_intent_is_on_disk_before_the_session_is_touched(
    daw: MemoryDaw, journal: Journal, transaction: Transaction
) -> None:
    seen = []
    daw.before_apply = lambda _: seen.append(journal.unresolved(FINGERPRINT.project_path)[0].transaction)
    applying.apply(daw, journal, transaction)
    assert seen == [transaction]


def test_a_fader_moved_meanwhile_stops_everything(daw: MemoryDaw, journal: Journal, transaction: Transaction) -> None:
    daw.before_apply = lambda moved: moved.set(KICK_FADER, 0.9)
    receipt = applying.apply(daw, journal, transaction)
    assert receipt.outcome == "conflict"
    assert [result.status for result in receipt.results] == ["conflicted", "unchanged"]
    assert values(daw) == pytest.approx([0.9, 1.0])


def test_a_refusal_is_recorded_so_that_recovery_has_nothing_to_ask(
    daw: MemoryDaw, journal: Journal, transaction: Transaction
) -> None:
    def refuse(_daw: MemoryDaw) -> None:
        raise KnownError("REAPER is recording.", next_step="Stop recording first.")

    daw.before_apply = refuse
    with pytest.raises(KnownError, match="recording"):
        applying.apply(daw, journal, transaction)
    assert journal.unresolved(FINGERPRINT.project_path) == ()
    assert values(daw) == BEFORE


@pytest.mark.parametrize("remembers", [True, False])
def test_a_lost_answer_is_resolved_by_asking_or_by_looking(
    daw: MemoryDaw, journal: Journal, transaction: Transaction, remembers: bool
) -> None:
    daw.after_apply, daw.remembers = lose_the_answer, remembers
    receipt = applying.apply(daw, journal, transaction)
    assert receipt.outcome == "applied"
    assert values(daw) == AFTER


def test_a_request_that_never_arrived_is_resolved_as_not_applied(
    daw: MemoryDaw, journal: Journal, transaction: Transaction
) -> None:
    daw.before_apply = lose_the_answer
    receipt = applying.apply(daw, journal, transaction)
    assert receipt.outcome == "failed"
    assert "nothing was applied" in receipt.sentence
    assert values(daw) == BEFORE


def test_a_value_that_changes_right_after_writing_is_reported(
    daw: MemoryDaw, journal: Journal, transaction: Transaction
) -> None:
    daw.after_apply = lambda moved: moved.set(BASS_PAN, 0.5)
    receipt = applying.apply(daw, journal, transaction)
    assert receipt.outcome == "partial"
    assert [result.status for result in receipt.results] == ["applied", "failed"]
    assert receipt.results[1].value_raw == 0.5


def test_undo_brings_the_session_back(daw: MemoryDaw, journal: Journal, transaction: Transaction) -> None:
    applying.apply(daw, journal, transaction)
    entry = journal.last_applied(FINGERPRINT.project_path)
    assert entry is not None
    receipt = applying.undo(daw, journal, entry)
    assert receipt.outcome == "undone"
    assert values(daw) == BEFORE
    assert daw.undo_labels[-1] == "dawassist: undo apply 2 changes to 2 tracks"
    assert journal.last_applied(FINGERPRINT.project_path) is None


def test_the_state_before_dawassist_comes_back_whole(daw: MemoryDaw, journal: Journal) -> None:
    first, second = PLAN.recommendations
    with Assistant(daw, journal, place="test") as assistant:
        for each in (first, second):
            assistant.apply(PLAN, Decisions().accept([each.id]))
        assert values(daw) == AFTER
        receipts = assistant.to_before()
        assert [receipt.outcome for receipt in receipts] == ["undone", "undone"]
        assert values(daw) == BEFORE
        with pytest.raises(InputError, match="as it was before dawassist"):
            assistant.to_before()


def test_what_was_set_by_hand_since_stays_and_is_told(daw: MemoryDaw, journal: Journal) -> None:
    first, second = PLAN.recommendations
    with Assistant(daw, journal, place="test") as assistant:
        for each in (first, second):
            assistant.apply(PLAN, Decisions().accept([each.id]))
        daw.set(BASS_PAN, 0.5)
        newest, oldest = assistant.to_before()
    assert not newest.is_clean
    assert oldest.outcome == "undone"
    assert values(daw) == pytest.approx([db_to_gain(-6.0), 0.5])


def test_undo_never_overwrites_a_hand_edit(daw: MemoryDaw, journal: Journal, transaction: Transaction) -> None:
    applying.apply(daw, journal, transaction)
    daw.set(BASS_PAN, -0.3)
    receipt = applying.undo(daw, journal, journal.entries()[0])
    assert receipt.outcome == "conflict"
    assert values(daw)[1] == -0.3


@pytest.mark.parametrize(
    ("written", "outcome", "words"),
    [((), "failed", "nothing was applied"), ((0,), "partial", "1 of 2 changes"), ((0, 1), "applied", "every change")],
)
def test_recovery_says_what_a_crash_left(
    daw: MemoryDaw, journal: Journal, transaction: Transaction, written: tuple[int, ...], outcome: str, words: str
) -> None:
    journal.record_intent(transaction)
    for index in written:
        edit = transaction.edits[index]
        daw.set(edit.target, edit.desired_raw)  # type: ignore[union-attr,arg-type]
    (sentence,) = applying.recover(daw, journal)
    assert words in sentence
    receipt = journal.entries()[0].receipt
    assert receipt is not None
    assert receipt.outcome == outcome
    assert applying.recover(daw, journal) == ()


def test_preflight_counts_and_names_what_moved(daw: MemoryDaw) -> None:
    assert applying.preflight(daw.session, PLAN, EVERYTHING).sentence == "2 changes · 2 tracks · 0 conflicts"
    daw.set(KICK_FADER, db_to_gain(-1.0))
    found = applying.preflight(daw.session, PLAN, EVERYTHING)
    assert found.conflicts == ("Kick · Fader: it moved since the snapshot and is now -1.00 dB.",)


def test_preflight_of_nothing_is_empty(daw: MemoryDaw) -> None:
    assert applying.preflight(daw.session, PLAN, Decisions()).changes == 0


def ride(desired_db: float) -> SetEnvelopePoints:
    return SetEnvelopePoints(
        target=EnvelopeTarget(track_guid=guid(1), envelope="volume"),
        start_seconds=0.0,
        end_seconds=2.0,
        expected_points=(),
        desired_points=(EnvelopePoint(time_seconds=1.0, value=desired_db),),
        label="Kick · ride",
    )


@pytest.mark.parametrize(("written_db", "outcome"), [(-3.0, "applied"), (-6.0, "failed"), (None, "failed")])
def test_recovery_judges_envelope_points_by_what_is_there(
    daw: MemoryDaw, journal: Journal, transaction: Transaction, written_db: float | None, outcome: str
) -> None:
    if written_db is not None:
        point = EnvelopePoint(time_seconds=1.0, value=written_db)
        envelope = Envelope(kind="volume", guid="", active=True, points=(point,), point_count=1)
        kick, bass = daw.session.tracks
        daw.session = replace(daw.session, tracks=(replace(kick, envelopes=(envelope,)), bass))
    journal.record_intent(replace(transaction, edits=(ride(-3.0),)))
    applying.recover(daw, journal)
    receipt = journal.entries()[0].receipt
    assert receipt is not None
    assert receipt.outcome == outcome


def test_recovery_never_claims_an_edit_that_it_cannot_read(
    daw: MemoryDaw, journal: Journal, transaction: Transaction
) -> None:
    daw.set(BASS_PAN, 0.7)
    journal.record_intent(
        replace(
            transaction, edits=(CreateTrack(name="Plate", creates="new:plate", label="New track"), *transaction.edits)
        )
    )
    (sentence,) = applying.recover(daw, journal)
    assert "nothing was applied" in sentence
    receipt = journal.entries()[0].receipt
    assert receipt is not None
    assert [result.reason for result in receipt.results] == [
        "The session does not show it.", "It still has the old value.", "It has a value of its own.",
    ]  # fmt: skip


def test_a_refused_undo_is_recorded_and_the_transaction_can_be_undone_later(
    daw: MemoryDaw, journal: Journal, transaction: Transaction
) -> None:
    applying.apply(daw, journal, transaction)

    def refuse(_daw: MemoryDaw) -> None:
        raise KnownError("REAPER is recording.")

    daw.before_apply = refuse
    with pytest.raises(KnownError, match="recording"):
        applying.undo(daw, journal, journal.entries()[0])
    daw.before_apply = lambda _daw: None
    entry = journal.last_applied(FINGERPRINT.project_path)
    assert entry is not None
    assert applying.undo(daw, journal, entry).outcome == "undone"


def test_a_lost_answer_to_an_undo_is_resolved_by_looking(
    daw: MemoryDaw, journal: Journal, transaction: Transaction
) -> None:
    applying.apply(daw, journal, transaction)
    daw.after_apply = lose_the_answer
    receipt = applying.undo(daw, journal, journal.entries()[0])
    assert receipt.is_clean
    assert values(daw) == BEFORE


def test_undo_expects_what_the_session_really_took(daw: MemoryDaw, journal: Journal, transaction: Transaction) -> None:
    """A control that snapped our value is put back from where it snapped to."""
    journal.record_intent(transaction)
    snapped = 0.71
    daw.set(KICK_FADER, snapped)
    daw.set(BASS_PAN, 0.0)
    results = (
        EditResult(label="Kick · Fader", status="applied", value_raw=snapped),
        EditResult(label="Bass · Pan", status="applied", value_raw=0.0),
    )
    journal.record_result(Receipt(transaction_id=transaction.id, outcome="applied", results=results, sentence="Done."))
    assert applying.undo(daw, journal, journal.entries()[0]).outcome == "undone"
    assert values(daw) == BEFORE


def test_an_unresolved_transaction_can_still_be_undone(
    daw: MemoryDaw, journal: Journal, transaction: Transaction
) -> None:
    journal.record_intent(transaction)
    for edit in transaction.edits:
        daw.set(edit.target, edit.desired_raw)  # type: ignore[union-attr,arg-type]
    assert applying.undo(daw, journal, journal.entries()[0]).outcome == "undone"


def test_preflight_names_tracks_and_controls_that_are_gone(daw: MemoryDaw) -> None:
    kick, _ = daw.session.tracks
    without_bass = replace(daw.session, tracks=(kick,))
    assert applying.preflight(without_bass, PLAN, EVERYTHING).conflicts == ("Bass · Pan: the track is gone.",)
    move = replace(PLAN.recommendations[0], change=replace(
        PLAN.recommendations[0].change,
        target=SendTarget(track_guid=guid(1), destination_guid=guid(9), occurrence=0, field="level_gain"),
    ))  # fmt: skip
    found = applying.preflight(daw.session, replace(PLAN, recommendations=(move,)), Decisions().accept([move.id]))
    assert found.conflicts == ("Kick · Fader: the track is gone.",)

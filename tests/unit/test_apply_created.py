"""Creations from Apply to undo and recovery: receipts with GUIDs, the journal, what a crash left."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dawassist import apply as applying
from dawassist.journal import Journal
from dawassist.session.edit_state import difference, holds
from dawassist.session.edits import Edit, RemoveCreated, SetValue, is_new, with_guids
from dawassist.session.model import Session
from dawassist.session.targets import TrackTarget
from dawassist.transaction import (
    EditResult,
    Receipt,
    Transaction,
    new_transaction_id,
    transaction_from_json,
    transaction_to_json,
)
from tests import creations
from tests.memory_daw import MemoryDaw, lose_the_answer, object_of, with_edit
from tests.sessions import make_guid, make_send, make_session, make_track
from tests.tools import make_comp, make_eq

KICK, BUS = make_guid(1), make_guid(2)
FADER = TrackTarget(track_guid=KICK, field="fader_gain")


@pytest.fixture
def daw() -> MemoryDaw:
    kick = make_track(number=1, name="Kick", fx=[make_eq()], sends=[make_send(BUS)])
    return MemoryDaw(make_session([kick, make_track(number=2, name="Bus")]))


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


def fader(desired: float = 0.5) -> SetValue:
    return SetValue(target=FADER, expected_raw=1.0, desired_raw=desired, tolerance=1e-6, label="Kick · Fader")


EVERYTHING: list[Edit] = [
    *creations.equalizer(KICK, after="{EQ}"), *creations.compressor(KICK, after=creations.EQ),
    *creations.plate(KICK), fader(), creations.config(KICK, "{EQ}", "BANDTYPE1", "8", "1"),
]  # fmt: skip


def transaction(session: Session, edits: list[Edit]) -> Transaction:
    marked = tuple(replace(edit, recommendation_id=f"r{place}") for place, edit in enumerate(edits))
    return Transaction(
        id=new_transaction_id(), fingerprint=session.fingerprint, label="dawassist: apply", edits=marked,
        not_after=time.time() + 30,
    )  # fmt: skip


def test_the_receipt_tells_what_was_created_and_for_which_change(daw: MemoryDaw, journal: Journal) -> None:
    receipt = applying.apply(daw, journal, transaction(daw.session, EVERYTHING))
    assert receipt.outcome == "applied"
    created = [r.created_guid for r in receipt.results if r.created_guid]
    assert len(created) == 4
    assert not any(map(is_new, created))
    assert receipt.by_recommendation()["r0"].created_guid == created[0]


def test_everything_is_undone_from_the_journal(daw: MemoryDaw, journal: Journal) -> None:
    before = daw.session
    applying.apply(daw, journal, transaction(before, EVERYTHING))
    assert daw.session != before
    (entry,) = Journal(journal.path).entries()
    assert applying.undo(daw, journal, entry).outcome == "undone"
    assert daw.session == before


def test_what_was_changed_since_is_not_deleted(daw: MemoryDaw, journal: Journal) -> None:
    receipt = applying.apply(daw, journal, transaction(daw.session, creations.plate()))
    guid = receipt.results[0].created_guid
    daw.set(TrackTarget(track_guid=guid, field="fader_gain"), 0.5)
    assert applying.undo(daw, journal, journal.entries()[0]).outcome == "conflict"
    assert daw.session.track(guid) is not None


@pytest.mark.parametrize("written", range(len(EVERYTHING) + 1))
def test_recovery_finds_what_a_crash_left_and_undo_takes_it_back(
    daw: MemoryDaw, journal: Journal, written: int
) -> None:
    """The first `written` edits are in the session; nobody told which GUIDs they got."""
    before = daw.session
    sent = transaction(before, EVERYTHING)
    journal.record_intent(sent)
    guids = {creations.EQ: "{N1}", creations.COMP: "{N2}", creations.TRACK: "{N3}", creations.VERB: "{N4}"}
    made = replace(sent, edits=tuple(with_guids(edit, guids) for edit in sent.edits))
    for edit in made.edits[:written]:
        daw.session = with_edit(daw.session, edit)
    daw.owned = {guid: (sent.id, object_of(daw.session, guid)) for guid in guids.values()}
    (sentence,) = applying.recover(daw, journal)
    receipt = journal.entries()[0].receipt
    assert receipt is not None
    count = len(EVERYTHING)
    assert receipt.outcome == ("failed" if written == 0 else "applied" if written == count else "partial"), sentence
    assert [r.status for r in receipt.results] == ["applied"] * written + ["failed"] * (count - written)
    if written == count:
        assert applying.undo(daw, journal, journal.entries()[0]).outcome == "undone"
        assert daw.session == before


def _with(guids: dict[str, str]) -> Any:

    return lambda edit: with_guids(edit, guids)


def _object(session: Session, guid: str) -> object:
    from tests.memory_daw import object_of

    return object_of(session, guid)


def test_a_lost_answer_is_resolved_by_looking_for_what_was_made(daw: MemoryDaw, journal: Journal) -> None:
    daw.remembers, daw.after_apply = False, lose_the_answer
    receipt = applying.apply(daw, journal, transaction(daw.session, EVERYTHING))
    assert receipt.outcome == "applied"
    assert sum(bool(result.created_guid) for result in receipt.results) == 4


@pytest.mark.parametrize("gone", ["fx", "track", "send", "config"])
def test_what_vanished_right_after_apply_is_not_claimed(daw: MemoryDaw, journal: Journal, gone: str) -> None:
    def meddle(found: MemoryDaw) -> None:
        kick, bus, *rest = found.session.tracks
        eq = replace(kick.fx[0], config=())
        fields: dict[str, Any] = {
            "fx": {"fx": kick.fx[:1]}, "send": {"sends": kick.sends[:1]}, "config": {"fx": (eq, *kick.fx[1:])},
        }.get(gone, {})  # fmt: skip
        tracks = (replace(kick, **fields), bus, *([] if gone == "track" else rest))
        found.session = replace(found.session, tracks=tracks)

    daw.after_apply = meddle
    receipt = applying.apply(daw, journal, transaction(daw.session, EVERYTHING))
    assert receipt.outcome == "partial"
    assert "differs" in receipt.sentence


@pytest.mark.parametrize(
    ("edits", "reason"),
    [
        (creations.equalizer("{X}"), "the track is gone."),
        (creations.equalizer(KICK, after="{X}"), "the plug-in is gone."),
        (creations.sending(KICK, "{X}"), "the track is gone."),
        (creations.sending(KICK, BUS), "a send to that track was made meanwhile."),
        ([creations.config(KICK, "{EQ}", "BANDTYPE1", "4", "8")], "it moved since the snapshot and is now 8."),
        ([creations.config(KICK, "{EQ}", "SPEED", "4", "8")], "it moved since the snapshot and is now unknown."),
        ([creations.parameter(KICK, "{EQ}", "99:_No", 0.5)], "it is no longer there, or its value is not known."),
        ([creations.config(KICK, "{EQ}", "BANDTYPE1", "8", "1"), creations.parameter(KICK, "{EQ}", "No", 0.5)], ""),
        ([creations.config(KICK, "{EQ}", "BANDTYPE1", "8", "1"),
          creations.parameter(KICK, "{EQ}", "4:_Gain_High_Shelf_2", 0.3, expected=0.25)], ""),
        (EVERYTHING, ""),
    ],
)  # fmt: skip
def test_why_an_edit_cannot_be_made(daw: MemoryDaw, edits: list[Edit], reason: str) -> None:
    assert difference(daw.session, edits[0], edits) == reason
    if len(edits) == 2 and isinstance(edits[1], SetValue) and not isinstance(edits[0], RemoveCreated) and not reason:
        expected = "" if ":" in edits[1].target.param_ident else "no longer"  # type: ignore[union-attr]
        assert expected in difference(daw.session, edits[1], edits)


def test_a_folder_that_is_open_at_the_end_takes_no_new_track(daw: MemoryDaw) -> None:
    kick, bus = daw.session.tracks
    session = replace(daw.session, tracks=(replace(kick, folder_depth=1), bus))
    edits = creations.plate()
    assert "not closed" in difference(session, edits[0], edits)


def test_a_change_of_several_edits_counts_once() -> None:
    sent = transaction(make_session([]), creations.equalizer(KICK))
    assert sent.change_count == 5
    assert replace(sent, edits=tuple(replace(e, recommendation_id="r") for e in sent.edits)).change_count == 1
    assert replace(sent, edits=tuple(replace(e, recommendation_id="") for e in sent.edits)).change_count == 5


def test_edits_survive_json_whatever_they_are() -> None:
    session = make_session([])
    sent = transaction(session, EVERYTHING)
    removing = RemoveCreated(kind="send", track_guid=KICK, guid=BUS, transaction_id="t0", label="x", occurrence=1)
    whole = replace(sent, edits=(*sent.edits, removing))
    assert transaction_from_json(transaction_to_json(whole)) == whole


def test_the_inverse_removes_what_was_made_and_nothing_within_it(daw: MemoryDaw) -> None:
    sent = transaction(daw.session, EVERYTHING)
    assert not [e for e in sent.inverse().edits if isinstance(e, RemoveCreated)]  # nobody told the GUIDs yet
    receipt = daw.apply(sent)
    inverse = sent.with_created(receipt.results).inverse()
    kinds = [e.kind if isinstance(e, RemoveCreated) else type(e).__name__ for e in inverse.edits]
    assert kinds == ["SetFxConfig", "SetValue", "send", "track", "fx", "fx"]
    again = inverse.inverse()
    assert [type(e).__name__ for e in again.edits] == ["SetValue", "SetFxConfig"]


def test_what_is_likely_created_is_judged_by_place_and_name(daw: MemoryDaw, journal: Journal) -> None:
    """Another plug-in at the place, or another last track, is not taken for ours."""
    kick, bus = daw.session.tracks
    daw.session = replace(daw.session, tracks=(replace(kick, fx=(*kick.fx, make_comp())), bus))
    journal.record_intent(transaction(daw.session, [*creations.equalizer(KICK, after="{EQ}"), *creations.plate()]))
    applying.recover(daw, journal)
    receipt = journal.entries()[0].receipt
    assert receipt is not None
    assert receipt.outcome == "failed"


def test_a_recommendation_is_judged_by_the_first_of_its_edits_that_went_wrong() -> None:
    rows = [("r", "applied", "a"), ("r", "failed", "b"), ("r", "rolled_back", "c"), ("", "applied", "d")]
    results = tuple(
        EditResult(label=label, status=status, value_raw=None, recommendation_id=identity)  # type: ignore[arg-type]
        for identity, status, label in rows
    )
    receipt = Receipt(transaction_id="t", outcome="rolled_back", results=results, sentence="")
    assert {key: result.label for key, result in receipt.by_recommendation().items()} == {"r": "b"}


def test_a_send_that_was_taken_away_is_seen_to_be_gone(daw: MemoryDaw) -> None:
    removal = RemoveCreated(kind="send", track_guid=KICK, guid=BUS, transaction_id="t0", label="x")
    assert not holds(daw.session, removal)
    assert holds(daw.session, replace(removal, guid="{OTHER}"))
    assert holds(daw.session, replace(removal, track_guid="{GONE}"))

"""Volume envelopes that a transaction makes: on every adapter flat but for its points, with the fader where it was."""

from dataclasses import replace

import pytest

from dawassist.session.edits import SwitchEnvelope
from dawassist.session.model import Envelope, EnvelopePoint, Session
from dawassist.session.targets import EnvelopeTarget, TrackTarget
from dawassist.transaction import SetEnvelopePoints, Transaction
from tests.contract.conftest import Adapter
from tests.contract.test_daw import BASS, LEAD, SNARE, plain, setting, transaction

TWO_KINDS = pytest.mark.parametrize("adapter", ["file", "agent"], indirect=True)
LIVE = pytest.mark.parametrize("adapter", ["agent"], indirect=True)
TARGET = EnvelopeTarget(track_guid=SNARE, envelope="volume")
SWITCH = SwitchEnvelope(target=TARGET, on=True, label="Snare · new volume envelope")
RIDE = SetEnvelopePoints(
    target=TARGET, start_seconds=1.0, end_seconds=3.0, expected_points=(),
    desired_points=tuple(
        EnvelopePoint(time_seconds=t, value=v) for t, v in ((1.0, 0.0), (1.5, 2.5), (2.5, 2.5), (3.0, 0.0))
    ),
    label="Snare · ride",
)  # fmt: skip


def envelope(session: Session, guid: str = SNARE) -> Envelope | None:
    track = session.track(guid)
    assert track is not None
    return next((e for e in track.envelopes if e.kind == "volume"), None)


def ridden(adapter: Adapter) -> Transaction:
    sent = transaction(adapter.session(), SWITCH, RIDE)
    receipt = adapter.daw.apply(sent)
    assert receipt.outcome == "applied", receipt
    assert {result.status for result in receipt.results} == {"applied"}
    return sent


def without(session: Session, guid: str) -> Session:
    """The session without a volume envelope of that track that is off and flat: nobody hears it."""
    found = envelope(session, guid)
    assert found is not None
    assert not found.active
    assert [round(p.value, 4) for p in found.points] == [0.0]
    tracks = tuple(
        replace(t, envelopes=tuple(e for e in t.envelopes if e != found)) if t.guid == guid else t
        for t in session.tracks
    )
    return replace(session, tracks=tracks)


def test_a_new_envelope_is_flat_but_for_its_ride_and_the_fader_stays(adapter: Adapter) -> None:
    before = adapter.session()
    ridden(adapter)
    after = adapter.session()
    made = envelope(after)
    assert made is not None
    assert made.active
    points = [(p.time_seconds, round(p.value, 3)) for p in made.points]
    assert points == [(0.0, 0.0), (1.0, 0.0), (1.5, 2.5), (2.5, 2.5), (3.0, 0.0)]
    without_it = [replace(t, envelopes=tuple(e for e in t.envelopes if e != made)) for t in after.tracks]
    assert without_it == list(before.tracks)


def test_it_is_taken_back_whole_or_left_off_and_flat(adapter: Adapter) -> None:
    before = adapter.session()
    sent = ridden(adapter)
    undone = adapter.daw.undo(sent)
    assert undone.outcome == "undone", undone
    after = adapter.session()
    assert plain(after if adapter.kind == "file" else without(after, SNARE)) == plain(before)


@LIVE
def test_one_that_was_left_off_is_used_again(adapter: Adapter) -> None:
    assert adapter.daw.undo(ridden(adapter)).outcome == "undone"
    ridden(adapter)
    made = envelope(adapter.session())
    assert made is not None
    assert made.active
    assert len(made.points) == 5


@LIVE
def test_points_that_the_engineer_added_keep_the_envelope_on(adapter: Adapter) -> None:
    sent = ridden(adapter)
    added = replace(
        RIDE, start_seconds=5.0, end_seconds=6.0, desired_points=(EnvelopePoint(time_seconds=5.5, value=-4.0),)
    )
    assert adapter.daw.apply(transaction(adapter.session(), added)).outcome == "applied"
    assert adapter.daw.undo(sent).outcome == "partial"
    left = envelope(adapter.session())
    assert left is not None
    assert left.active
    assert [round(p.value, 3) for p in left.points] == [0.0, -4.0]


@LIVE
def test_a_second_ride_finds_the_envelope_of_the_first(adapter: Adapter) -> None:
    ridden(adapter)
    later = replace(
        RIDE, start_seconds=5.0, end_seconds=6.0, desired_points=(EnvelopePoint(time_seconds=5.5, value=1.0),)
    )
    receipt = adapter.daw.apply(transaction(adapter.session(), SWITCH, later))
    assert receipt.outcome == "applied", receipt
    assert [result.status for result in receipt.results] == ["unchanged", "applied"]
    drawn_over = replace(RIDE, desired_points=(EnvelopePoint(time_seconds=2.0, value=-9.0),))
    refused = adapter.daw.apply(transaction(adapter.session(), SWITCH, drawn_over))
    assert refused.outcome == "conflict", refused


@TWO_KINDS
def test_a_conflict_beside_it_leaves_no_envelope(adapter: Adapter) -> None:
    session = adapter.session()
    moved = setting(session, TrackTarget(track_guid=LEAD, field="fader_gain"), 0.5, expected=0.123)
    receipt = adapter.daw.apply(transaction(session, SWITCH, RIDE, moved))
    assert receipt.outcome == "conflict", receipt
    assert plain(adapter.session()) == plain(session)


@TWO_KINDS
def test_an_envelope_that_is_on_stays_as_it_is(adapter: Adapter) -> None:
    session = adapter.session()
    switch = replace(SWITCH, target=EnvelopeTarget(track_guid=BASS, envelope="volume"))
    receipt = adapter.daw.apply(transaction(session, switch))
    assert [result.status for result in receipt.results] == ["unchanged"]
    assert envelope(adapter.session(), BASS) == envelope(session, BASS)

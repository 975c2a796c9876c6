"""What every adapter of a session must promise (see `dawassist.daw`)."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from dawassist.errors import KnownError
from dawassist.projectfile import ProjectFile
from dawassist.session.model import MASTER_GUID, EnvelopePoint, Fingerprint, Session
from dawassist.session.targets import EnvelopeTarget, FxTarget, ItemTarget, SendTarget, Target, TrackTarget
from dawassist.session.values import raw_value
from dawassist.transaction import SetEnvelopePoints, SetValue, Transaction, new_transaction_id
from dawassist.units import SILENCE_DB
from tests.contract.conftest import HANDMADE, Adapter

NO_FINGERPRINT = Fingerprint(project_path="", instance="", change_count=0)
KICK, SNARE, BASS, LEAD, REVERB = (f"{{C000000{n}-0000-4000-8000-00000000000{n}}}" for n in (2, 3, 4, 5, 7))
KICK_FADER = TrackTarget(track_guid=KICK, field="fader_gain")
SNARE_PAN = TrackTarget(track_guid=SNARE, field="pan")
EVERY_TARGET: list[tuple[Target, float]] = [
    (KICK_FADER, 0.5),
    (SNARE_PAN, 0.25),
    (TrackTarget(track_guid=KICK, field="polarity"), 1.0),
    (TrackTarget(track_guid=KICK, field="mute"), 1.0),
    (TrackTarget(track_guid=KICK, field="play_offset_seconds"), 0.001),
    (SendTarget(track_guid=SNARE, destination_guid=REVERB, occurrence=0, field="level_gain"), 0.3),
    (ItemTarget(track_guid=KICK, item_guid="{A0000001-0000-4000-8000-000000000001}"), 0.4),
    (
        FxTarget(
            track_guid=KICK,
            fx_guid="{F0000002-0000-4000-8000-000000000002}",
            fx_ident="",
            param_ident="1:_Ratio",
        ),
        0.1,
    ),
]


def plain(session: Session) -> Session:
    return replace(session, fingerprint=NO_FINGERPRINT)


def setting(session: Session, target: Target, desired: float, expected: float | None = None) -> SetValue:
    found = raw_value(session, target)
    assert found is not None, target
    ident = _fx_ident(session, target) if isinstance(target, FxTarget) else ""
    return SetValue(
        target=replace(target, fx_ident=ident) if isinstance(target, FxTarget) else target,
        expected_raw=found if expected is None else expected,
        desired_raw=desired,
        tolerance=1e-5,
        label=f"test {target}",
    )


def transaction(session: Session, *edits: object, seconds: float = 30.0) -> Transaction:
    return Transaction(
        id=new_transaction_id(),
        fingerprint=session.fingerprint,
        label="dawassist: apply 2 changes to 2 tracks",
        edits=edits,  # type: ignore[arg-type]
        not_after=time.time() + seconds,
    )


def _fx_ident(session: Session, target: FxTarget) -> str:
    track = session.track(target.track_guid)
    assert track is not None
    return next(fx.ident for fx in track.fx if fx.guid == target.fx_guid)


def test_every_adapter_loads_the_same_project_to_an_equal_session(adapter: Adapter) -> None:
    assert plain(adapter.session()) == plain(ProjectFile(HANDMADE).snapshot())


def test_reading_changes_nothing(adapter: Adapter) -> None:
    before = adapter.daw.poll()
    first = adapter.session()
    assert adapter.session() == first
    assert adapter.daw.poll() == before


@pytest.mark.parametrize(("target", "desired"), EVERY_TARGET, ids=lambda value: type(value).__name__)
def test_a_written_value_is_read_back(adapter: Adapter, target: Target, desired: float) -> None:
    session = adapter.session()
    receipt = adapter.daw.apply(transaction(session, setting(session, target, desired)))
    assert receipt.outcome == "applied", receipt
    assert [result.status for result in receipt.results] == ["applied"]
    assert receipt.results[0].value_raw == pytest.approx(desired, abs=1e-5)
    assert raw_value(adapter.session(), target) == pytest.approx(desired, abs=1e-5)


@pytest.mark.parametrize("seconds", [0.0049, 0.0])
def test_an_offset_that_plays_is_replaced_or_switched_off_and_taken_back_as_it_was(
    adapter: Adapter, seconds: float
) -> None:
    """The snare has an offset of 2.5 ms; none at all is written as bypassed, which reads as 0."""
    before = adapter.session()
    offset = TrackTarget(track_guid=SNARE, field="play_offset_seconds")
    sent = transaction(before, setting(before, offset, seconds, expected=0.0025))
    assert adapter.daw.apply(sent).outcome == "applied"
    expected = [replace(t, delay_seconds=seconds) if t.guid == SNARE else t for t in before.tracks]
    assert list(adapter.session().tracks) == expected
    assert adapter.daw.undo(sent).outcome == "undone"
    assert plain(adapter.session()) == plain(before)


def test_a_polarity_that_is_turned_back_is_taken_back(adapter: Adapter) -> None:
    before = adapter.session()
    polarity = TrackTarget(track_guid=SNARE, field="polarity")
    sent = transaction(before, setting(before, polarity, 0.0, expected=1.0))
    assert adapter.daw.apply(sent).outcome == "applied"
    assert raw_value(adapter.session(), polarity) == 0.0
    assert adapter.daw.undo(sent).outcome == "undone"
    assert plain(adapter.session()) == plain(before)


def test_the_width_is_written_where_its_place_is_certain(adapter: Adapter) -> None:
    session = adapter.session()
    sent = transaction(session, setting(session, TrackTarget(track_guid=LEAD, field="width"), 0.5))
    if adapter.kind == "file":
        with pytest.raises(KnownError, match="not verified"):
            adapter.daw.apply(sent)
    else:
        assert adapter.daw.apply(sent).outcome == "applied"


def test_a_note_is_kept_with_the_project_and_changes_nothing_that_is_heard(adapter: Adapter) -> None:
    before = adapter.session()
    assert adapter.daw.notes_get("constraints") == ""
    adapter.daw.notes_set("constraints", '[{"kind": "lock", "tracks": ["Käse"]}]\n')
    assert adapter.daw.notes_get("constraints") == '[{"kind": "lock", "tracks": ["Käse"]}]\n'
    assert adapter.daw.notes_get("other") == ""
    assert plain(adapter.session()) == plain(before)
    adapter.daw.notes_set("constraints", "")
    assert adapter.daw.notes_get("constraints") == ""


def test_only_what_was_asked_for_changes(adapter: Adapter) -> None:
    before = adapter.session()
    adapter.daw.apply(transaction(before, setting(before, SNARE_PAN, 0.25)))
    expected = [replace(t, pan=0.25) if t.guid == SNARE else t for t in before.tracks]
    assert list(adapter.session().tracks) == expected


def test_a_moved_fader_stops_the_whole_transaction(adapter: Adapter) -> None:
    session = adapter.session()
    edits = [setting(session, KICK_FADER, 0.5), setting(session, SNARE_PAN, 0.25)]
    adapter.move_fader(2, 0.9)
    receipt = adapter.daw.apply(transaction(session, *edits))
    assert receipt.outcome == "conflict"
    assert [result.status for result in receipt.results] == ["conflicted", "unchanged"]
    after = adapter.session()
    assert raw_value(after, KICK_FADER) == pytest.approx(0.9, abs=1e-5)
    assert raw_value(after, SNARE_PAN) == pytest.approx(-0.2)


def test_every_conflict_is_listed(adapter: Adapter) -> None:
    session = adapter.session()
    edits = [setting(session, KICK_FADER, 0.5, expected=0.1), setting(session, SNARE_PAN, 0.25, expected=0.9)]
    receipt = adapter.daw.apply(transaction(session, *edits))
    assert [result.status for result in receipt.results] == ["conflicted", "conflicted"]
    assert all(result.reason for result in receipt.results)


def test_a_vanished_track_is_a_conflict(adapter: Adapter) -> None:
    session = adapter.session()
    gone = replace(setting(session, KICK_FADER, 0.5), target=TrackTarget(track_guid="{DEAD}", field="fader_gain"))
    receipt = adapter.daw.apply(transaction(session, gone, setting(session, SNARE_PAN, 0.25)))
    assert receipt.outcome == "conflict"
    assert plain(adapter.session()) == plain(session)


def test_repeating_a_transaction_never_applies_it_twice(adapter: Adapter) -> None:
    session = adapter.session()
    sent = transaction(session, setting(session, KICK_FADER, 0.5))
    first = adapter.daw.apply(sent)
    assert adapter.daw.apply(sent) == first
    assert adapter.daw.status(sent.id) == first


def test_an_unknown_transaction_has_no_status(adapter: Adapter) -> None:
    assert adapter.daw.status("0123456789abcdef") is None


def test_a_late_request_is_refused(adapter: Adapter) -> None:
    session = adapter.session()
    late = transaction(session, setting(session, KICK_FADER, 0.5), seconds=-1.0)
    with pytest.raises(KnownError):
        adapter.daw.apply(late)
    assert plain(adapter.session()) == plain(session)


def test_undo_restores_the_session(adapter: Adapter) -> None:
    before = adapter.session()
    sent = transaction(before, setting(before, KICK_FADER, 0.5), setting(before, SNARE_PAN, 0.25))
    adapter.daw.apply(sent)
    assert plain(adapter.session()) != plain(before)
    assert adapter.daw.undo(sent).outcome == "undone"
    assert plain(adapter.session()) == plain(before)


def test_envelope_points_are_replaced_within_their_range(adapter: Adapter) -> None:
    session = adapter.session()
    bass = session.track(BASS)
    assert bass is not None
    envelope = bass.envelope("volume")
    assert envelope is not None
    inside = tuple(point for point in envelope.points if 3.0 <= point.time_seconds <= 5.0)
    desired = (EnvelopePoint(time_seconds=3.5, value=-12.0), EnvelopePoint(time_seconds=4.5, value=-9.0, shape=1))
    edit = SetEnvelopePoints(
        target=EnvelopeTarget(track_guid=BASS, envelope="volume"),
        start_seconds=3.0,
        end_seconds=5.0,
        expected_points=inside,
        desired_points=desired,
        label="Bass · ride",
    )
    receipt = adapter.daw.apply(transaction(session, edit))
    assert receipt.outcome == "applied", receipt
    after = adapter.session().track(BASS)
    assert after is not None
    changed = after.envelope("volume")
    assert changed is not None
    outside = [point for point in envelope.points if point not in inside]
    found = [(p.time_seconds, round(p.value, 3), p.shape) for p in changed.points]
    assert found == sorted((p.time_seconds, round(p.value, 3), p.shape) for p in [*outside, *desired])


def test_stems_are_rendered_or_refused_in_a_sentence(adapter: Adapter, tmp_path: Path) -> None:
    folder = tmp_path / "stems"
    folder.mkdir()
    if adapter.kind == "file":
        with pytest.raises(KnownError, match="REAPER"):
            adapter.daw.render_stems([KICK], folder)
    else:
        rendered = adapter.daw.render_stems([KICK, SNARE], folder)
        assert (list(rendered.files), rendered.failures) == ([KICK, SNARE], {})
        assert all(path.stat().st_size > 0 for path in rendered.files.values())


def test_a_render_leaves_everything_as_it_was(adapter: Adapter, tmp_path: Path) -> None:
    """Faders, selections, armed tracks, time selection: what a session shows of them."""
    if adapter.kind == "file":
        return
    before = adapter.session()
    adapter.daw.render_stems([KICK], tmp_path)
    adapter.daw.measure_loudness([KICK, MASTER_GUID], seconds=(0.5, 1.5))
    assert plain(adapter.session()) == plain(before)


def test_loudness_is_measured_or_refused_in_a_sentence(adapter: Adapter) -> None:
    if adapter.kind == "file":
        with pytest.raises(KnownError, match="REAPER"):
            adapter.daw.measure_loudness([KICK])
    else:
        measured = adapter.daw.measure_loudness([KICK, MASTER_GUID])
        assert (list(measured.integrated_lufs), measured.failures) == ([KICK, MASTER_GUID], {})
        assert all(lufs >= SILENCE_DB for lufs in measured.integrated_lufs.values())


def test_the_state_of_a_track_follows_what_is_heard_of_it_or_is_refused(adapter: Adapter) -> None:
    if adapter.kind == "file":
        with pytest.raises(KnownError, match="REAPER"):
            adapter.daw.track_state(KICK)
        return
    before = adapter.daw.track_state(KICK)
    assert adapter.daw.track_state(KICK) == before
    session = adapter.session()
    adapter.daw.apply(transaction(session, setting(session, KICK_FADER, 0.5)))
    faded = adapter.daw.track_state(KICK)
    assert (faded.before_fader == before.before_fader, faded.whole == before.whole) == (True, False)

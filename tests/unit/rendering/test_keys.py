"""What makes a rendered stem another one."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dawassist.daw import TrackState
from dawassist.rendering.keys import feeding, stem_key
from dawassist.session.model import Fingerprint, Fx, FxParameter, Send, Session, TempoPoint, Track
from tests.sessions import make_guid, make_item, make_session, make_track

KEYS, DRIVER, OTHER = 0, 1, 2


def send(destination: int, **fields: object) -> Send:
    values = {
        "destination_guid": make_guid(destination), "level_db": 0.0, "pan": 0.0, "muted": False,
        "polarity_inverted": False, "mono": False, "tap": "post_fader", "source_channel": -1, "destination_channel": 0,
    }  # fmt: skip
    return Send(**{**values, **fields})  # type: ignore[arg-type]


def plugin(value: float) -> Fx:
    parameter = FxParameter(ident="0:_Mix", name="Mix", normalized=value)
    return Fx(guid=make_guid(900), ident="synth.so", name="VSTi: Synth", kind="VSTi", enabled=True, offline=False,
              parameters=(parameter,))  # fmt: skip


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """An instrument that notes of another track drive, and a track beside them."""
    for name in ("keys.wav", "notes.wav", "other.wav"):
        (tmp_path / name).write_bytes(b"1234")
    made = make_session(
        tracks=[
            make_track(guid=make_guid(1), name="Keys", items=[make_item("keys.wav")], fx=(plugin(0.5),)),
            make_track(guid=make_guid(2), name="Notes", items=[make_item("notes.wav")], sends=(send(1),)),
            make_track(guid=make_guid(3), name="Other", items=[make_item("other.wav")]),
        ]
    )
    mark = Fingerprint(project_path=str(tmp_path / "song.rpp"), instance="77", change_count=5)
    return made.with_fingerprint(mark)


def with_track(session: Session, place: int, **changes: object) -> Session:
    tracks = list(session.tracks)
    tracks[place] = replace(tracks[place], **changes)  # type: ignore[arg-type]
    return replace(session, tracks=tuple(tracks))


def states(session: Session, **changes: TrackState) -> dict[str, TrackState]:
    known = {t.guid: TrackState(whole=f"whole {t.guid}", before_fader=f"before {t.guid}") for t in session.tracks}
    names = {t.name: t.guid for t in session.tracks}
    return known | {names[name]: state for name, state in changes.items()}


def key(session: Session, **changes: TrackState) -> str:
    return stem_key(session, session.tracks[KEYS], states(session, **changes), run="run 1")


def test_who_feeds_a_track_is_followed_through_sends_keys_notes_and_folders() -> None:
    session = make_session(
        tracks=[
            make_track(guid=make_guid(1), name="Folder", folder_depth=1),
            make_track(guid=make_guid(2), name="Child", folder_depth=-1),
            make_track(guid=make_guid(3), name="Notes", sends=(send(2),)),
            make_track(guid=make_guid(4), name="Key", sends=(send(3, destination_channel=2), send(4))),
            make_track(guid=make_guid(5), name="Away", main_send=False),
        ]
    )
    names = [[each.name for each in feeding(session, track)] for track in session.tracks]
    assert names == [["Child", "Notes", "Key"], ["Notes", "Key"], ["Key"], [], []]


@pytest.mark.parametrize(
    "change",
    [
        lambda s: with_track(s, KEYS, fx=(plugin(0.6),)),
        lambda s: with_track(s, KEYS, fx_enabled=False),
        lambda s: with_track(s, KEYS, items=(replace(s.tracks[KEYS].items[0], level_db=-3.0),)),
        lambda s: with_track(s, DRIVER, fader_db=-6.0),
        lambda s: replace(s, tempo=(TempoPoint(time_seconds=0.0, bpm=90.0, numerator=4, denominator=4),)),
        lambda s: replace(s, length_seconds=s.length_seconds + 1.0),
        lambda s: replace(s, sample_rate_hz=44100),
    ],
)
def test_what_is_heard_makes_another_stem(session: Session, change: Callable[[Session], Session]) -> None:
    assert key(change(session)) != key(session)


def test_media_that_changed_on_disk_makes_another_stem(session: Session, tmp_path: Path) -> None:
    before = key(session)
    (tmp_path / "other.wav").write_bytes(b"12345")
    assert key(session) == before
    (tmp_path / "notes.wav").write_bytes(b"12345")
    assert key(session) != before


@pytest.mark.parametrize(
    "change",
    [
        lambda s: with_track(s, KEYS, fader_db=-6.0, pan=0.5, muted=True, name="Piano", selected=True),
        lambda s: with_track(s, KEYS, items=(replace(s.tracks[KEYS].items[0], selected=True),)),
        lambda s: with_track(s, DRIVER, name="MIDI", color=(1, 2, 3), selected=True),
        lambda s: with_track(s, OTHER, fader_db=-6.0, items=()),
        lambda s: s.with_fingerprint(replace(s.fingerprint, change_count=9, instance="78")),
    ],
)
def test_faders_names_and_other_tracks_do_not(session: Session, change: Callable[[Session], Session]) -> None:
    assert key(change(session)) == key(session)


def test_the_hosts_digests_count_before_the_fader_of_the_track_and_whole_of_what_feeds_it(session: Session) -> None:
    assert key(session, Keys=TrackState(whole="x", before_fader=f"before {make_guid(1)}")) == key(session)
    assert key(session, Keys=TrackState(whole=f"whole {make_guid(1)}", before_fader="x")) != key(session)
    assert key(session, Notes=TrackState(whole="x", before_fader=f"before {make_guid(2)}")) != key(session)
    assert key(session, Other=TrackState(whole="x", before_fader="x")) == key(session)


def test_a_state_that_is_not_known_binds_the_stem_to_this_run_and_change_count(session: Session) -> None:
    unknown = {"Notes": TrackState()}
    first = key(session, **unknown)
    assert key(session, **unknown) == first
    assert key(session) != first
    moved = session.with_fingerprint(replace(session.fingerprint, change_count=6))
    assert key(moved, **unknown) != first
    track: Track = session.tracks[KEYS]
    assert stem_key(session, track, states(session, **unknown), run="run 2") != first
    assert stem_key(session, track, {}, run="run 1") == stem_key(session, track, {}, run="run 1")

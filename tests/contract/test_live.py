"""What only a live session can do: play, record, be undone by hand, answer late."""

from pathlib import Path

import pytest

from dawassist.errors import Cancelled, KnownError
from dawassist.session.model import MASTER_GUID
from dawassist.session.targets import TrackTarget
from dawassist.session.values import raw_value
from dawassist.standin.launch import Standin
from tests.contract.conftest import Adapter
from tests.contract.test_daw import KICK_FADER, SNARE_PAN, plain, setting, transaction

pytestmark = pytest.mark.parametrize("adapter", ["agent"], indirect=True)  # the same code answers in every profile


@pytest.fixture
def live(adapter: Adapter) -> Adapter:
    return adapter


def host_of(adapter: Adapter) -> Standin:
    found = adapter.move_fader.__self__  # type: ignore[attr-defined]
    assert isinstance(found, Standin)
    return found


def test_apply_works_while_playing_and_playback_goes_on(live: Adapter) -> None:
    session = live.session()
    live.daw.locate(2.0, play=True)
    assert live.daw.poll().transport == "playing"
    assert live.daw.apply(transaction(session, setting(session, KICK_FADER, 0.5))).outcome == "applied"
    assert live.daw.poll().transport == "playing"


def test_recording_blocks_apply_and_nothing_is_written(live: Adapter) -> None:
    session = live.session()
    host_of(live).poke("record")
    with pytest.raises(KnownError, match="recording"):
        live.daw.apply(transaction(session, setting(session, KICK_FADER, 0.5)))
    host_of(live).poke("stop")
    assert plain(live.session()) == plain(session)


def test_apply_is_one_undo_step_with_its_label(live: Adapter) -> None:
    session = live.session()
    host = host_of(live)
    live.daw.apply(transaction(session, setting(session, KICK_FADER, 0.5), setting(session, SNARE_PAN, 0.25)))
    assert (host.poke("points"), host.poke("label")) == (1, "dawassist: apply 2 changes to 2 tracks")
    host.poke("undo")
    assert plain(live.session()) == plain(session)


def test_reading_never_marks_the_project_modified(live: Adapter) -> None:
    host = host_of(live)
    before = live.daw.poll().change_count
    live.session()
    assert (live.daw.poll().change_count, host.poke("points")) == (before, 0)


def test_another_tab_in_front_refuses_the_plan(live: Adapter) -> None:
    session = live.session()
    host_of(live).poke("tab")
    with pytest.raises(KnownError, match=r"other\.rpp"):
        live.daw.apply(transaction(session, setting(session, KICK_FADER, 0.5)))
    host_of(live).poke("tab")
    assert plain(live.session()) == plain(session)


def test_a_frozen_reaper_is_busy_and_the_late_request_changes_nothing(live: Adapter) -> None:
    session = live.session()
    late = transaction(session, setting(session, KICK_FADER, 0.5), seconds=0.2)
    host_of(live).poke("freeze", 0.6)
    with pytest.raises(KnownError, match="late"):
        live.daw.apply(late)
    assert plain(live.session()) == plain(session)


def test_a_renamed_track_is_still_found(live: Adapter) -> None:
    session = live.session()
    host_of(live).poke("rename", 2, "Bassdrum")
    receipt = live.daw.apply(transaction(session, setting(session, KICK_FADER, 0.5)))
    assert receipt.outcome == "applied"
    target = TrackTarget(track_guid=KICK_FADER.track_guid, field="fader_gain")
    assert raw_value(live.session(), target) == pytest.approx(0.5, abs=1e-5)


def test_stems_leave_the_engineers_selection_alone(live: Adapter, tmp_path: Path) -> None:
    selected = [track.name for track in live.session().tracks if track.selected]
    live.daw.render_stems([KICK_FADER.track_guid], tmp_path)
    assert [track.name for track in live.session().tracks if track.selected] == selected


def test_what_reaper_would_ask_about_is_refused_and_nothing_hangs(live: Adapter, tmp_path: Path) -> None:
    host_of(live).poke("record")
    with pytest.raises(KnownError, match="recording"):
        live.daw.render_stems([KICK_FADER.track_guid], tmp_path)
    with pytest.raises(KnownError, match="recording"):
        live.daw.measure_loudness([MASTER_GUID])
    host_of(live).poke("stop")
    assert list(tmp_path.glob("*.wav")) == []


def test_a_cancel_ends_a_render_between_two_tracks(live: Adapter, tmp_path: Path) -> None:
    session = live.session()
    seen: list[int] = []

    def watch(_what: str, done: int, _total: int) -> None:
        seen.append(done)

    with pytest.raises(Cancelled):
        live.daw.render_stems(
            [track.guid for track in session.tracks], tmp_path, progress=watch, is_cancelled=lambda: 1 in seen
        )
    assert len(list(tmp_path.glob("*.wav"))) < len(session.tracks)
    assert plain(live.session()) == plain(session)

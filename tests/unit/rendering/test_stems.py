"""Listening with a host that renders: what is asked of it, what is kept, what a failure leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from dawassist.analysis.model import Analysis
from dawassist.daw import IsCancelled, Liveness, Progress, Rendered, TrackState
from dawassist.errors import Cancelled, KnownError
from dawassist.rendering import stems
from dawassist.rendering.cache import StemCache
from dawassist.rendering.offer import DEFAULT_SPEED_RATIO, RenderOffer
from dawassist.rendering.stems import Heard, HostStems, Watch
from dawassist.session.graph import build_graph
from dawassist.session.model import Session
from tests.analyses import Sound, make_analysis
from tests.memory_daw import MemoryDaw
from tests.sessions import make_guid, make_item, make_session, make_track


@dataclass
class RenderingDaw(MemoryDaw):
    """Writes a file for every track; `refuses` and `fails` say what goes wrong."""

    refuses: str = ""
    fails: tuple[str, ...] = ()
    knows_states: bool = True
    moved: int = 0
    rendered: list[str] = field(default_factory=list)

    def poll(self) -> Liveness:
        found = super().poll()
        return replace(found, change_count=found.change_count + self.moved)

    def render_stems(
        self, track_guids: Sequence[str], folder: Path, *, progress: Progress = print,
        is_cancelled: IsCancelled = bool,
    ) -> Rendered:  # fmt: skip
        if is_cancelled():
            raise Cancelled
        if self.refuses:
            raise KnownError(self.refuses)
        for done, guid in enumerate(track_guids):
            progress("REAPER renders", done, len(track_guids))
            (folder / f"{guid}.wav").write_text(guid)
            self.rendered.append(guid)
        progress("REAPER renders", len(track_guids), len(track_guids))
        files = {guid: folder / f"{guid}.wav" for guid in track_guids if guid not in self.fails}
        return Rendered(files=files, failures=dict.fromkeys(self.fails, "REAPER wrote no file"))

    def track_state(self, track_guid: str) -> TrackState:
        if not self.knows_states:
            raise KnownError("The agent is old.")
        return TrackState(whole=track_guid, before_fader=track_guid)


@dataclass
class Room:
    """A session of three tracks of which two want a render, and somebody who watches."""

    session: Session
    daw: RenderingDaw
    host: HostStems
    folder: Path
    offers: list[RenderOffer] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    listened: list[Mapping[str, Path]] = field(default_factory=list)
    is_cancelled: bool = False
    doubted: tuple[str, ...] = ()

    def listen(self, *, stems: Mapping[str, Path] = {}) -> Analysis:
        self.listened.append(dict(stems))
        made = make_analysis(self.session, [Sound()] * 3)
        places = {make_guid(2): "before_plugins", make_guid(3): "not_heard"}
        places = {guid: "after_chain" if guid in stems else place for guid, place in places.items()}
        measured = [replace(t, measured_at=places.get(t.track_guid, "after_chain")) for t in made.tracks]  # type: ignore[arg-type]
        return replace(made, tracks=tuple(measured))

    def hear(self, *, render: bool = True) -> Heard:
        self.folder.mkdir(exist_ok=True)
        watch = Watch(
            offered=self.offers.append, progress=lambda what, _done, _total: self.shown.append(what),
            is_cancelled=lambda: self.is_cancelled,
        )  # fmt: skip
        graph = build_graph(self.session)
        folder = self.folder if render else None
        return self.host.hear(self.session, graph, self.listen, lambda _analysis: self.doubted, folder, watch)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    names = ("Kick", "Bass", "Keys")
    tracks = [make_track(guid=make_guid(n), name=name, items=[make_item("a.wav")]) for n, name in enumerate(names, 1)]
    session = replace(make_session(tracks=tracks), length_seconds=60.0)
    daw = RenderingDaw(session)
    (tmp_path / "stems").mkdir()
    return Room(session, daw, HostStems(daw, StemCache(tmp_path / "stems")), tmp_path / "folder")


def sentences(heard: Heard) -> list[str]:
    return [finding.sentence for finding in heard.findings]


def test_the_missing_ones_are_rendered_and_heard_from_then_on(room: Room) -> None:
    assert room.hear(render=False).stems == {}
    heard = room.hear()
    assert room.daw.rendered == [make_guid(2), make_guid(3)]
    assert [each.measured_at for each in heard.analysis.tracks] == ["after_chain"] * 3
    assert heard.is_comparable
    assert [offer.names for offer in room.offers] == [("Bass", "Keys")]
    assert room.hear(render=False).stems == heard.stems
    assert room.hear().is_comparable
    assert len(room.daw.rendered) == 2
    assert room.offers[-1].sentence == "Nothing to render; REAPER measures loudness for comparison: about 5 s"
    assert room.offers[-1].explanation.startswith("REAPER does not answer meanwhile")


def test_what_the_host_plays_differently_is_rendered_too(room: Room) -> None:
    room.hear()
    room.doubted = (make_guid(1),)
    assert set(room.hear(render=False).stems) == {make_guid(2), make_guid(3)}
    assert set(room.hear().stems) == {make_guid(1), make_guid(2), make_guid(3)} == room.host.heard
    assert room.daw.rendered == [make_guid(2), make_guid(3), make_guid(1)]


def test_progress_names_the_track_and_the_time_left_and_the_first_track_is_timed(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0, 0.0, 2.0, 5.0])
    monkeypatch.setattr(stems.time, "monotonic", lambda: next(clock))
    room.hear()
    assert room.shown == [
        f"REAPER renders Bass, about {round(2 * 60 / DEFAULT_SPEED_RATIO / 5) * 5} s left,",
        "REAPER renders Keys, about 5 s left,",
        "REAPER renders",
    ]
    assert room.host.speed_ratio == pytest.approx(60.0 / 3.0)


def test_a_failure_is_a_sentence_and_leaves_the_others(room: Room) -> None:
    room.daw.fails = (make_guid(2),)
    heard = room.hear()
    assert sentences(heard) == ["REAPER did not render Bass: REAPER wrote no file. It is heard as before."]
    assert [each.measured_at for each in heard.analysis.tracks] == ["after_chain", "before_plugins", "after_chain"]


def test_a_refusal_is_a_sentence_and_leaves_everything(room: Room) -> None:
    room.daw.refuses = "REAPER is recording."
    heard = room.hear()
    assert sentences(heard) == ["Nothing was rendered. REAPER is recording."]
    assert not heard.is_comparable
    assert [each.measured_at for each in heard.analysis.tracks] == ["after_chain", "before_plugins", "not_heard"]


def test_a_cancel_is_no_failure(room: Room) -> None:
    room.is_cancelled = True
    with pytest.raises(Cancelled):
        room.hear()


def test_a_cancel_is_looked_for_between_the_states_of_tracks(room: Room) -> None:
    room.hear()
    room.is_cancelled = True
    with pytest.raises(Cancelled):
        room.hear(render=False)


def test_a_session_that_moved_since_it_was_read_keeps_no_stem(room: Room) -> None:
    room.daw.moved = 1
    heard = room.hear()
    assert [each.measured_at for each in heard.analysis.tracks] == ["after_chain"] * 3
    assert room.hear(render=False).stems == {}


def test_states_that_the_host_cannot_tell_keep_stems_for_this_run_only(room: Room, tmp_path: Path) -> None:
    room.daw.knows_states = False
    assert set(room.hear().stems) == {make_guid(2), make_guid(3)}
    assert set(room.hear(render=False).stems) == {make_guid(2), make_guid(3)}
    room.host = HostStems(room.daw, StemCache(tmp_path / "stems"))
    assert room.hear(render=False).stems == {}


def test_a_project_file_has_nobody_to_render_it(room: Room) -> None:
    room.session = room.session.with_fingerprint(replace(room.session.fingerprint, content_sha256="abc"))
    heard = room.hear()
    assert sentences(heard) == ["A project file cannot render its tracks. Open it in REAPER and connect to that."]
    assert (room.daw.rendered, heard.is_comparable) == ([], False)

"""Heard where it is heard: REAPER renders what is not modelled, and its loudness is compared. Through the bridge."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import soundfile

from dawassist.analysis.model import Analysis, TrackAnalysis
from dawassist.assistant import Assistant
from dawassist.cli import main
from dawassist.errors import Cancelled, ConnectionStateError
from dawassist.journal import Journal
from dawassist.plan.brief import Brief, Scope
from dawassist.reaper.live import LiveReaper, connect
from dawassist.rendering.offer import RenderOffer
from dawassist.session.model import MASTER_GUID, Session
from dawassist.session.targets import FxTarget
from dawassist.standin.launch import Standin
from tests.contract.test_daw import setting, transaction
from tests.golden.media import write_media
from tests.golden.projects import item, project, reacomp, reaeq, third_party, track, write

_LIMITER = third_party("VST3: Pro-L 2 (FabFilter)", "Pro-L 2.vst3")
_WARM = reaeq((8, 1000.0, 2.0, 1.0))


def song() -> str:
    return project(
        track("Kick", items=[item("kick.wav")]),
        track("Snare", items=[item("snare.wav")], fx=[_WARM, reacomp({0: 0.1})], volpan="0.5 0.3 -1 -1 1"),
        track("Bass", items=[item("bass.wav")], fx=[_LIMITER]),
        track("Guitar", items=[item("guitar.wav")], fx=[_WARM, _LIMITER], volpan="0.7 -0.5 -1 -1 1"),
        track("Group", depth=1, items=[item("tone.wav")], fx=[_LIMITER]),
        track("Member", depth=-1, items=[item("burst.wav")]),
    )  # fmt: skip


@dataclass
class Studio:
    """A session that is open in a host, and what was asked of it."""

    host: Standin
    daw: LiveReaper
    assistant: Assistant
    rendered: list[list[str]] = field(default_factory=list)
    offers: list[RenderOffer] = field(default_factory=list)

    def analyze(self, *, render: bool = False, **options: Any) -> tuple[Session, Analysis]:
        session = self.assistant.snapshot()
        brief = options.pop("brief", Brief())
        found = self.assistant.analyze(session, brief, render_unheard=render, offered=self.offers.append, **options)
        return session, found


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    folder = tmp_path_factory.mktemp("song")
    write_media(folder)
    with Standin(write(folder, song()), hz=200.0) as running:
        yield running


@pytest.fixture
def start(host: Standin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Studio]]:
    """A run of the program, with the caches of the runs before it in the same test."""
    monkeypatch.setenv("DAWASSIST_CACHE_DIR", str(tmp_path / "cache"))
    running: list[Studio] = []

    def started() -> Studio:
        daw = connect(discovery_folder=host.discovery_folder)
        studio = Studio(host, daw, Assistant(daw, Journal(tmp_path / "journal.jsonl"), place="test"))
        original = daw.render_stems

        def render_stems(track_guids: Sequence[str], folder: Path, **options: Any) -> Any:
            names = {t.guid: t.name for t in daw.snapshot().tracks}
            studio.rendered.append([names[guid] for guid in track_guids])
            return original(track_guids, folder, **options)

        monkeypatch.setattr(daw, "render_stems", render_stems)
        running.append(studio)
        return studio

    yield started
    for studio in running:
        studio.assistant.close()
    for words in (("stop",), ("loudness-off", 0.0), ("statistics", "on")):
        host.poke(*words)


@pytest.fixture
def studio(start: Callable[[], Studio]) -> Studio:
    return start()


def places(session: Session, analysis: Analysis) -> dict[str, str]:
    names = {t.guid: t.name for t in session.tracks}
    return {names[each.track_guid]: each.measured_at for each in analysis.tracks}


def test_tracks_before_plugins_are_rendered_on_request_and_heard_whole(studio: Studio) -> None:
    session, before = studio.analyze()
    assert studio.rendered == []
    heard = {"Kick": "after_chain", "Snare": "after_chain", "Member": "after_chain"}
    late = dict.fromkeys(["Bass", "Guitar", "Group"], "before_plugins")
    assert places(session, before) == heard | late
    offer = studio.assistant.render_offer(session, before)
    assert offer is not None
    assert offer.sentence == "Render 2 tracks with REAPER: about 5 s"
    shown: list[str] = []
    session, after = studio.analyze(render=True, progress=lambda what, _done, _total: shown.append(what))
    assert studio.rendered == [["Bass", "Guitar"]]
    assert studio.offers == [offer]
    assert places(session, after) == heard | {"Bass": "after_chain", "Guitar": "after_chain"} | {
        "Group": "before_plugins"  # its stem holds what feeds it, which is heard already
    }
    assert any(what.startswith("REAPER renders Guitar, about") for what in shown)
    assert studio.assistant.render_offer(session, after) is None
    (unmodelled,) = [f for f in after.findings if f.kind == "approximate"]
    assert unmodelled.sentence.endswith(" Fed by other tracks, and left as measured: Group.")
    assert "Let REAPER render" not in unmodelled.sentence
    assert "Bass" not in unmodelled.sentence


def test_stems_of_unchanged_tracks_count_from_then_on_and_only_changed_ones_are_rendered_again(
    studio: Studio,
) -> None:
    studio.analyze(render=True)
    session, again = studio.analyze()
    assert studio.rendered == [["Bass", "Guitar"]]
    assert places(session, again)["Guitar"] == "after_chain"
    studio.host.move_fader(3, 0.25)
    session, moved = studio.analyze()
    assert places(session, moved)["Bass"] == "after_chain"
    guitar = session.tracks[3]
    target = FxTarget(
        track_guid=guitar.guid, fx_guid=guitar.fx[1].guid, fx_ident="",
        param_ident=guitar.fx[1].parameters[0].ident,  # type: ignore[index]
    )  # fmt: skip
    assert studio.daw.apply(transaction(session, setting(session, target, 0.9))).outcome == "applied"
    session, changed = studio.analyze()
    assert (places(session, changed)["Bass"], places(session, changed)["Guitar"]) == ("after_chain", "before_plugins")
    studio.analyze(render=True)
    assert studio.rendered == [["Bass", "Guitar"], ["Guitar"]]


def test_another_run_finds_the_stems_too(start: Callable[[], Studio]) -> None:
    start().analyze(render=True)
    studio = start()
    session, found = studio.analyze()
    assert (studio.rendered, places(session, found)["Bass"]) == ([], "after_chain")


def test_the_hosts_loudness_agrees_with_ours_for_the_master_and_three_tracks(studio: Studio) -> None:
    session, found = studio.analyze(render=True)
    checked = {check.track_guid: check for check in found.loudness_checks}
    assert len(checked) == 4
    assert MASTER_GUID in checked
    names = {session.track(guid).display_name for guid in checked}  # type: ignore[union-attr]
    assert {"Snare", "Kick"} <= names
    assert names & {"Bass", "Guitar"}
    assert all(abs(check.difference_lu) <= 0.1 for check in found.loudness_checks), found.loudness_checks
    assert not [f for t in found.tracks for f in t.findings if f.kind == "loudness_differs"]


def test_a_disagreement_marks_the_track_and_says_both_numbers(studio: Studio) -> None:
    studio.host.poke("loudness-off", 1.5)
    session, found = studio.analyze(render=True)
    snare = found.track(session.tracks[1].guid)
    assert snare is not None
    assert snare.measured_at == "before_plugins"
    (finding,) = [f for f in snare.findings if f.kind == "loudness_differs"]
    (check,) = [c for c in found.loudness_checks if c.track_guid == snare.track_guid]
    assert check.difference_lu == pytest.approx(-1.5, abs=0.1)
    for number in (check.host_lufs, check.own_lufs):
        assert f"{number:.1f} LUFS" in finding.sentence
    (master,) = [f for f in found.findings if f.kind == "loudness_differs"]
    assert master.track_guid == MASTER_GUID
    assert "plug-ins of" in master.sentence


def test_a_track_in_doubt_stays_so_until_it_is_heard_from_reaper(studio: Studio) -> None:
    studio.host.poke("loudness-off", 1.5)
    studio.analyze(render=True)
    studio.host.poke("loudness-off", 0.0)
    session, again = studio.analyze()
    assert (places(session, again)["Snare"], places(session, again)["Kick"]) == ("before_plugins", "before_plugins")
    offer = studio.assistant.render_offer(session, again)
    assert offer is not None
    assert offer.names == ("Kick", "Snare")
    session, rendered = studio.analyze(render=True)
    assert studio.rendered == [["Bass", "Guitar"], ["Kick", "Snare"]]
    assert places(session, rendered)["Snare"] == "after_chain"
    assert all(abs(check.difference_lu) <= 0.1 for check in rendered.loudness_checks), rendered.loudness_checks
    assert studio.assistant.render_offer(session, rendered) is None


def test_a_part_of_the_project_is_compared_within_that_part(studio: Studio) -> None:
    session = replace(studio.assistant.snapshot(), time_selection=(0.25, 0.75))
    before = studio.daw.snapshot().time_selection
    found = studio.assistant.analyze(session, Brief(scope=Scope.parse("selection")), render_unheard=True)
    assert len(found.loudness_checks) == 4
    assert all(abs(check.difference_lu) <= 0.1 for check in found.loudness_checks), found.loudness_checks
    assert studio.daw.snapshot().time_selection == before


def test_only_measuring_the_master_marks_the_project_modified(studio: Studio) -> None:
    session = studio.assistant.snapshot()
    before = studio.daw.poll().change_count
    studio.daw.track_state(session.tracks[0].guid)
    studio.daw.measure_loudness([session.tracks[0].guid])
    assert studio.daw.poll().change_count == before
    studio.daw.measure_loudness([MASTER_GUID])
    assert studio.daw.poll().change_count == before + 1
    assert studio.assistant.snapshot().tracks == session.tracks


def test_a_solo_silences_no_stem_and_stays(studio: Studio, tmp_path: Path) -> None:
    studio.host.poke("solo", 1, 1)
    session = studio.assistant.snapshot()
    assert session.tracks[0].solo == "solo"
    bass = session.tracks[2].guid
    samples, _ = soundfile.read(studio.daw.render_stems([bass], tmp_path).files[bass])
    assert abs(samples).max() > 0.1
    assert studio.assistant.snapshot().tracks == session.tracks
    studio.host.poke("solo", 1, 0)


def test_a_host_that_keeps_no_statistics_renders_and_says_why_nothing_was_compared(studio: Studio) -> None:
    studio.host.poke("statistics", "off")
    session, found = studio.analyze(render=True)
    assert places(session, found)["Bass"] == "after_chain"
    assert found.loudness_checks == ()
    (finding,) = [f for f in found.findings if "not compared" in f.sentence]
    assert "Save render statistics" in finding.sentence


def test_a_host_that_refuses_leaves_the_analysis_intact(studio: Studio) -> None:
    studio.host.poke("record")
    session, found = studio.analyze(render=True)
    assert places(session, found)["Bass"] == "before_plugins"
    (finding,) = [f for f in found.findings if f.kind == "not_heard"]
    assert "recording" in finding.sentence
    assert found.loudness_checks == ()


def test_the_command_line_says_what_a_render_takes_before_it_and_what_it_found(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DAWASSIST_DISCOVERY_FOLDER", str(studio.host.discovery_folder))
    assert main(["analyze"]) == 0
    offered = capsys.readouterr()
    assert "With --render: Render 2 tracks with REAPER: about 5 s." in offered.err
    assert "Compared with REAPER" not in offered.out
    assert main(["analyze", "--render"]) == 0
    rendered = capsys.readouterr()
    assert rendered.err.startswith("Render 2 tracks with REAPER: about 5 s.")
    assert "Compared with REAPER: Master -" in rendered.out
    assert main(["analyze", "--json"]) == 0
    again = capsys.readouterr()
    assert again.err == ""
    places = [track["measured_at"] for track in json.loads(again.out)["tracks"]]
    assert places == ["after_chain"] * 4 + ["before_plugins", "after_chain"]


def test_results_and_levels_come_as_they_are_known(studio: Studio) -> None:
    results: list[TrackAnalysis] = []
    levels: list[dict[str, float]] = []
    _, found = studio.analyze(results=results.append, levels=lambda now: levels.append(dict(now)))
    assert {each.track_guid for each in results} == {each.track_guid for each in found.tracks}
    assert levels
    assert set(levels[-1]) <= {each.track_guid for each in found.tracks}


def test_a_cancel_in_the_render_leaves_the_session_as_it_was(studio: Studio) -> None:
    before = studio.assistant.snapshot()
    started: list[str] = []

    def progress(what: str, _done: int, _total: int) -> None:
        started.append(what)

    with pytest.raises(Cancelled):
        studio.analyze(
            render=True, progress=progress, is_cancelled=lambda: any(w.startswith("REAPER renders") for w in started)
        )
    assert idle(studio).tracks == before.tracks


def idle(studio: Studio) -> Session:
    """The session once REAPER has finished the track in hand."""
    for _ in range(20):
        with suppress(ConnectionStateError):
            if studio.daw._connection.call("render_status", {})["state"] != "rendering":
                return studio.assistant.snapshot()
    raise AssertionError("it renders still")


def test_nothing_is_set_before_apply_unless_a_render_was_asked_for(studio: Studio) -> None:
    """Reading, listening, proposing and offering leave the host's count of changes and undo points alone."""
    before = studio.daw.poll().change_count, studio.host.poke("points")
    session, analysis = studio.analyze()
    studio.assistant.suggest(session, analysis, Brief())
    studio.assistant.render_offer(session, analysis)
    assert (studio.daw.poll().change_count, studio.host.poke("points")) == before

"""Stock plug-ins on folders and busses are heard where they act: on the sum of what goes through."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pyloudnorm import Meter

from dawassist.analysis.cache import AnalysisCache
from dawassist.analysis.listening import Listener
from dawassist.analysis.model import Analysis
from dawassist.analysis.session import analyze_session
from dawassist.analysis.voice import VoiceMeter
from dawassist.console.unheard import unheard_before_master, unheard_busses
from dawassist.plan.mix_state import MixState
from dawassist.projectfile import ProjectFile
from dawassist.session.graph import build_graph
from dawassist.session.model import Session
from dawassist.session.targets import TrackTarget
from dawassist.standin.functions.rendering import mix_blocks
from dawassist.standin.host import Host
from dawassist.standin.session import session_of
from dawassist.units import db_to_gain
from tests.golden.media import write_media
from tests.golden.projects import RATE, item, project, reacomp, reaeq, receive, third_party, track, write

LOW_CUT = reaeq((4, 150.0, 1.0, 1.9), (1, 6000.0, 1.4125, 1.2))
SQUEEZE = reacomp({0: 0.05, 1: 0.0505})  # −26 dB, 6 : 1
LOOKING_AHEAD = reacomp({0: 0.05, 1: 0.0505, 4: 0.04})  # the same, 10 ms ahead
FOREIGN = third_party("VST3: CLA-76 (Waves)", "cla76.vst3")


@pytest.fixture(autouse=True)
def _without_the_speech_detector(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VoiceMeter, "voice_share", lambda _meter: 0.0)


def band(*fx: str, crush: str = "") -> str:
    """A drum folder with its own chain, a bass beside it, and a bus that the folder feeds besides."""
    tracks = [
        track("Drums", depth=1, fx=fx),
        track("Kick", items=[item("kick.wav")], volpan="0.8 0 -1 -1 1"),
        track("Snare", items=[item("burst.wav")], volpan="1 0.3 -1 -1 1", depth=-1),
        track("Bass", items=[item("bass.wav")], volpan="0.3 0 -1 -1 1"),
    ]
    return project(*tracks, *([track("Crush", lines=receive(1, level=0.5), fx=[crush])] if crush else []))


def opened(text: str, folder: Path) -> Session:
    write_media(folder)
    return ProjectFile(write(folder, text)).snapshot()


def analyzed(session: Session, cache: AnalysisCache | None = None) -> Analysis:
    return analyze_session(session, 0.0, 1.0, cache=cache)


def independent_lufs(host: Host) -> float:
    """Of the host's mix, which reads the plug-ins' states with laws of its own, on another meter."""
    blocks = mix_blocks(host.project, session_of(host.project), 0.0, 1.0)
    return float(Meter(RATE, filter_class="DeMan").integrated_loudness(np.concatenate([*blocks], axis=1).T))


@pytest.mark.parametrize(
    "text",
    [band(LOW_CUT), band(SQUEEZE), band(LOW_CUT, LOOKING_AHEAD), band(crush=SQUEEZE), band(LOW_CUT, crush=SQUEEZE)],
)
def test_the_mix_is_heard_through_its_busses(text: str, tmp_path: Path, host_of: Callable[[Path], Host]) -> None:
    session = opened(text, tmp_path)
    analysis = analyzed(session)
    assert analysis.mix_loudness is not None
    assert analysis.mix_loudness.integrated_lufs == pytest.approx(
        independent_lufs(host_of(tmp_path / "session.rpp")), abs=0.05
    )
    assert abs(analysis.covariance_error_lu) < 0.05
    assert analyzed(opened(band(), tmp_path)).mix_loudness != analysis.mix_loudness


def test_what_is_modelled_is_no_longer_named_and_the_rest_is(tmp_path: Path) -> None:
    session = opened(band(LOW_CUT, SQUEEZE, crush=SQUEEZE), tmp_path)
    assert unheard_busses(session) == ()
    foreign = opened(band(LOW_CUT, FOREIGN, SQUEEZE), tmp_path)
    assert [fx.fx_name for fx in unheard_before_master(foreign, build_graph(foreign))] == [
        "VST3: CLA-76 (Waves)", "VST: ReaComp (Cockos)",
    ]  # fmt: skip
    (found,) = unheard_busses(foreign)
    assert found.sentence.startswith("1 Drums: CLA-76, ReaComp are not heard. 2 tracks go through")


def test_tracks_stay_measured_at_their_own_faders(tmp_path: Path) -> None:
    with_busses, without = (analyzed(opened(text, tmp_path)) for text in (band(LOW_CUT, SQUEEZE), band()))
    assert with_busses.tracks == without.tracks
    assert with_busses.covariance is not None
    assert without.covariance is not None
    np.testing.assert_array_equal(with_busses.covariance.tensor, without.covariance.tensor)
    assert without.behind_busses is None
    assert without.mix_covariance is without.covariance


@pytest.mark.parametrize(("chain", "guid_number"), [((LOW_CUT,), 3), ((LOW_CUT,), 1), ((SQUEEZE,), 1), ((SQUEEZE,), 4)])
def test_a_fader_behind_or_before_a_filter_and_behind_dynamics_is_predicted(
    chain: tuple[str, ...], guid_number: int, tmp_path: Path, host_of: Callable[[Path], Host]
) -> None:
    session = opened(band(*chain), tmp_path)
    covariance = analyzed(session).mix_covariance
    assert covariance is not None
    moved = session.tracks[guid_number - 1]
    target = TrackTarget(track_guid=moved.guid, field="fader_gain")
    predicted = MixState(session, covariance).changed({target: db_to_gain(moved.fader_db - 5.0)})
    host = host_of(tmp_path / "session.rpp")
    before = independent_lufs(host)
    host.project.tracks[guid_number - 1].set("D_VOL", db_to_gain(moved.fader_db - 5.0))
    change_db = predicted.mix_lufs - MixState(session, covariance).mix_lufs
    assert change_db == pytest.approx(independent_lufs(host) - before, abs=0.05)
    assert abs(change_db) > 0.1


def test_an_unchanged_session_is_not_read_again_and_a_bus_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = AnalysisCache(tmp_path / "cache")
    session = opened(band(SQUEEZE, crush=LOW_CUT), tmp_path)
    first = analyzed(session, cache)
    reads: list[str] = []
    read = Listener.read

    def counted(listener: Listener, samples: np.ndarray) -> None:
        reads.append(listener.track.guid)
        read(listener, samples)

    monkeypatch.setattr(Listener, "read", counted)
    again = analyzed(session, cache)
    assert not reads
    assert again.mix_loudness == first.mix_loudness
    assert again.behind_busses is not None
    assert first.behind_busses is not None
    np.testing.assert_array_equal(again.behind_busses.tensor, first.behind_busses.tensor)
    bus = session.tracks[0]
    off = replace(session, tracks=(replace(bus, fx_enabled=False), *session.tracks[1:]))
    changed = analyzed(off, cache)
    assert reads
    assert changed.mix_loudness != first.mix_loudness
    np.testing.assert_allclose(changed.mix_covariance.tensor, analyzed(off).mix_covariance.tensor, rtol=1e-5)  # type: ignore[union-attr]

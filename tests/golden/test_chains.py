"""What is heard of a track after its own plug-ins, and what is said where that cannot be heard."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dawassist.audio.tracks import TrackReader
from dawassist.console.chain import chain_of
from dawassist.projectfile import ProjectFile
from dawassist.session.model import Session, Track
from dawassist.standin.functions.rendering import stem_blocks
from dawassist.standin.host import Host
from dawassist.standin.session import session_of
from tests.golden.conftest import read_by_agent
from tests.golden.media import tone, write_media
from tests.golden.projects import write
from tests.golden.situations import SITUATIONS

BLOCK = 4800


def opened(name: str, folder: Path) -> Session:
    write_media(folder)
    return ProjectFile(write(folder, SITUATIONS[name]())).snapshot()


def named(session: Session, name: str) -> Track:
    return next(track for track in session.tracks if track.name == name)


def heard(session: Session, name: str) -> np.ndarray:
    """The first second of a track after its chain, as the analysis hears it: on the project's time line."""
    track = named(session, name)
    delay = track.delay_seconds
    blocks = chain_of(session, track).blocks(TrackReader(session, track).blocks, -delay, 1.0 - delay, BLOCK)
    return np.concatenate([*blocks], axis=1)


def rendered(host: Host, name: str) -> np.ndarray:
    """The stem that the host renders of a track."""
    track = next(track for track in host.project.tracks if track.name == name)
    blocks = np.concatenate([*stem_blocks(host.project, session_of(host.project), track)], axis=1)
    return np.asarray(blocks[:, : round(host.project.sample_rate_hz)])


@pytest.mark.parametrize(
    ("situation", "name"),
    [
        ("plugins", "Modelled"), ("plugins", "Off"), ("plugins", "Half wet"), ("plugins", "Band off"),
        ("plugins", "No chain"), ("levels_before_the_plugins", "Lead"), ("high_rate", "Lead"), ("folder_bus", "Kick"),
        ("inverted_and_delayed", "Room"), ("inverted_and_delayed", "Early"), ("inverted_and_delayed", "Sampled"),
    ],
)  # fmt: skip
def test_a_modelled_chain_sounds_like_the_stem_that_the_host_renders(
    situation: str, name: str, tmp_path: Path, host_of: Callable[[Path], Host]
) -> None:
    """The host reads the plug-ins' states by itself, with its own laws, and not through the maps."""
    session = opened(situation, tmp_path)
    assert chain_of(session, named(session, name)).is_modelled
    np.testing.assert_allclose(heard(session, name), rendered(host_of(tmp_path / "session.rpp"), name), atol=2e-5)


def test_a_written_change_changes_what_the_host_renders(tmp_path: Path, host_of: Callable[[Path], Host]) -> None:
    opened("plugins", tmp_path)
    host = host_of(tmp_path / "session.rpp")
    before = rendered(host, "Modelled")
    host.project.tracks[0].fx[2].set_value(0, 0.001)  # the compressor's threshold: −54 dB
    after = rendered(host, "Modelled")
    assert np.sqrt(np.mean(after**2)) < 0.4 * np.sqrt(np.mean(before**2))
    np.testing.assert_allclose(
        heard(ProjectFile(_saved(host, tmp_path)).snapshot(), "Modelled"), after, atol=2e-5
    )  # fmt: skip


def _saved(host: Host, folder: Path) -> Path:
    path = folder / "saved.rpp"
    host.project.save(path)
    return path


def test_the_chain_of_a_running_host_is_that_of_the_file(tmp_path: Path, host_of: Callable[[Path], Host]) -> None:
    file = opened("plugins", tmp_path)
    host_of(tmp_path / "session.rpp")
    live = read_by_agent()
    for in_file, in_host in zip(file.tracks, live.tracks, strict=True):
        assert chain_of(file, in_file).inserts == chain_of(live, in_host).inserts
        reasons = [[fx.reason for fx in chain_of(s, t).unmodelled] for s, t in ((file, in_file), (live, in_host))]
        assert reasons[0] == reasons[1]


@pytest.mark.parametrize(
    ("situation", "name", "plugins", "reason"),
    [
        ("plugins", "Third", ["VST3: Pro-L 2 (FabFilter)"], "its processing is not known here"),
        ("plugins", "Automated", ["VST: ReaComp (Cockos)"], "its Threshold is automated"),
        ("plugins", "Auto release", ["VST: ReaComp (Cockos)"], "its automatic release is on"),
        ("side_chain_key", "Bass", ["VST: ReaComp (Cockos)"], "it listens to another input"),
        ("multi_out_instrument", "Kontakt", ["VSTi: Kontakt (Native Instruments)"], "its processing is not known here"),
    ],
)  # fmt: skip
def test_what_cannot_be_modelled_is_named_with_its_reason(
    situation: str, name: str, plugins: list[str], reason: str, tmp_path: Path
) -> None:
    session = opened(situation, tmp_path)
    chain = chain_of(session, named(session, name))
    assert not chain.is_modelled
    assert [fx.fx_name for fx in chain.unmodelled] == plugins
    assert {fx.reason for fx in chain.unmodelled} == {reason}
    assert {fx.track_name for fx in chain.unmodelled} == {name}


def test_a_chain_is_heard_up_to_the_first_plugin_that_is_not_modelled(tmp_path: Path) -> None:
    session = opened("plugins", tmp_path)
    assert len(chain_of(session, named(session, "Third")).inserts) == 1
    equalized_alone = chain_of(session, named(session, "Third")).start(0.0)
    raw = heard(session, "No chain")
    np.testing.assert_allclose(heard(session, "Third"), equalized_alone.process(raw), atol=1e-6)


def test_a_bypassed_plugin_a_bypassed_chain_and_no_chain_are_heard_as_they_are(tmp_path: Path) -> None:
    session = opened("plugins", tmp_path)
    assert np.array_equal(heard(session, "Off"), heard(session, "No chain"))
    keys = named(opened("template", tmp_path), "Keys")
    assert len(chain_of(session, keys).inserts) == 1


def test_item_and_take_gain_and_the_pre_fx_envelopes_come_before_the_compressor(tmp_path: Path) -> None:
    session = opened("levels_before_the_plugins", tmp_path)
    at = np.arange(48000) / 48000
    played = -1.0 * tone() * np.interp(at, [0.0, 1.0], [1.0, 0.25])  # item 0.5, take −2, pre-FX volume
    panned = np.stack((played * (1.0 - np.interp(at, [0.0, 1.0], [0.0, 0.5])), played)).astype(np.float32)
    alone = chain_of(session, replace(named(session, "Lead"), envelopes=()))
    assert len(alone.inserts) == 1
    np.testing.assert_allclose(heard(session, "Lead"), alone.start(0.0).process(panned), atol=1e-4)


def test_the_same_session_at_96_khz_sounds_alike(tmp_path: Path) -> None:
    high = opened("high_rate", tmp_path)
    sound = heard(high, "Lead")
    assert sound.shape == (2, 96000)
    assert not sound[:, : round(0.0025 * 96000) - 1].any()  # the track's delay in time, not in samples
    text = SITUATIONS["high_rate"]().replace("tone96.wav", "tone.wav").replace("SAMPLERATE 96000", "SAMPLERATE 48000")
    low = ProjectFile(write(tmp_path, text)).snapshot()
    difference_db = 20.0 * np.log10(np.std(sound[0, 48000:]) / np.std(heard(low, "Lead")[0, 24000:]))
    assert difference_db == pytest.approx(0.0, abs=0.05)

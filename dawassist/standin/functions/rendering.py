"""Renders through the console model: stems of the selected tracks before their faders, outputs of tracks, the mix."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from dawassist.console.inserts import Insert
from dawassist.session.graph import build_graph
from dawassist.session.model import Session
from dawassist.session.model import Track as SessionTrack
from dawassist.standin.host import Host
from dawassist.standin.inserts import chain_of
from dawassist.standin.project import Project
from dawassist.standin.session import session_of
from dawassist.standin.track import Track

if TYPE_CHECKING:
    from dawassist.console.render import TrackBlocks

Samples = npt.NDArray[np.float32]

_STEMS_ONLY, _PRE_FADER = 2, 8192
_SUBTYPES = {16: "PCM_16", 24: "PCM_24", 32: "FLOAT"}


def render_stems(host: Host, project: Project) -> None:
    """Action 42230 with stem settings. Other render settings are refused by name."""
    settings = int(float(project.settings.get("RENDER_SETTINGS", 0.0)))
    if not settings & _STEMS_ONLY or not settings & _PRE_FADER:
        raise RuntimeError(f"not modelled in the stand-in: RENDER_SETTINGS {settings}")
    folder = Path(str(project.settings.get("RENDER_FILE", "")))
    pattern = str(project.settings.get("RENDER_PATTERN", "$tracknumber-$track"))
    session = session_of(project)
    written = []
    host.is_rendering = True
    try:
        for track in project.tracks:
            if track.get("I_SELECTED"):
                name = pattern.replace("$tracknumber", f"{track.number:02d}").replace("$track", track.display_name)
                path = folder / f"{name}.wav"
                _write(project, session, track, path, _subtype(project))
                written.append(str(path))
    finally:
        host.is_rendering = False
    project.settings["RENDER_TARGETS"] = ";".join(written)


def _write(project: Project, session: Session, track: Track, path: Path, subtype: str) -> None:
    import soundfile

    path.parent.mkdir(parents=True, exist_ok=True)
    with soundfile.SoundFile(str(path), "w", samplerate=session.sample_rate_hz, channels=2, subtype=subtype) as file:
        for block in stem_blocks(project, session, track):
            file.write(block.T)


def stem_blocks(
    project: Project, session: Session, track: Track, start_seconds: float = 0.0, end_seconds: float | None = None
) -> Iterator[Samples]:
    """What arrives at a track's fader after its own plug-ins; what feeds it comes after theirs.

    A muted track is silent, and, while any track is soloed, one
    that is not.
    """
    from dawassist.console.render import BLOCK_FRAMES, render_stem

    fed = _playing(project, bare=track)

    def arriving(start: float, end: float, frames: int) -> Iterator[Samples]:
        return render_stem(
            session, track.guid, start, end, block_frames=frames, blocks_of=fed, inserts=_of_busses(project, session)
        )

    described = session.track(track.guid)
    assert described is not None
    own = chain_of(track, replace(described, delay_seconds=0.0), session.sample_rate_hz)  # `fed` delays its items
    end = session.length_seconds if end_seconds is None else end_seconds
    is_silenced = described.muted or (described.solo == "none" and any(t.solo != "none" for t in session.tracks))
    level = np.float32(0.0 if is_silenced else 1.0)
    return (level * block for block in own.blocks(arriving, start_seconds, end, BLOCK_FRAMES))


def output_blocks(
    project: Project, session: Session, track: Track, start_seconds: float, end_seconds: float
) -> Iterator[Samples]:
    """What leaves a track after its fader and pan."""
    from dawassist.console.alone import alone
    from dawassist.console.gains import Console
    from dawassist.console.mixing import Mixer

    described = session.track(track.guid)
    assert described is not None
    mixer = Mixer(Console(alone(session, described)), [track.guid], session.sample_rate_hz)
    at_seconds = start_seconds
    for block in stem_blocks(project, session, track, start_seconds, end_seconds):
        yield mixer.mix(block, at_seconds)
        at_seconds += block.shape[-1] / session.sample_rate_hz


def mix_blocks(project: Project, session: Session, start_seconds: float, end_seconds: float) -> Iterator[Samples]:
    """The master's output after its own chain. Its plug-ins sit before its fader, which is a gain like any other."""
    from dawassist.console.render import BLOCK_FRAMES, render_mix

    def mixed(start: float, end: float, frames: int) -> Iterator[Samples]:
        return render_mix(
            session, start, end, block_frames=frames, blocks_of=_playing(project), inserts=_of_busses(project, session)
        )

    own = chain_of(project.master, session.master, session.sample_rate_hz)
    return own.blocks(mixed, start_seconds, end_seconds, BLOCK_FRAMES)


def _of_busses(project: Project, session: Session) -> dict[str, tuple[Insert, ...]]:
    """The plug-ins of tracks that others feed, and that play nothing of their own."""
    fed = build_graph(session).fed
    models = ((each, session.track(each.guid)) for each in project.tracks if each.guid in fed)
    chains = ((m.guid, chain_of(m, t, session.sample_rate_hz).inserts) for m, t in models if t and not t.items)
    return {guid: inserts for guid, inserts in chains if inserts}


def _playing(project: Project, *, bare: Track | None = None) -> "TrackBlocks":
    """The items of each track through its plug-ins; those of `bare` without."""
    from dawassist.audio.tracks import TrackReader

    models = {each.guid: each for each in project.tracks}

    def fed(session: Session, each: SessionTrack, start: float, end: float, frames: int) -> Iterator[Samples]:
        read = TrackReader(session, each).blocks
        start, end = start - each.delay_seconds, end - each.delay_seconds
        if bare is not None and each.guid == bare.guid:
            return read(start, end, frames)
        return chain_of(models[each.guid], each, session.sample_rate_hz).blocks(read, start, end, frames)

    return fed


def _subtype(project: Project) -> str:
    """From RENDER_FORMAT: base64 of ``evaw``, the bits, and a flag."""
    try:
        data = base64.b64decode(str(project.settings.get("RENDER_FORMAT", "")), validate=True)
    except ValueError:
        data = b""
    return _SUBTYPES.get(data[4] if len(data) > 4 else 24, "PCM_24")

"""The stem render: the selected tracks, before or after their faders, through the console model."""

import base64
from pathlib import Path
from typing import Any

from dawassist.standin.host import Host
from dawassist.standin.project import Project
from dawassist.standin.session import session_of

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
                _write(session, track.guid, path, _subtype(project))
                written.append(str(path))
    finally:
        host.is_rendering = False
    project.settings["RENDER_TARGETS"] = ";".join(written)


def _write(session: Any, track_guid: str, path: Path, subtype: str) -> None:
    import soundfile

    from dawassist.console.render import render_stem

    path.parent.mkdir(parents=True, exist_ok=True)
    with soundfile.SoundFile(str(path), "w", samplerate=session.sample_rate_hz, channels=2, subtype=subtype) as file:
        for block in render_stem(session, track_guid, 0.0, session.length_seconds):
            file.write(block.T)


def _subtype(project: Project) -> str:
    """From RENDER_FORMAT: base64 of ``evaw``, the bits, and a flag."""
    try:
        data = base64.b64decode(str(project.settings.get("RENDER_FORMAT", "")), validate=True)
    except ValueError:
        data = b""
    return _SUBTYPES.get(data[4] if len(data) > 4 else 24, "PCM_24")

"""The damaged session as it is shipped: the desk with the planted faders and pans."""

from dataclasses import replace

from scripts.demo_session import desk
from scripts.demo_session.planted import planted_faults
from scripts.demo_session.project import SessionSpec
from scripts.fluidsynth import RATE_HZ

SESSION_NAME = "dawassist demo"


def shipped_strips() -> tuple[desk.Strip, ...]:
    return tuple(_damaged(strip) for strip in desk.STRIPS)


def shipped_session() -> SessionSpec:
    files = {strip.key: media_file(strip) for strip in desk.STRIPS if strip.extension}
    return desk.session_spec(SESSION_NAME, shipped_strips(), RATE_HZ, files, desk.Excerpt())


def media_file(strip: desk.Strip) -> str:
    """Where the recording lies, relative to the project."""
    return f"media/{strip.key}.{strip.extension}"


def _damaged(strip: desk.Strip) -> desk.Strip:
    for fault in planted_faults():
        if fault.media == strip.key and fault.kind == "fader":
            strip = replace(strip, fader_db=fault.values["planted_fader_db"])
        if fault.media == strip.key and fault.kind == "pan":
            strip = replace(strip, pan=fault.values["planted_pan"])
    return strip

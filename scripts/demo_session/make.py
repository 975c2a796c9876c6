"""Make the bundled demo session: play, sing and record the song, plant the faults, write the project.

Needs the Debian packages fluidsynth, fluid-soundfont-gm and espeak-ng. `--check` only measures what is there.
"""

import argparse
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from scripts.demo_session import desk, listening, media
from scripts.demo_session.instruments import FRAMES, RATE_HZ, SOUND_FONT, Signal
from scripts.demo_session.planted import DEMO_FOLDER, Planted, plant, planted_faults
from scripts.demo_session.project import SessionSpec, project_text

SESSION_NAME = "dawassist demo"
_LARGEST_MIB = 15


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=DEMO_FOLDER, help="the folder of session.rpp and media/")
    parser.add_argument("--project", action="store_true", help="write session.rpp only, keep the media")
    parser.add_argument("--check", action="store_true", help="measure what is there, write nothing")
    arguments = parser.parse_args()
    missing = [name for name in ("fluidsynth", "espeak-ng") if shutil.which(name) is None]
    if not (arguments.check or arguments.project) and (missing or not SOUND_FONT.exists()):
        print("Install first: apt-get install fluidsynth fluid-soundfont-gm espeak-ng", file=sys.stderr)
        return 1
    if not arguments.check:
        write_session(arguments.out, with_media=not arguments.project)
    return check(arguments.out)


def write_session(folder: Path, *, with_media: bool) -> None:
    (folder / "media").mkdir(parents=True, exist_ok=True)
    faults = planted_faults()
    for key, signal in _recordings() if with_media else ():
        for fault in faults:
            signal = plant(signal, fault) if fault.media == key else signal
        media.write(folder / _file(key), signal)
    (folder / "session.rpp").write_text(project_text(shipped_session(faults)), encoding="utf-8", newline="\n")


def shipped_session(faults: tuple[Planted, ...]) -> SessionSpec:
    """The damaged session as it is shipped."""
    strips = [_damaged(strip, faults) for strip in desk.STRIPS]
    files = {strip.key: _file(strip.key) for strip in strips if strip.extension}
    return desk.session_spec(SESSION_NAME, tuple(strips), RATE_HZ, files, desk.Excerpt())


def _damaged(strip: desk.Strip, faults: tuple[Planted, ...]) -> desk.Strip:
    for fault in faults:
        if fault.media == strip.key and fault.kind == "fader":
            strip = replace(strip, fader_db=fault.values["planted_fader_db"])
        if fault.media == strip.key and fault.kind == "pan":
            strip = replace(strip, pan=fault.values["planted_pan"])
    return strip


def _recordings() -> list[tuple[str, Signal]]:
    from scripts.demo_session.recording import recorded

    return [*recorded(), (desk.SPARE, np.zeros(FRAMES))]


def _file(key: str) -> str:
    extension = next(strip.extension for strip in desk.STRIPS if strip.key == key)
    return f"media/{key}.{extension}"


def check(folder: Path) -> int:
    """Print sizes, levels and the place of the lead, of the session with and without its faults; 1 when too large."""
    from scripts.demo_session.variants import clean_draft, rendered, shipped_draft

    sizes = sorted((path.stat().st_size, path.name) for path in (folder / "media").iterdir())
    total = sum(size for size, _ in sizes)
    print("\n".join(f"{size / 2**20:6.2f} MiB  {name}" for size, name in reversed(sizes)))
    print(f"{total / 2**20:6.2f} MiB in all")
    for title, draft in (("without faults", clean_draft()), ("as shipped", shipped_draft())):
        heard = rendered(draft)
        mix = np.asarray(sum(heard.values()))
        peak = listening.true_peak_dbtp(mix, RATE_HZ)
        print(f"{title}: {listening.loudness_lufs(mix, RATE_HZ):.1f} LUFS, {peak:.1f} dBTP")
        for band in ((1000.0, 4000.0), (100.0, 15000.0)):
            over = np.percentile(listening.lead_over_rest_db(heard, desk.LEAD, RATE_HZ, band), (10, 50, 90)).round(1)
            print(f"  lead over the rest, {band[0]:.0f}–{band[1]:.0f} Hz, p10/p50/p90: {over.tolist()} dB")
    return int(total > _LARGEST_MIB * 2**20)


if __name__ == "__main__":
    sys.exit(main())

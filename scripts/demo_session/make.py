"""Make the bundled demo session: play, sing and record the song, plant the faults, write the project.

Needs the Debian packages fluidsynth, fluid-soundfont-gm and espeak-ng. `--check` only measures what is there.
"""

import argparse
import shutil
import sys
from pathlib import Path

import numpy as np

from scripts.demo_session import desk, listening, media
from scripts.demo_session.instruments import FRAMES, Signal
from scripts.demo_session.planted import DEMO_FOLDER, plant, planted_faults
from scripts.demo_session.project import project_text
from scripts.demo_session.shipped import media_file, shipped_session
from scripts.demo_session.variants import clean_draft, rendered, shipped_draft
from scripts.fluidsynth import RATE_HZ, SOUND_FONT

_LARGEST_MIB = 15


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--project", action="store_true", help="write session.rpp only, keep the media")
    parser.add_argument("--check", action="store_true", help="measure what is there, write nothing")
    arguments = parser.parse_args()
    missing = [name for name in ("fluidsynth", "espeak-ng") if shutil.which(name) is None]
    if not (arguments.check or arguments.project) and (missing or not SOUND_FONT.exists()):
        print("Install first: apt-get install fluidsynth fluid-soundfont-gm espeak-ng", file=sys.stderr)
        return 1
    if not arguments.check:
        write_session(DEMO_FOLDER, with_media=not arguments.project)
    return check(DEMO_FOLDER)


def write_session(folder: Path, *, with_media: bool) -> None:
    (folder / "media").mkdir(parents=True, exist_ok=True)
    strips = {strip.key: strip for strip in desk.STRIPS}
    for key, recorded in _recordings() if with_media else ():
        signal = recorded
        for fault in planted_faults():
            signal = plant(signal, fault) if fault.media == key else signal
        media.write(folder / media_file(strips[key]), signal)
    (folder / "session.rpp").write_text(project_text(shipped_session()), encoding="utf-8", newline="\n")


def _recordings() -> list[tuple[str, Signal]]:
    from scripts.demo_session.recording import recorded

    return [*recorded(), (desk.SPARE, np.zeros(FRAMES))]


def check(folder: Path) -> int:
    """Print sizes, levels and the place of the lead, of the session with and without its faults; 1 when too large."""
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

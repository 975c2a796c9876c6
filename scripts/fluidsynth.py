"""MIDI played dry by FluidSynth with the FluidR3 GM sound font (Debian: fluidsynth, fluid-soundfont-gm; MIT)."""

import subprocess
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

RATE_HZ = 48000
SOUND_FONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")


def rendered(midi_file: bytes) -> npt.NDArray[np.float64]:
    """Stereo samples, shape (2, frames), with the release of the last notes. Raises CalledProcessError."""
    with tempfile.TemporaryDirectory() as folder:
        midi, wave = Path(folder) / "part.mid", Path(folder) / "part.wav"
        midi.write_bytes(midi_file)
        subprocess.run(
            ["fluidsynth", "-ni", "-q", "-g", "0.5", "-R", "0", "-C", "0", "-r", str(RATE_HZ), "-O", "float",
             "-F", str(wave), str(SOUND_FONT), str(midi)],
            check=True, stdout=subprocess.DEVNULL, timeout=120,
        )  # fmt: skip
        samples, rate = soundfile.read(wave, always_2d=True)
    if rate != RATE_HZ:
        raise RuntimeError(f"fluidsynth rendered at {rate} Hz instead of {RATE_HZ}.")
    return np.asarray(samples.T, dtype=np.float64)

"""Power per bin of spectra that were taken without a window: what cutting a sound off adds is taken away.

Of frames of the low end, the Hann window is applied to the bins. Hops follow each other without overlap, and a window
would leave out what happens at their ends, such as every hit of a song at 120 BPM; but far from a tone, what cutting it
off adds to neighboring bins is the same in all of them. So each bin of a hop counts against the mean of the 32 around:
that forgets 2 ms at the ends. On 39 stems of two CC0 songs (ichbinsoftware, EVR), third octaves lie within 0.05 dB
(median) of spectra with Hann windows every 12.5 ms.
"""

import numpy as np
import numpy.typing as npt

from dawassist.analysis.frames import FRAME_POINTS, Frames
from dawassist.analysis.hops import Hops
from dawassist.analysis.spectrum_grid import BINS_PER_BLOCK, FIRST_HIGH_BIN, LOW_BINS

Power = npt.NDArray[np.float32]
_HANN_POWER = 3.0 / 8.0
_HANN_STEPS = 16.0  # what is left of the window's three bins is four times too large
_LOW_SCALE = np.float32(2.0 / (_HANN_STEPS * _HANN_POWER * FRAME_POINTS**2))
_BLOCK_MEAN = np.tile(np.eye(2, dtype=np.float32), (BINS_PER_BLOCK, 1)) / np.float32(BINS_PER_BLOCK)


def low_power(frames: Frames) -> Power:
    """Summed over channels, (frames, low bins); that at 0 Hz is left out. A full-scale sine has 0.5 in all."""
    parts = frames.spectra[..., : LOW_BINS + 1].view(np.float32)  # real and imaginary parts by turns
    steps = parts[..., 2:] - parts[..., :-2]
    windowed = steps[..., 2:] - steps[..., :-2]  # four times the Hann window's three bins
    windowed *= windowed
    squares = np.add(windowed[0], windowed[1], out=windowed[0])
    power = np.zeros((squares.shape[0], LOW_BINS), dtype=np.float32)
    np.add(squares[:, ::2], squares[:, 1::2], out=power[:, 1:])
    power *= _LOW_SCALE
    return power


def high_power(hops: Hops, bins: int) -> Power:
    """Summed over channels, (hops, 2 × bins): the squares of real and imaginary parts, by turns, to be summed.

    `bins`, whole blocks of 32, begin with the first high one. A full-scale sine has 0.5 in all.
    """
    frames = hops.samples.shape[-1]
    spectra = hops.spectra[..., FIRST_HIGH_BIN : FIRST_HIGH_BIN + bins].copy()
    channels, count, _ = spectra.shape
    blocks = spectra.reshape(-1, BINS_PER_BLOCK)
    blocks -= (blocks.view(np.float32) @ _BLOCK_MEAN).view(np.complex64)
    squares = spectra.view(np.float32)
    squares *= squares
    summed: Power = squares[0]
    for other in squares[1:channels]:
        summed += other
    summed *= np.float32(2.0 * BINS_PER_BLOCK / ((BINS_PER_BLOCK - 1) * frames**2))
    return summed.reshape(count, -1)

"""What the low end of several tracks together does under other faders, polarities and delays, without rendering it.

Cross-spectra of excerpts, or of all that is played, hold what gains and times do to a sum: with G the gain and τ the
delay of every channel, the energy of the sum at frequency f is trace(H S Hᴴ), H = G · exp(−2πi f τ). That is exact up
to the windows' length for delays that are short against it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.pairs import TrackPair

HIGHEST_HZ = 2000.0
CHANNELS = 2
_MOST_TRACKS = 32
Gains = Mapping[str, npt.NDArray[np.float64]]
"""Per track GUID the (2, 2) gain from its fader input to the output, rows out, columns in."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LowEnd:
    """`spectra` has shape (bins, 2n, 2n), complex64: mean cross products of the channels of `track_guids` at their
    fader inputs, ordered (left 0, right 0, left 1, …); `frequency_hz` are the bins, up to 2 kHz. `whole_seconds`: the
    time in which any of the tracks plays, where all of it was heard; 0 for excerpts.
    """

    track_guids: tuple[str, ...]
    frequency_hz: npt.NDArray[np.float64]
    spectra: npt.NDArray[np.complex64]
    whole_seconds: float = 0.0

    def powers(self, gains: Gains, later_seconds: Mapping[str, float]) -> npt.NDArray[np.float64]:
        """Power of the sum of the tracks in `gains` per bin; `later_seconds` delays tracks beyond what they have."""
        chosen = [guid for guid in self.track_guids if guid in gains]
        places = [self.track_guids.index(guid) for guid in chosen]
        channels = [CHANNELS * place + side for place in places for side in range(CHANNELS)]
        rows = np.concatenate([gains[guid] for guid in chosen] or [np.zeros((2, 0))], axis=1)
        delays = np.repeat([later_seconds.get(guid, 0.0) for guid in chosen], CHANNELS)
        phases = np.exp(-2j * np.pi * self.frequency_hz[:, None] * delays)
        heard = rows[None] * phases[:, None, :]
        part = self.spectra[:, channels][:, :, channels]
        total: npt.NDArray[np.float64] = np.einsum("fok,fkl,fol->f", heard, part, heard.conj(), optimize=True).real
        return np.maximum(total, 0.0)

    def energy(self, gains: Gains, later_seconds: Mapping[str, float], low_hz: float, high_hz: float) -> float:
        """Power of the sum from `low_hz` up to `high_hz`."""
        inside = (self.frequency_hz >= low_hz) & (self.frequency_hz < high_hz)
        return float(self.powers(gains, later_seconds)[inside].sum())


def tracks_to_hear(pairs: Sequence[TrackPair]) -> tuple[str, ...]:
    """The tracks of these pairs, those of the most alike first; at most 32, and none when none can be told.

    A pair that fits as recorded matters beside others: turning one of it changes its sum with a third.
    """
    if all(pair.verdict == "unsure" for pair in pairs):
        return ()
    alike = sorted(pairs, key=lambda pair: pair.residual_db)
    guids = dict.fromkeys(guid for pair in alike for guid in (pair.reference_guid, pair.other_guid))
    return tuple(guids)[:_MOST_TRACKS]


def spread_excerpts(segments: Sequence[tuple[float, float]], *, count: int, seconds: float) -> Iterator[float]:
    """Starts of at most `count` excerpts, evenly spread over the time in which anything plays, no second twice."""
    merged = joined(segments)
    total = sum(end - start for start, end in merged)
    count = min(count, max(int(total // seconds), 1)) if total > 0.0 else 0
    for number in range(count):
        left = total * (number + 0.5) / count - min(seconds, total / count) / 2
        for start, end in merged:
            if left < end - start:
                yield max(start + left, start)
                break
            left -= end - start


def joined(segments: Sequence[tuple[float, float]], shortest_pause: float = 0.0) -> list[tuple[float, float]]:
    """Segments (start, end) in order and apart; pauses of at most `shortest_pause` between them are filled."""
    found: list[tuple[float, float]] = []
    for start, end in sorted(segments):
        if found and start <= found[-1][1] + shortest_pause:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found

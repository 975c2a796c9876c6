"""Fader, pan and equalizer of every track, and the master's moves, by turns until a bounce is explained.

Each round hears the tracks through the equalizers found so far and measures only what those leave: bands in which loud
tracks pass steep filters then no longer drown quiet ones. A master gain that moves is taken out of the bounce.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.channel_strip import Strip, fit_strip
from dawassist.analysis.equalizer_fit import response, sections
from dawassist.analysis.master_compressor import Compressor
from dawassist.analysis.master_match import MasterSearch
from dawassist.analysis.peak_compressor import PeakCompressor
from dawassist.analysis.transfers import Complex, TransferMeter, Transfers
from dawassist.errors import Cancelled

Samples = npt.NDArray[np.float32]
Reals = npt.NDArray[np.float64]
Excerpt = tuple[Samples, Samples]  # tracks (tracks, 2, frames) and the bounce (2, frames), both with a lead-in
LEAD_IN_SECONDS = 0.5  # filters and compressors have settled after it
_ROUNDS, _SMOOTH_ROUNDS, _PEAK_ROUNDS = 3, 6, 4
_EARLY_BANDS, _BANDS = 3, 4
_FOREIGN = 0.9  # of the bounce unexplained: it is of something else


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """`strips`: None for a track that the bounce says nothing about. `unexplained` and `power` per band of `center_hz`.

    `reduction_db`: what the master's compressor takes away, mean where it plays.
    """

    strips: tuple[Strip | None, ...]
    center_hz: Reals
    unexplained: Reals
    power: Reals
    compressor: Compressor | PeakCompressor | None
    reduction_db: float


def match_console(
    excerpts: Sequence[Excerpt],
    pan_gains: Sequence[Reals | None],
    sample_rate_hz: int,
    *,
    progress: Callable[[str, int, int], None],
    is_cancelled: Callable[[], bool],
) -> Match:
    """`pan_gains` per track as `fit_strip` takes them, None for one that is not to be told. Raises Cancelled."""
    search = _Search(excerpts, pan_gains, sample_rate_hz)
    rounds, done = _ROUNDS, 0
    while done < rounds:
        progress("Matching the rough mix", done, rounds)
        if is_cancelled():
            raise Cancelled
        if search.listen() > _FOREIGN:
            break
        done += 1
        search.fit(most_bands=_EARLY_BANDS if done < rounds else _BANDS)
        if done == 1 or search.is_compressed:
            search.compress()
            rounds = search.rounds
    return search.result()


class _Search:
    def __init__(self, excerpts: Sequence[Excerpt], pan_gains: Sequence[Reals | None], sample_rate_hz: int) -> None:
        self._excerpts = excerpts
        self._pan_gains = pan_gains
        self._rate = sample_rate_hz
        self._meter = TransferMeter(len(pan_gains), sample_rate_hz)
        self._strips: list[Strip | None] = [None] * len(pan_gains)
        self._gains: Complex | None = None  # from the fader input to the bounce
        self._certainty: Reals = np.zeros(0)
        self._lead = round(LEAD_IN_SECONDS * sample_rate_hz)
        self._master = MasterSearch([bounce for _, bounce in excerpts], self._lead, sample_rate_hz)
        self._compressor: Compressor | PeakCompressor | None = None
        self._still = [bounce[:, self._lead :] for _, bounce in excerpts]  # without compression
        self._reduction_db = 0.0

    @property
    def is_compressed(self) -> bool:
        return self._compressor is not None

    @property
    def rounds(self) -> int:
        """How many it takes."""
        if not self.is_compressed:
            return _ROUNDS
        return _PEAK_ROUNDS if self._master.follows_peaks else _SMOOTH_ROUNDS

    def listen(self) -> float:
        """Measure what every track went through, through the equalizers found so far; the unexplained share before."""
        self._meter.clear()
        expected = None if self._gains is None else self._gains / self._through()
        for (tracks, _), still in zip(self._excerpts, self._still, strict=True):
            self._meter.push(self._played(tracks)[:, :, -still.shape[1] :], still, expected)
        found = self._meter.transfers()
        self._gains, self._certainty = found.gains * self._through(), found.certainty
        return float(found.unexplained.sum()) / max(float(found.power.sum()), 1e-30)

    def fit(self, *, most_bands: int) -> None:
        """Strips of what was measured."""
        assert self._gains is not None
        for place, pan_gains in enumerate(self._pan_gains):
            if pan_gains is not None:
                self._strips[place] = fit_strip(
                    self._gains[:, :, place], self._certainty[:, :, place], self._meter.center_hz, pan_gains,
                    self._rate, most_bands=most_bands,
                )  # fmt: skip

    def compress(self) -> None:
        """Find the master's compressor, where one explains much of what is left, and take it out of the bounce."""
        found = self._master.find(lambda place, end: self._played(self._excerpts[place][0][:, :, :end]), self._sides())
        if found is None:
            return
        self._compressor, self._reduction_db = found.compressor, found.reduction_db
        self._still = [
            (bounce[:, self._lead :] / gain).astype(np.float32)
            for (_, bounce), gain in zip(self._excerpts, found.gains, strict=True)
        ]

    def result(self) -> Match:
        """What the strips leave of the bounce, and how the master moves."""
        self._meter.clear()
        expected = self._expected()
        for (tracks, _), still in zip(self._excerpts, self._still, strict=True):
            self._meter.push(self._played(tracks)[:, :, -still.shape[1] :], still, expected)
        found: Transfers = self._meter.transfers()
        return Match(
            strips=tuple(self._strips), center_hz=found.center_hz, unexplained=found.unexplained, power=found.power,
            compressor=self._compressor, reduction_db=self._reduction_db if self._compressor else 0.0,
        )  # fmt: skip

    def _expected(self) -> Complex:
        """What is left for the tracks as `_played`: fader and pan of the strips, the measured gains of the rest."""
        assert self._gains is not None
        expected = self._gains / self._through()
        for place, strip in enumerate(self._strips):
            if strip is not None:
                expected[:, :, place] = strip.sides
        return expected

    def _sides(self) -> Reals:
        """Gains of left and right, (2, tracks), for all frequencies."""
        assert self._gains is not None
        weights = self._certainty / np.maximum(self._certainty.sum(axis=0), 1e-30)
        sides = (self._gains.real * weights).sum(axis=0)
        for place, strip in enumerate(self._strips):
            if strip is not None:
                sides[:, place] = strip.sides
        return np.asarray(sides)

    def _played(self, tracks: Samples) -> Samples:
        """The tracks through their equalizers, lead-in included."""
        from scipy.signal import sosfilt

        found = tracks.copy()
        for place, strip in enumerate(self._strips):
            if strip is not None and strip.bands and tracks[place].any():
                found[place] = sosfilt(sections(strip.bands, self._rate), tracks[place])
        return found

    def _through(self) -> Complex:
        """The equalizers of the strips, (bands, 1, tracks)."""
        center_hz = self._meter.center_hz
        flat = np.ones(len(center_hz), dtype=np.complex128)
        made = [response(s.bands, center_hz, self._rate) if s and s.bands else flat for s in self._strips]
        return np.stack(made, axis=1)[:, None, :]

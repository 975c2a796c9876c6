"""What turning tracks over and delaying them does to their sum, as they stand at their faders."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from dawassist.analysis.low_end import HIGHEST_HZ, LowEnd
from dawassist.analysis.pairs import TrackPair
from dawassist.console.gains import Console
from dawassist.session.model import Session
from dawassist.units import power_to_db

DRUM_BAND_HZ = (60.0, 250.0)
LOW_BAND_HZ = (20.0, 500.0)
BODY_BAND_HZ = (250.0, HIGHEST_HZ)
_SMALLEST_SHARE = 0.1  # of the energy from 20 Hz to 2 kHz: a band that holds less says little about the sound
_THIRDS_HZ = 1000.0 * 10.0 ** (np.arange(-11, 3) / 10.0)  # 80 Hz … 1.6 kHz
_THIRD = 10.0**0.05  # from the center of a third-octave band to its edge
_QUIET_THIRD_DB = 30.0  # under the loudest one: a dip there is not heard
Powers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Levels of a band of the sum now and then. `dip_hz` is the third-octave band that fills most, by `dip_fill_db`.

    `whole_seconds`: how long the tracks play, where all of it was heard; 0 where it comes from excerpts.
    """

    band_hz: tuple[float, float]
    before_db: float
    after_db: float
    dip_hz: float = 0.0
    dip_fill_db: float = 0.0
    whole_seconds: float = 0.0

    @property
    def rise_db(self) -> float:
        return self.after_db - self.before_db


class Sums:
    """Sums of tracks at the master at the present faders, pans and switches, from what was heard of their low end.

    `whole`: low ends of a few tracks each, of which all was heard; `among` takes them before the excerpts of `low_end`.
    """

    def __init__(self, session: Session, low_end: LowEnd | None, whole: Sequence[LowEnd] = ()) -> None:
        self._session = session
        self._low_end = low_end
        self._whole = whole

    @cached_property
    def _console(self) -> Console:
        return Console(self._session)

    def among(self, guids: Collection[str]) -> "Sums":
        """For sums of these tracks: from the fewest tracks of which all was heard, or else from excerpts."""
        fitting = [each for each in self._whole if set(guids) <= set(each.track_guids)]
        if not fitting:
            return self
        return Sums(self._session, min(fitting, key=lambda each: len(each.track_guids)))

    @property
    def whole_seconds(self) -> float:
        """How long the tracks play, where all of it was heard; 0 where only excerpts were."""
        return self._low_end.whole_seconds if self._low_end else 0.0

    def knows(self, guids: Collection[str]) -> bool:
        return self._low_end is not None and set(guids) <= set(self._low_end.track_guids)

    def powers(self, guids: Sequence[str], flipped: Collection[str], later_seconds: Mapping[str, float]) -> Powers:
        """Power of the sum per bin."""
        assert self._low_end is not None
        gains = {guid: self._console.gain_matrix(guid) * (-1.0 if guid in flipped else 1.0) for guid in guids}
        return self._low_end.powers(gains, later_seconds)

    def in_band(self, powers: Powers, band_hz: tuple[float, float]) -> float:
        assert self._low_end is not None
        frequency_hz = self._low_end.frequency_hz
        return float(powers[(frequency_hz >= band_hz[0]) & (frequency_hz < band_hz[1])].sum())

    def effects(
        self, guids: Sequence[str], flipped: Collection[str], later_seconds: Mapping[str, float]
    ) -> tuple[Effect, ...]:
        """The effect on every band that carries the sound; none where the low end was not heard."""
        if not self.knows(guids):
            return ()
        before, after = self.powers(guids, (), {}), self.powers(guids, flipped, later_seconds)
        apart = sum((self.powers([guid], (), {}) for guid in guids), np.zeros_like(before))
        whole = self.in_band(apart, (LOW_BAND_HZ[0], HIGHEST_HZ))
        dip_hz, dip_fill_db = self._deepest_dip(apart, before, after)
        return tuple(
            Effect(
                band_hz=band,
                before_db=power_to_db(self.in_band(before, band)),
                after_db=power_to_db(self.in_band(after, band)),
                dip_hz=dip_hz,
                dip_fill_db=dip_fill_db,
                whole_seconds=self.whole_seconds,
            )
            for band in (DRUM_BAND_HZ, LOW_BAND_HZ, BODY_BAND_HZ)
            if self.in_band(apart, band) > _SMALLEST_SHARE * whole
        )

    def _deepest_dip(self, apart: Powers, before: Powers, after: Powers) -> tuple[float, float]:
        bands = [(center / _THIRD, center * _THIRD) for center in _THIRDS_HZ.tolist()]
        levels = [[power_to_db(self.in_band(powers, band)) for band in bands] for powers in (apart, before, after)]
        loudest = max(levels[0])
        fills = [
            then - now if alone > loudest - _QUIET_THIRD_DB else 0.0 for alone, now, then in zip(*levels, strict=True)
        ]
        place = int(np.argmax(fills))
        return float(_THIRDS_HZ[place]), fills[place]


def effect_of_pair(pair: TrackPair) -> tuple[Effect, ...]:
    """What the pair itself says, where its low end was not heard again: at the fader inputs, relative to now."""
    return (Effect(band_hz=LOW_BAND_HZ, before_db=0.0, after_db=pair.low_end_gain_db),)

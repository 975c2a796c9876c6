"""Delay and polarity between two signals of one source, with the probability that both are right.

Delay in samples is that of `other` behind `reference`. Proposals come from several estimators and are judged together
(`candidates`); where no proposal is probable enough, nothing is claimed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dawassist.analysis.alignment.candidates import Candidates, candidates
from dawassist.analysis.alignment.coloration import straightened
from dawassist.analysis.alignment.conditioned import conditioned
from dawassist.analysis.alignment.model import best_of
from dawassist.analysis.alignment.onsets import onset_spectra
from dawassist.analysis.alignment.refinement import exact_lag, fit, low_end_gain_db, moved
from dawassist.analysis.alignment.spectra import CrossSpectra, Mono, cross_spectra

CERTAIN = 0.95
"""At this calibrated probability the numbers are safe to act on.

The lowest hundredth at which 99 % of the claims on songs that the trees had not heard are right (lower bound of 95 %)
and none is wrong with little room and bleed or of an amplifier (`scripts/fit_alignment`; none of the songs is scored):
6 of 1783 are wrong, 0 of 354 easy ones, 0 of 95 amplifiers, 1 of 195 sub basses, 4 of 87 where a layer of the source
bleeds in loudly. At 0.94 it is 8 of 1829, one of them an amplifier.
"""

POSSIBLE = 0.5
"""Below it a common source is less likely than not; of unrelated pairs one in a hundred is above."""

_AGREEING_SAMPLES = 4.0  # two answers, each right within two samples
_ALIKE_DB = -12.0  # below it, frames that lie apart by the delay leave more than is different


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Alignment:
    """`confidence` is the calibrated probability that delay (± 2 samples) and polarity are right.

    `agreeing` excerpts of those in `spectra`, and `agreeing_hits` of `hits`, say the same each alone. `gain_db`,
    `residual_db` and `low_end_gain_db` are as in `TrackPair`, of both as they were `recorded`.
    """

    delay_samples: float
    inverted: bool
    confidence: float
    agreeing: int
    hits: int
    agreeing_hits: int
    gain_db: float
    residual_db: float
    low_end_gain_db: float
    spectra: CrossSpectra
    recorded: CrossSpectra
    candidates: Candidates

    @property
    def is_certain(self) -> bool:
        return self.confidence >= CERTAIN

    @property
    def is_possible(self) -> bool:
        return self.confidence >= POSSIBLE


def align(excerpts: Sequence[tuple[Mono, Mono]], rate_hz: int) -> Alignment | None:
    """From excerpts of both signals, heard at the same times; None where the two never sound together.

    Excerpts of three seconds are long enough; several of them tell more than one.
    """
    spectra = cross_spectra(excerpts, rate_hz)
    if not spectra.excerpts:
        return None
    found = candidates(spectra, onset_spectra(excerpts, rate_hz))
    place, confidence = best_of(found.features)
    lag, sign = int(found.lags[place]), int(found.signs[place])
    exact = exact_lag(straightened(spectra), lag, sign)
    gain_db, residual_db = fit(spectra, exact)
    if residual_db < _ALIKE_DB and lag:
        near = cross_spectra(moved(excerpts, lag), rate_hz)
        exact = lag + exact_lag(straightened(near), 0.0, sign)
        gain_db, residual_db = fit(near, exact - lag)
    return Alignment(
        delay_samples=exact,
        inverted=sign < 0,
        confidence=confidence,
        agreeing=int(found.votes[place]),
        hits=found.onsets,
        agreeing_hits=int(found.hits[place]),
        gain_db=gain_db,
        residual_db=residual_db,
        low_end_gain_db=low_end_gain_db(excerpts, rate_hz, exact, sign),
        spectra=spectra,
        recorded=spectra,
        candidates=found,
    )


def with_bleed_taken_away(
    found: Alignment, excerpts: Sequence[tuple[Mono, Mono]], others: Sequence[Sequence[Mono]], rate_hz: int
) -> tuple[Alignment, list[int]]:
    """What is certain once the bleed of `others`, heard in each excerpt, is gone, and of which; else `found`.

    An answer that is possible as recorded is never turned into another one.
    """
    left, used = conditioned(excerpts, others, rate_hz)
    cleaned = align(left, rate_hz) if used else None
    if cleaned is None or not cleaned.is_certain or not _agree(found, cleaned):
        return found, []
    gain_db, residual_db = fit(found.spectra, cleaned.delay_samples)
    sign = -1 if cleaned.inverted else 1
    told = replace(
        cleaned,
        gain_db=gain_db,
        residual_db=residual_db,
        low_end_gain_db=low_end_gain_db(excerpts, rate_hz, cleaned.delay_samples, sign),
        recorded=found.spectra,
    )
    return told, used


def _agree(one: Alignment, other: Alignment) -> bool:
    return one.inverted == other.inverted and abs(one.delay_samples - other.delay_samples) <= _AGREEING_SAMPLES

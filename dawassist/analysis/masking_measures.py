"""Three measures of masking on band powers: energy-based loudness loss, rank masking, MPEG mask-to-signal ratio.

They hardly track what listeners prefer (MUR changed by ≤ 4 % where listeners heard a difference, Hafezi & Reiss 2015),
so they are evidence for an engineer, never a target.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from dawassist.analysis.k_weighting import k_weighting_coefficients

Values = npt.NDArray[np.floating]
NOISE_MASKS_TONE_DB = 6.0  # MPEG-1 psychoacoustic model II (Ronan et al. 2018); the rest is taken as noise
TOP_RATIO_DB = 20.0  # T_max of Ronan et al. 2018
RANK_THRESHOLD = 9  # of about 30 third octaves, as 3 of the 10 octaves of Hafezi & Reiss 2015
_OCTAVE = 2.0
_LOWEST = 1e-20
_WEIGHTING_RATE_HZ = 48000


@lru_cache(maxsize=8)
def spreading(center_hz: tuple[float, ...]) -> npt.NDArray[np.float64]:
    """How much of the power in each band excites each other, (excited, exciting).

    The rounded-exponential filter of Glasberg and Moore (1990), (1 + p·g)·exp(−p·g) with p = 4 f / ERB(f), g the
    distance of the centers over f; nothing reaches further than an octave.
    """
    center = np.array(center_hz)
    erb = 24.7 * (4.37 * center / 1000.0 + 1.0)
    reach = 4.0 * np.abs(center[None, :] - center[:, None]) / erb[:, None]
    octaves = np.abs(np.log2(center[None, :] / center[:, None]))
    return np.where(octaves <= np.log2(_OCTAVE), (1.0 + reach) * np.exp(-reach), 0.0)


def excitation(power: Values, center_hz: tuple[float, ...]) -> Values:
    """What power in bands of one ERB, (…, bands), excites in every band."""
    return np.asarray(power @ spreading(center_hz).T.astype(power.dtype))


def unmasked_share(maskee: Values, masker_excitation: Values) -> Values:
    """The share of a band's energy that is the maskee's own, 0..1: E / (E + N); 1 without a masker."""
    return np.asarray(maskee / np.maximum(maskee + masker_excitation, _LOWEST))


def loudness_loss_db(maskee: Values, masker_excitation: Values) -> Values:
    """Energy-based loudness loss per band, 10·log10(1 + N / E): 0 without a masker, 3 dB at equal energy.

    Loudness is energy, as in the model that listeners preferred in Wichern et al. (2015); bands without the maskee
    have nothing to lose.
    """
    ratio = np.where(maskee > _LOWEST, masker_excitation / np.maximum(maskee, _LOWEST), 0.0)
    return np.asarray(10.0 * np.log10(1.0 + ratio))


def total_loss_db(maskee: Values, masker_excitation: Values, weight: Values) -> Values:
    """Loudness loss over all bands (…,): how much weaker the maskee is when each band counts by its unmasked share."""
    weighted = maskee * weight
    left = (weighted * unmasked_share(maskee, masker_excitation)).sum(axis=-1)
    total = weighted.sum(axis=-1)
    share = np.maximum(left, _LOWEST) / np.maximum(total, _LOWEST)
    return np.asarray(np.where(total > 0.0, -10.0 * np.log10(share), 0.0))


def rank_masking_db(masker: Values, maskee: Values, threshold: int = RANK_THRESHOLD) -> npt.NDArray[np.float64]:
    """M per band: masker over maskee in dB where the band is essential for the maskee and not for the masker, else 0.

    Hafezi & Reiss (2015): M = X_A − X_B if R_B ≤ R_T < R_A, ranks by power, 1 the strongest; acted on only above 0.
    """
    essential = _ranks(maskee) <= threshold
    dispensable = _ranks(masker) > threshold
    level = 10.0 * np.log10(np.maximum(masker, _LOWEST) / np.maximum(maskee, _LOWEST))
    return np.asarray(np.where(essential & dispensable & (maskee > _LOWEST), np.maximum(level, 0.0), 0.0))


def _ranks(power: Values) -> npt.NDArray[np.intp]:
    order = np.argsort(-power, kind="stable")
    ranks = np.empty(len(power), dtype=np.intp)
    ranks[order] = np.arange(1, len(power) + 1)
    return ranks


def mask_to_signal_db(maskee: Values, rest_excitation: Values) -> npt.NDArray[np.float64]:
    """MSR per band: masked threshold of the accompanying sum over the maskee's energy (Ronan et al. 2018)."""
    threshold = rest_excitation * 10.0 ** (-NOISE_MASKS_TONE_DB / 10.0)
    ratio = np.maximum(threshold, _LOWEST) / np.maximum(maskee, _LOWEST)
    return np.asarray(np.where(maskee > _LOWEST, 10.0 * np.log10(ratio), -np.inf), dtype=np.float64)


def masked_amount(ratio_db: Values) -> float:
    """M_n of Ronan et al. (2018): the mask-to-signal ratios above 0 dB, summed over bands, over 20 dB."""
    return float(np.maximum(ratio_db, 0.0).sum() / TOP_RATIO_DB)


def session_masking(amounts: Values) -> float:
    """The objective of Ronan et al. (2018): sum of squares plus the largest difference between two tracks."""
    return float(np.square(amounts).sum() + np.ptp(amounts)) if len(amounts) else 0.0


@lru_cache(maxsize=8)
def k_weights(center_hz: tuple[float, ...]) -> npt.NDArray[np.float64]:
    """Power gain of the K-weighting at every center."""
    numerator, denominator = k_weighting_coefficients(_WEIGHTING_RATE_HZ)
    turns = np.exp(-2j * np.pi * np.outer(np.array(center_hz) / _WEIGHTING_RATE_HZ, np.arange(len(numerator))))
    return np.asarray(np.abs((turns @ numerator) / (turns @ denominator)) ** 2)

"""The probability of each proposed delay and polarity, in two steps.

First a conditional logit over what speaks for the proposals, P(i) = exp(w · x_i) / (exp(n) + Σ exp(w · x_k)), n for
"none of them is right" (McFadden 1974); then a logistic calibration of the highest (Platt 1999) that also looks at how
much of the signals it stands for. Fitted on 712 simulated pairs of two songs of the stems (sodium, rubidium) and of
the demo session, by maximum likelihood with a ridge and no weight below zero, the second step on pairs that the first
had not seen. 194 of the pairs do not belong together. No other song was used.
"""

import numpy as np
import numpy.typing as npt

_NONE = -1.1551
_LOGIT, _BIAS = 0.1430, -2.4964
_SURE = 1e-4  # a probability closer to 0 or 1 says no more
_WEIGHTS = (  # of the choice, and of its calibration, for each of `alignment_candidates.FEATURES`
    (0.2193, 0.0000),  # energy PHAT, margin
    (1.0972, 0.0000),  # coherent PHAT, margin
    (1.0786, 0.0000),  # band PHAT, above the floor
    (0.0813, 0.0000),  # energy PHAT, above the floor
    (0.5908, 1.9880),  # coherent PHAT, above the floor
    (0.9918, 0.3935),  # share of agreeing excerpts
    (2.0428, 0.0000),  # middle band
    (1.8515, 0.6787),  # explained
    (0.6346, 0.6721),  # explained above 200 Hz
    (1.2187, 0.0000),  # explained above 800 Hz
    (1.9873, 0.0000),  # above 200 Hz, margin
    (0.0000, 0.9960),  # low band
)


def probabilities(features: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Of each candidate, shape (candidates,), not yet calibrated; what is left to 1 is that none is right."""
    scores = np.append(features @ np.array(_WEIGHTS)[:, 0], _NONE)
    odds = np.exp(scores - scores.max())
    each = odds / odds.sum()
    return np.asarray(each[:-1])


def calibrated(probability: float, features: npt.NDArray[np.float64]) -> float:
    """The probability that the best candidate, with these features, is right."""
    kept = float(np.clip(probability, _SURE, 1.0 - _SURE))
    score = _BIAS + _LOGIT * np.log(kept / (1.0 - kept)) + float(features @ np.array(_WEIGHTS)[:, 1])
    return float(1.0 / (1.0 + np.exp(-score)))

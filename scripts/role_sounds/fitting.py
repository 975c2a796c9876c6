"""The linear model of `dawassist.plan.role_by_sound`, fitted on measured sounds."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dawassist.plan.role_by_sound import VOICE_SHARE, SoundModel
from scripts.role_sounds.measuring import Measured

Values = npt.NDArray[np.float64]
_RIDGE = 3e-3
_TEMPER = 0.7  # scores of unheard kits and songs are this much too sure
_FEWEST_VOICES = 8  # below it a role's voice share is shrunk towards the usual one
_USUAL_VOICE = 0.01
_BACKING_VOICE = 0.3
_RAREST_VOICE = 0.005


def fit(sounds: Sequence[Measured]) -> SoundModel:
    """Multinomial logistic regression with a ridge, every role of equal weight."""
    from scipy.optimize import minimize

    roles = tuple(sorted({sound.role for sound in sounds}))
    features = np.stack([sound.features for sound in sounds])
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    inputs = np.column_stack(((features - mean) / scale, np.ones(len(features))))
    truth = np.array([[float(sound.role == role) for role in roles] for sound in sounds])
    share = truth @ (1.0 / truth.sum(axis=0)) / len(roles)

    def loss(flat: Values) -> tuple[float, Values]:
        weights = flat.reshape(len(roles), -1)
        scores = inputs @ weights.T
        scores -= scores.max(axis=1, keepdims=True)
        expected = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        ridge = np.column_stack((weights[:, :-1], np.zeros(len(roles))))
        cost = -float(share @ np.log((expected * truth).sum(axis=1) + 1e-12)) + _RIDGE * float((ridge**2).sum())
        slope = ((expected - truth) * share[:, None]).T @ inputs + 2.0 * _RIDGE * ridge
        return cost, slope.ravel()

    start = np.zeros(len(roles) * inputs.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x.reshape(len(roles), -1)
    return SoundModel(
        roles=roles, mean=mean, scale=scale, weights=_TEMPER * found[:, :-1], bias=_TEMPER * found[:, -1],
        voice={role: _voice_chance(role, sounds) for role in roles},
    )  # fmt: skip


def _voice_chance(role: str, sounds: Sequence[Measured]) -> float:
    """How often the detector hears a voice in a role, as the mean of what was counted and of 8 sounds as expected."""
    heard = [s.voice_share >= VOICE_SHARE for s in sounds if s.role == role and s.voice_share is not None]
    expected = {"lead_vocal": 0.9, "backing_vocal": _BACKING_VOICE}.get(role, _USUAL_VOICE)
    return max((sum(heard) + _FEWEST_VOICES * expected) / (len(heard) + _FEWEST_VOICES), _RAREST_VOICE)

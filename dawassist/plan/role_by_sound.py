"""Which role a track plays by its sound alone: a linear model over `sound_features`, and whether a voice is in it.

The numbers are those of role_sounds.toml, fitted by `scripts/fit_role_sounds` on labelled sounds.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from dawassist.analysis.model import TrackAnalysis
from dawassist.plan.sound_features import FEATURES, sound_features

Values = npt.NDArray[np.float64]
VOICE_SHARE = 0.45  # between the leads (≥ 0.66) and everything else (≤ 0.28) of the stems, see analysis.voice
_NAMED = 3  # measures that are shown as evidence
_WORDS = {
    "lead_vocal": "lead vocals", "backing_vocal": "backing vocals", "electric_guitar": "electric guitars",
    "acoustic_guitar": "acoustic guitars", "kick": "kicks", "snare": "snares", "tom": "toms", "hat": "hi-hats",
    "overhead": "cymbals", "percussion": "percussion", "drums": "whole kits", "bass": "basses", "keys": "keys",
    "synth": "synths", "strings": "strings", "brass": "winds",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SoundModel:
    """Softmax of `bias + weights · (features − mean) / scale`; weights (roles, features).

    `voice` has the probability that the speech detector hears a voice, by role.
    """

    roles: tuple[str, ...]
    mean: Values
    scale: Values
    weights: Values
    bias: Values
    voice: Mapping[str, float]

    def posterior(self, features: Values | None, voice_share: float | None) -> dict[str, float]:
        """Probability by role, all roles alike beforehand; measures that are None are left out."""
        scores = np.zeros(len(self.roles))
        if features is not None:
            scores += self.bias + self.weights @ ((features - self.mean) / self.scale)
        if voice_share is not None:
            heard = np.array([self.voice[role] for role in self.roles])
            scores += np.log(heard if voice_share >= VOICE_SHARE else 1.0 - heard)
        shares = np.exp(scores - scores.max())
        return dict(zip(self.roles, (shares / shares.sum()).tolist(), strict=True))


@cache
def sound_model() -> SoundModel:
    data = tomllib.loads((files("dawassist.plan") / "role_sounds.toml").read_text(encoding="utf-8"))
    if tuple(data["features"]) != FEATURES:
        raise AssertionError("role_sounds.toml was fitted on other features: run scripts/fit_role_sounds.")
    roles = tuple(data["role"])
    return SoundModel(
        roles=roles,
        mean=np.array(data["mean"]),
        scale=np.array(data["scale"]),
        weights=np.array([data["role"][role]["weights"] for role in roles]),
        bias=np.array([data["role"][role]["bias"] for role in roles]),
        voice={role: data["role"][role]["voice"] for role in roles},
    )


def role_by_sound(heard: TrackAnalysis) -> dict[str, float]:
    """Probability by role; empty where nothing was measured."""
    features = sound_features(heard)
    if features is None and heard.voice_share is None:
        return {}
    return sound_model().posterior(features, heard.voice_share)


def sound_evidence(heard: TrackAnalysis, role: str) -> str:
    """What of the sound speaks for a role, in numbers."""
    found: list[str] = []
    if heard.voice_share is not None and heard.voice_share >= VOICE_SHARE:
        found.append(f"a voice in {heard.voice_share:.0%} of it")
    if heard.spectrum is not None and heard.spectrum.centroid_hz:
        found.append(f"{heard.spectrum.low_end_share:.0%} of its energy up to 250 Hz")
        found.append(f"its balance point at {heard.spectrum.centroid_hz:.0f} Hz")
    if heard.onsets is not None and heard.onsets.count:
        found.append(f"{heard.onsets.per_second:.1f} onsets a second, {heard.onsets.percussivity:.0%} of them short")
    return f"a sound like {_WORDS.get(role, role)}: " + ", ".join(found[:_NAMED])

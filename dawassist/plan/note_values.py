"""Note values of a tempo that fits the audio, for pre-delays and delays."""

from dataclasses import dataclass

from dawassist.analysis.tempo_fit import TempoFit

LEAST_PRE_DELAY_MS = 30.0
_HALVINGS = 9
_ECHOES = (("1/4", 1.0), ("dotted 1/8", 0.75), ("1/8", 0.5))  # of a quarter note
_ECHO_MS = (250.0, 520.0)  # nearer is a doubling, farther a second voice
_WANTED_ECHO_MS = 375.0  # a dotted eighth at 120 BPM


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteValue:
    name: str
    ms: float


def pre_delay(fit: TempoFit) -> NoteValue:
    """The shortest halved quarter of at least 30 ms: 60/BPM/2^k, k = 0…8 (D. Moffat, M. Sandler, AutoReverb, 2019)."""
    values = [NoteValue(name=f"1/{4 * 2**k}", ms=fit.beat_ms / 2**k) for k in range(_HALVINGS)]
    return min((value for value in values if value.ms >= LEAST_PRE_DELAY_MS), key=lambda value: value.ms)


def echo(fit: TempoFit) -> NoteValue | None:
    """The note value for a single echo of a voice; None where none lies in a useful range."""
    values = [NoteValue(name=name, ms=share * fit.beat_ms) for name, share in _ECHOES]
    useful = [value for value in values if _ECHO_MS[0] <= value.ms <= _ECHO_MS[1]]
    return min(useful, key=lambda value: abs(value.ms - _WANTED_ECHO_MS), default=None)

"""What the stand-in's plug-ins do to sound: its own reading of their states, by the published laws of `stock_fx`.

ReaEQ, ReaComp and ReaGate sound; every other plug-in, ReaVerbate and ReaDelay too, passes its input through.
"""

from dawassist.console.biquads import FilterKind
from dawassist.console.compressor import CompressorSettings
from dawassist.console.dynamics import DetectorSettings
from dawassist.console.equalizer import EqualizerBand, EqualizerSettings
from dawassist.console.gate import GateSettings
from dawassist.console.inserts import Chain, Insert, Settings
from dawassist.rpp.chunks import CompState, EqState
from dawassist.session.model import Track as SessionTrack
from dawassist.standin.fx import TAIL, Fx
from dawassist.standin.track import Track
from dawassist.units import gain_to_db

_BAND_KINDS: dict[int, FilterKind] = {0: "low_shelf", 1: "high_shelf", 4: "high_pass", 8: "peak"}
_OFF_HZ = 19_999.0


def chain_of(track: Track, session_track: SessionTrack, sample_rate_hz: int) -> Chain:
    """The chain of one track. A plug-in that listens to a key passes its input through, too."""
    playing = [fx for fx in track.fx if fx.is_enabled and not fx.is_offline] if track.get("I_FXEN") else []
    return Chain(
        track=session_track,
        sample_rate_hz=sample_rate_hz,
        inserts=tuple(insert for fx in playing if (insert := _insert(fx)) is not None),
        unmodelled=(),
    )


def _insert(fx: Fx) -> Insert | None:
    settings: Settings
    state = fx.state
    if isinstance(state, EqState):
        settings = _equalizer(state)
    elif (
        isinstance(state, CompState) and not (fx.is_reverb or fx.is_delay) and not state.values[7 if fx.is_gate else 8]
    ):
        settings = _gate(state) if fx.is_gate else _compressor(state)
    else:
        return None
    return Insert(settings=settings, wet=fx.value(len(fx.parameters) + TAIL.index("wet")))


def _equalizer(state: EqState) -> EqualizerSettings:
    bands = [
        EqualizerBand(
            kind=_BAND_KINDS[band.kind], cutoff_frequency_hz=band.frequency_hz, gain_db=gain_to_db(band.gain),
            bandwidth_octaves=band.octaves,
        )
        for band in state.bands
        if band.enabled and band.kind in _BAND_KINDS
    ]  # fmt: skip
    return EqualizerSettings(bands=tuple(bands), output_gain_db=gain_to_db(state.global_gain))


def _compressor(state: CompState) -> CompressorSettings:
    threshold, ratio, attack, release, pre_comp, _, low_pass, high_pass, _, _, dry, wet, _, rms, knee = state.values[
        :15
    ]
    return CompressorSettings(
        threshold_db=gain_to_db(threshold), ratio=1.0 + 99.0 * ratio, attack_ms=500.0 * attack,
        release_ms=5000.0 * release, knee_db=24.0 * knee, look_ahead_ms=250.0 * pre_comp, wet_db=gain_to_db(wet),
        dry_db=gain_to_db(dry), detector=_detector(rms, low_pass, high_pass),
    )  # fmt: skip


def _gate(state: CompState) -> GateSettings:
    threshold, attack, release, pre_open, hold, low_pass, high_pass, _, _, dry, wet, _, hysteresis, _, rms = (
        state.values[:15]
    )  # fmt: skip
    return GateSettings(
        threshold_db=gain_to_db(threshold), attack_ms=500.0 * attack, release_ms=5000.0 * release,
        hold_ms=1000.0 * hold, hysteresis_db=gain_to_db(hysteresis), look_ahead_ms=250.0 * pre_open,
        wet_db=gain_to_db(wet), dry_db=gain_to_db(dry), detector=_detector(rms, low_pass, high_pass),
    )  # fmt: skip


def _detector(rms: float, low_pass: float, high_pass: float) -> DetectorSettings:
    low_pass_hz = 20_000.0 * low_pass
    return DetectorSettings(
        rms_size_ms=100.0 * rms, high_pass_hz=20_000.0 * high_pass,
        low_pass_hz=low_pass_hz if 0.0 < low_pass_hz < _OFF_HZ else 0.0,
    )  # fmt: skip

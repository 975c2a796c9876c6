"""A return that the session lacks: a track at its end with a stock reverb or delay on it that plays nothing dry."""

from collections.abc import Iterator, Mapping

from dawassist.fxmaps import fx_maps
from dawassist.fxmaps.native import fresh_values
from dawassist.intents import DelaySettings, Effect, ProposedBus, ReverbSettings
from dawassist.plan.raw_laws import raw_of
from dawassist.realize.chain import TOLERANCE, stock_fx
from dawassist.session.edits import NEW, CreateTrack, Edit, SetValue
from dawassist.session.targets import FxTarget
from dawassist.units import SILENCE_DB

_TOOLS: dict[Effect, str] = {"reverb": "ReaVerbate", "delay": "ReaDelay"}


def new_return(proposed: ProposedBus) -> tuple[str, tuple[Edit, ...]]:
    """The placeholder of the new track, and what makes it."""
    stock = _TOOLS[proposed.effect]
    guid, tool = f"{NEW}bus {proposed.name}", f"{NEW}{stock}@{proposed.name}"
    insertion = stock_fx(stock, guid, after_fx_guid="", creates=tool, label=f"{proposed.name} · new {stock}")
    track = CreateTrack(name=proposed.name, creates=guid, label=f"New track {proposed.name}")
    return guid, (track, insertion, *_values(guid, tool, proposed))


def _values(track_guid: str, fx_guid: str, proposed: ProposedBus) -> Iterator[SetValue]:
    stock = _TOOLS[proposed.effect]
    wanted = _reverb(proposed.reverb) if proposed.effect == "reverb" else _delay(proposed.delay)
    fresh = fresh_values(stock)
    for parameter in fx_maps()[stock].parameters():
        if parameter.name in wanted:
            raw = raw_of(f"{stock} {parameter.name}", wanted[parameter.name])
            target = FxTarget(track_guid=track_guid, fx_guid=fx_guid, fx_ident="", param_ident=parameter.ident)
            yield SetValue(
                target=target, expected_raw=fresh[parameter.index], desired_raw=raw, tolerance=TOLERANCE,
                label=f"{proposed.name} · {stock} {parameter.name.lower()}",
            )  # fmt: skip


def _reverb(reverb: ReverbSettings) -> Mapping[str, float]:
    """Values by parameter of ReaVerbate."""
    return {
        "Wet": 0.0, "Dry": SILENCE_DB, "Room size": reverb.room_size, "Dampening": reverb.dampening,
        "Stereo width": reverb.width, "Initial delay": reverb.pre_delay_ms, "Lowpass": reverb.high_cut_hz,
        "Hipass": reverb.low_cut_hz,
    }  # fmt: skip


def _delay(delay: DelaySettings) -> Mapping[str, float]:
    """Values by parameter of ReaDelay. Its time and its musical length add up: the latter goes to zero."""
    return {
        "Wet": 0.0, "Dry": SILENCE_DB, "1: Enabled": 1.0, "1: Length (time)": delay.time_ms,
        "1: Length (musical)": 0.0, "1: Feedback": delay.feedback_db, "1: Lowpass": delay.high_cut_hz,
        "1: Hipass": delay.low_cut_hz, "1: Stereo width": 1.0, "1: Volume": 0.0, "1: Pan": 0.0,
    }  # fmt: skip

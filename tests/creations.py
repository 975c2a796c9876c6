"""Edits that create things, and edits within what they create, for every adapter of a session."""

from dawassist.fxmaps import fx_maps
from dawassist.plan.raw_laws import raw_of
from dawassist.session.edits import CreateSend, CreateTrack, Edit, InsertFx, SetFxConfig, SetValue
from dawassist.session.targets import FxTarget, SendTarget
from dawassist.units import db_to_gain

EQ, COMP, TRACK, VERB = "new:eq", "new:comp", "new:plate", "new:verb"
ECHO, DELAY = "new:echo", "new:delay"
BANDS_OFF = tuple((f"BANDENABLED{k}", "0") for k in range(5))


def inserting(
    name: str, track_guid: str, creates: str, *, after: str = "", config: tuple[tuple[str, str], ...] = ()
) -> InsertFx:
    known = fx_maps()[name]
    return InsertFx(
        track_guid=track_guid, fx_name=known.fx_names[0], fx_files=known.files, after_fx_guid=after, creates=creates,
        config=config, label=f"new {name}",
    )  # fmt: skip


def parameter(
    track_guid: str, fx_guid: str, ident: str, desired: float, expected: float = 0.5, fx_ident: str = ""
) -> SetValue:
    target = FxTarget(track_guid=track_guid, fx_guid=fx_guid, fx_ident=fx_ident, param_ident=ident)
    return SetValue(target=target, expected_raw=expected, desired_raw=desired, tolerance=1e-4, label=ident)


def config(track_guid: str, fx_guid: str, name: str, expected: str, desired: str) -> SetFxConfig:
    return SetFxConfig(
        track_guid=track_guid, fx_guid=fx_guid, fx_ident="", name=name, expected=expected, desired=desired, label=name
    )


def equalizer(track_guid: str, *, after: str = "") -> list[Edit]:
    """A new ReaEQ with one bell at 320 Hz, its third band, made of the low shelf."""
    return [
        inserting("ReaEQ", track_guid, EQ, after=after, config=BANDS_OFF),
        config(track_guid, EQ, "BANDTYPE0", "0", "8"),
        config(track_guid, EQ, "BANDENABLED0", "0", "1"),
        parameter(track_guid, EQ, "0:_Freq_Band", raw_of("ReaEQ Freq", 320.0)),
        parameter(track_guid, EQ, "1:_Gain_Band", raw_of("ReaEQ Gain", -3.0)),
    ]


def compressor(track_guid: str, *, after: str = "") -> list[Edit]:
    return [
        inserting("ReaComp", track_guid, COMP, after=after),
        parameter(track_guid, COMP, "0:_Threshold", raw_of("ReaComp Threshold", -18.0)),
        parameter(track_guid, COMP, "1:_Ratio", raw_of("ReaComp Ratio", 3.0)),
    ]


def sending(track_guid: str, destination_guid: str, occurrence: int = 0) -> list[Edit]:
    """A send that comes from silence to -14 dB."""
    target = SendTarget(
        track_guid=track_guid, destination_guid=destination_guid, occurrence=occurrence, field="level_gain"
    )
    return [
        CreateSend(
            track_guid=track_guid, destination_guid=destination_guid, level_db=-150.0, tap="pre_fader",
            occurrence=occurrence, label="new send",
        ),
        SetValue(target=target, expected_raw=0.0, desired_raw=db_to_gain(-14.0), tolerance=1e-5, label="send"),
    ]  # fmt: skip


def plate(*sources: str) -> list[Edit]:
    """A new track with a reverb on it, and a send from each source."""
    return [
        CreateTrack(name='Plate "A"', creates=TRACK, label="new track"),
        inserting("ReaVerbate", TRACK, VERB),
        parameter(TRACK, VERB, "1:_Dry", 0.0),
        *(edit for source in sources for edit in sending(source, TRACK)),
    ]


def echo(*sources: str) -> list[Edit]:
    """A new track with a delay of 375 ms on it that plays nothing dry, and a send from each source."""
    return [
        CreateTrack(name="Echo", creates=ECHO, label="new track"),
        inserting("ReaDelay", ECHO, DELAY),
        parameter(ECHO, DELAY, "1:_Dry", 0.0),
        parameter(ECHO, DELAY, "3:_1__Length__time_", raw_of("ReaDelay 1: Length (time)", 375.0)),
        parameter(ECHO, DELAY, "4:_1__Length__musical_", 0.0),
        parameter(ECHO, DELAY, "5:_1__Feedback", raw_of("ReaDelay 1: Feedback", -10.0)),
        *(edit for source in sources for edit in sending(source, ECHO)),
    ]

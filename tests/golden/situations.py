"""The situations that break assistants in real sessions, as small project files. `MEDIA` names the sound they play."""

from tests.golden.projects import (
    envelope,
    item,
    lane,
    project,
    reacomp,
    reaeq,
    reagate,
    receive,
    take,
    third_party,
    track,
)

PAN_LAWS = {"0 dB": "1", "-3 dB": "0.70710678118655", "-4.5 dB": "0.59566214352901", "-6 dB": "0.5",
            "-3 dB compensated": "1.4142135623731", "-6 dB compensated": "2"}  # fmt: skip
PAN_MODES = {"classic": 0, "balance": 3, "stereo": 5, "dual": 6}
_BUS_COMPRESSOR = reacomp({0: 0.1, 1: 0.0303030303})
_WARM_EQ = reaeq((0, 120.0, 1.4125, 1.2), (8, 2500.0, 0.7079, 1.0), (4, 40.0, 1.0, 1.9))


def folder_bus() -> str:
    return project(
        track("Drums", depth=1, fx=[_BUS_COMPRESSOR]),
        track("Kick", items=[item("kick.wav")], fx=[_WARM_EQ]),
        track("Snare", items=[item("snare.wav")], depth=-1),
        track("Bass", items=[item("bass.wav")]),
        master_fx=[_BUS_COMPRESSOR],
    )


def send_fed_bus() -> str:
    """Guitars leave their main send off and reach the master over a bus; one track really reaches nothing."""
    return project(
        track("Gtr L", items=[item("guitar.wav")], main_send=0, volpan="1 -1 -1 -1 1"),
        track("Gtr R", items=[item("bass.wav")], main_send=0, volpan="1 1 -1 -1 1"),
        track("Gtr bus", lines=receive(1) + receive(2), fx=[_WARM_EQ]),
        track(
            "Plate", lines=receive(3, level=0.2), fx=[third_party("VST3: ValhallaPlate (Valhalla)", "valhalla.vst3")]
        ),
        track("Forgotten", items=[item("kick.wav")], main_send=0),
    )


def parallel_crush() -> str:
    return project(
        track("Drums", depth=1),
        track("Kick", items=[item("kick.wav")]),
        track("Snare", items=[item("snare.wav")], depth=-1),
        track("Drum Crush", lines=receive(1, mode=3, level=0.5), fx=[reacomp({0: 0.02, 1: 0.2})]),
    )


def groups_and_vca() -> str:
    """Field 21 of GROUP_FLAGS leads a VCA group, field 22 follows it; fields 1 and 2 gang the volume."""
    leads, follows = " ".join(["0"] * 20 + ["4"]), " ".join(["0"] * 21 + ["4"])
    return project(
        track("VCA Drums", lines=f"GROUP_FLAGS {leads}"),
        track("Kick", items=[item("kick.wav")], lines=f"GROUP_FLAGS {follows}"),
        track("Snare", items=[item("snare.wav")], lines=f"GROUP_FLAGS {follows}"),
        track("Gtr L", items=[item("guitar.wav")], lines="GROUP_FLAGS 1"),
        track("Gtr R", items=[item("guitar.wav")], lines="GROUP_FLAGS 0 1"),
    )


def takes_and_lanes() -> str:
    """The second take sounds; of three lanes the second one; one item is muted."""
    comp = item("kick.wav", takes=take("snare.wav", selected=True, level=-0.5) + take("bass.wav"))
    return project(
        track("Comp", items=[comp]),
        track(
            "Lanes",
            lines="FREEMODE 2\nLANESOLO 2 0 0 0 0 0 0 0",
            items=[
                item(file, lane=lane(number, 3)) for number, file in enumerate(("kick.wav", "snare.wav", "bass.wav"))
            ],
        ),
        track("Muted item", items=[item("kick.wav", mute=1), item("snare.wav", at=1.0)]),
        track("Empty take", items=[item("kick.wav", takes="      TAKE NULL SEL\n")]),
    )


def levels_before_the_plugins() -> str:
    """Item and take gain, then a pre-FX fade, then a compressor; then trim and volume envelopes and the fader."""
    return project(
        track(
            "Lead",
            items=[item("tone.wav", level=0.5, take_level=-2.0)],
            lines=envelope("VOLENV", (0.0, 1.0), (1.0, 0.25), scaled=0) + envelope("PANENV", (0.0, 0.0), (1.0, -0.5))
            + envelope("VOLENV2", (0.0, 0.5), scaled=1) + envelope("VOLENV3", (0.0, 0.5)),
            fx=[reacomp({0: 0.1})],
            volpan="2 0 -1 -1 1",
        )
    )  # fmt: skip


def inverted_and_delayed() -> str:
    """Delays in seconds, in samples, bypassed, and before zero."""
    return project(
        track("Snare bottom", items=[item("snare.wav")], polarity=1),
        track("Room", items=[item("snare.wav")], play_offset="0.01 0"),
        track("Sampled", items=[item("snare.wav")], play_offset="480 2"),
        track("Bypassed", items=[item("snare.wav")], play_offset="0.01 1"),
        track("Early", items=[item("snare.wav")], play_offset="-0.005 0"),
    )


def pan_laws(law: str, mode: str) -> str:
    """The project's law and mode; one track has a law of its own, one a mode of its own."""
    own_mode = "PANMODE 3" if mode != "balance" else "PANMODE 6"
    return project(
        track("Center", items=[item("tone.wav")], volpan="1 0 -1 -1 1"),
        track("Left", items=[item("tone.wav")], volpan="1 -1 -1 -1 1"),
        track("Half right", items=[item("tone.wav")], volpan="1 0.5 -1 -0.5 0.75"),
        track("Own law", items=[item("tone.wav")], volpan="1 0 1.4142135623731 -1 1"),
        track("Own mode", items=[item("tone.wav")], volpan="1 0.25 -1 -0.2 0.8", lines=own_mode),
        pan_law=PAN_LAWS[law],
        pan_mode=PAN_MODES[mode],
    )


def multi_out_instrument() -> str:
    """Kontakt plays from MIDI; its outputs 3/4 and 5/6 come back on tracks of their own."""
    return project(
        track("Kontakt", items=[item("", kind="MIDI")], channels=6,
              fx=[third_party("VSTi: Kontakt (Native Instruments)", "Kontakt.dll")]),
        track("Kontakt kick", lines=receive(1, source_channel=2)),
        track("Kontakt room", lines=receive(1, source_channel=4)),
    )  # fmt: skip


def side_chain_key() -> str:
    """The kick keys the compressor of the bass over channels 3/4, post-fader; a key track plays to nothing else."""
    return project(
        track("Kick", items=[item("kick.wav")]),
        track("Bass", items=[item("bass.wav")], channels=4, lines=receive(1, channel=2) + receive(3, channel=2),
              fx=[reacomp({0: 0.05, 8: 2 / 1084})]),
        track("Key", items=[item("kick.wav")], main_send=0),
    )  # fmt: skip


def print_and_reference() -> str:
    """A print of the mix, muted; a reference straight to the outputs; a rough mix that is muted."""
    return project(
        track("Kick", items=[item("kick.wav")]),
        track("Bass", items=[item("bass.wav")]),
        track("PRINT", items=[item("mix.wav")], lines=receive(1) + receive(2), mute_solo="1 0 0"),
        track("REF", items=[item("mix.wav")], main_send=0, lines="HWOUT 0 0 1 0 0 0 0 -1:U -1"),
        track("rough mix", items=[item("mix.wav")], mute_solo="1 0 0"),
    )


def songs_as_regions() -> str:
    """Two songs; the bass plays in the second only; the time selection lies in the first."""
    regions = 'MARKER 1 0 "First song" 1\nMARKER 1 1 "" 1\nMARKER 2 2 "Second song" 1\nMARKER 2 3 "" 1\n'
    return project(
        track("Kick", items=[item("kick.wav"), item("kick.wav", at=2.0)]),
        track("Bass", items=[item("bass.wav", at=2.0)]),
        lines=regions, selection="0.25 0.75",
    )  # fmt: skip


def dual_mono_and_poly() -> str:
    return project(
        track("Dual mono", items=[item("dual_mono.wav")]),
        track("Mono", items=[item("tone.wav")]),
        track("Poly", items=[item("poly.wav")], channels=6),
    )


def template() -> str:
    """A template of which one track is used; a click on a hardware output only."""
    return project(
        track("Vox 1", items=[item("tone.wav")]),
        track("Vox 2"),
        track("Keys", fx=[_WARM_EQ]),
        track("Folder", depth=1),
        track("Empty child", depth=-1),
        track("Click", items=[item("", kind="CLICK")], main_send=0, lines="HWOUT 2 0 1 0 0 0 0 -1:U -1"),
    )


def subproject_and_rates() -> str:
    return project(
        track("Intro", items=[item("intro.rpp", kind="RPP_PROJECT")]),
        track("Wrong rate", items=[item("slow.wav")]),
        track("Right rate", items=[item("tone.wav")]),
    )


def high_rate() -> str:
    return project(
        track("Lead", items=[item("tone96.wav")], fx=[_WARM_EQ, reacomp({0: 0.1})], play_offset="0.0025 0"), rate=96000
    )


def plugins() -> str:
    """Every kind of chain: all modelled, off, mixed, third-party behind an equalizer, automated, odd bands."""
    ride = envelope("PARMENV 0:_Threshold 0 2 1", (0.0, 1.0), (1.0, 0.1))
    limiter = third_party("VST3: Pro-L 2 (FabFilter)", "Pro-L 2.vst3")
    return project(
        track("Modelled", items=[item("burst.wav")],
              fx=[reagate({0: 0.01, 12: 0.5}), _WARM_EQ, reacomp({0: 0.1, 14: 0.25})]),
        track("Off", items=[item("burst.wav")], fx=[reaeq((8, 1000.0, 4.0, 1.0), bypass=1)]),
        track("Half wet", items=[item("burst.wav")], fx=[reacomp({0: 0.05, 4: 0.02, 11: 1.5}, wet="0.5 0")]),
        track("Third", items=[item("burst.wav")], fx=[_WARM_EQ, limiter, reacomp({0: 0.1})]),
        track("Automated", items=[item("burst.wav")], fx=[reacomp({}, after=ride)]),
        track("Band off", items=[item("burst.wav")],
              fx=[reaeq((8, 1000.0, 4.0, 1.0), (4, 100.0, 1.0, 1.9), enabled=[1, 0])]),
        track("Auto release", items=[item("burst.wav")], fx=[reacomp({0: 0.1, 16: 1.0})]),
        track("No chain", items=[item("burst.wav")]),
    )  # fmt: skip


SITUATIONS = {
    made.__name__: made
    for made in (
        folder_bus, send_fed_bus, parallel_crush, groups_and_vca, takes_and_lanes, levels_before_the_plugins,
        inverted_and_delayed, multi_out_instrument, side_chain_key, print_and_reference, songs_as_regions,
        dual_mono_and_poly, template, subproject_and_rates, high_rate, plugins,
    )
}  # fmt: skip

"""What a plug-in is, by its name."""

from typing import get_args

import pytest

from dawassist.fxmaps.categories import Category, categories_of, products, words_of

_STRIP = {"strip", "equalizer", "compressor"}
# Names as REAPER lists them, typed independently of the table.
_KNOWN = {
    "equalizer": [
        "VST: ReaEQ (Cockos)", "VST3: FabFilter Pro-Q 3 (FabFilter)", "VST3: TDR Nova (Tokyo Dawn Labs)",
        "VST3: Q10 Stereo (Waves)", "VST3: bx_digital V3 (Plugin Alliance)", "VST3: Kirchhoff-EQ (Plugin Alliance)",
        "VST: UAD Pultec EQP-1A (Universal Audio, Inc.)", "VST3: Ozone 11 Equalizer (iZotope)",
        "VST3: Weiss EQ1 (Softube)",
        "VST3: #TEqualiser (Tracktion) (mono)", "VST3: smart:EQ 4 (sonible)", "AU: DMGAudio: EQuilibrium",
        "JS: ReEQ - Parametric Graphic Equalizer", "VST3: VEQ4 Stereo (Waves)", "CLAP: ZL Equalizer 2 (ZL)",
    ],
    "compressor": [
        "VST: ReaComp (Cockos)", "VST: ReaXcomp (Cockos)", "VST3: FabFilter Pro-C 2 (FabFilter)",
        "VST3: CLA-2A Stereo (Waves)",
        "VST3: RVox Mono (Waves)", "VST: UAD UA 1176LN Rev E (Universal Audio, Inc.)", "VST3: The Glue (Cytomic)",
        "VST3: TDR Kotelnikov GE (Tokyo Dawn Labs)", "VST3: MJUC (Klanghelm)", "JS: 1175 Compressor",
        "VST3: OTT (Xfer Records)",
        "VST3: Tube-Tech CL 1B mk II (Softube)", "VST3: API-2500 Stereo (Waves)", "VST3: Unisum (Tone Projects)",
        "VST3: SSL Native Bus Compressor 2 (SSL)", "VST3: #TCompressor (Tracktion)",
        "VST3: Neutron 4 Compressor (iZotope)",
    ],
    "limiter": [
        "VST: ReaLimit (Cockos)", "VST3: FabFilter Pro-L 2 (FabFilter)", "VST3: L2 Stereo (Waves)",
        "VST: LoudMax (Thomas Mundt)",
        "VST3: Ozone 10 Maximizer (iZotope)", "VST3: Oxford Limiter (Sonnox)", "VST3: Elephant (Voxengo)",
        "VST3: KClip 3 (Kazrog)",
        "VST3: L1 Ultramaximizer Stereo (Waves)", "JS: Event Horizon Limiter/Clipper",
        "VST3: Invisible Limiter G2 (A.O.M.)",
    ],
    "deesser": [
        "VST3: FabFilter Pro-DS (FabFilter)", "VST3: DeEsser Mono (Waves)", "VST3: RDeEsser Stereo (Waves)",
        "VST: spitfish",
        "VST3: Oxford SuprEsser (Sonnox)", "VST3: Weiss Deess (Softube)", "VST3: RX 10 De-ess (iZotope)",
        "VST3: Sibilance (Waves)",
        "VST3: T-De-Esser 2 (Techivation)",
    ],
    "reverb": [
        "VST: ReaVerbate (Cockos)", "VST3: ValhallaRoom (Valhalla DSP, LLC)", "VST3: FabFilter Pro-R 2 (FabFilter)",
        "VST3: H-Reverb Stereo (Waves)", "VST3: Seventh Heaven Professional (LiquidSonics)",
        "VST3: Altiverb 7 (Audio Ease)",
        "VST3: LX480 Complete (Relab)", "VST3: Raum (Native Instruments)", "VST3: Little Plate (Soundtoys)",
        "CLAP: Dragonfly Hall Reverb (Michael Willis)", "VST3: Blackhole (Eventide)",
        "VST: UAD EMT 140 (Universal Audio, Inc.)",
    ],
    "delay": [
        "VST: ReaDelay (Cockos)", "AU: Soundtoys: EchoBoy", "VST3: H-Delay Stereo (Waves)",
        "VST3: ValhallaDelay (Valhalla DSP, LLC)",
        "VST3: FabFilter Timeless 3 (FabFilter)", "VST3: Replika XT (Native Instruments)",
        "VST3: #TStereo Delay (Tracktion)",
        "VST: UAD Galaxy Tape Echo (Universal Audio, Inc.)", "VST3: Tape Echoes (Softube)",
    ],
    "gate": [
        "VST: ReaGate (Cockos)", "VST3: FabFilter Pro-G (FabFilter)", "VST3: C1 gate Mono (Waves)",
        "VST3: NS1 Mono (Waves)",
    ],
    "saturation": [
        "VST3: Decapitator (Soundtoys)", "VST3: FabFilter Saturn 2 (FabFilter)", "VST3: J37 Stereo (Waves)",
        "VST: IVGI",
        "VST3: Oxford Inflator (Sonnox)", "VST3: RC-20 Retro Color (XLN Audio)",
        "VST: iZotope Trash 2 (iZotope, Inc.)",
        "VST: UAD Studer A800 (Universal Audio, Inc.)", "VST3: True Iron (Kazrog)", "CLAP: CHOWTapeModel (chowdsp)",
    ],
    "amp": [
        "VST3: AmpliTube 5 (IK Multimedia)", "VST3: Guitar Rig 6 (Native Instruments)",
        "VST3: NeuralAmpModeler (Steven Atkinson)",
        "VST3: Archetype Plini X (Neural DSP)", "VST3: Helix Native (Line 6)", "VST: Emissary (Ignite Amps)",
        "VST3: Ruby '63 Top Boost Amplifier (Universal Audio)",
    ],
    "pitch": [
        "VST3: Auto-Tune Pro (Antares)", "VST3: Melodyne (Celemony)", "VST: ReaTune (Cockos)",
        "VST: ReaPitch (Cockos)",
        "VST3: Little AlterBoy (Soundtoys)", "VST3: Waves Tune Real-Time Mono (Waves)",
        "VST3: Graillon 3 (Auburn Sounds)",
    ],
    "meter": [
        "VST3: Youlean Loudness Meter 2 (Youlean)", "VST3: SPAN (Voxengo)", "VST3: Insight 2 (iZotope)",
        "VST3: WLM Plus Stereo (Waves)",
        "JS: Loudness Meter Peak/RMS/LUFS", "VST3: MetricAB (ADPTR Audio)", "VST3: PAZ- Analyzer Stereo (Waves)",
    ],
    "room_correction": [
        "VST3: SoundID Reference Plugin (Sonarworks)", "VST3: ARC 4 (IK Multimedia)",
        "VST3: VSX (Steven Slate Audio)",
        "VST3: Abbey Road Studio 3 (Waves)", "VST3: Dirac Live Processor (Dirac)",
    ],
    "resonance": ["VST3: soothe2 (oeksound)", "VST3: Gullfoss (Soundtheory)"],
    "transient": ["VST3: SPL Transient Designer Plus (Plugin Alliance)", "VST3: Smack Attack Stereo (Waves)"],
    "restoration": ["VST3: RX 10 De-click (iZotope)", "VST3: Clarity Vx (Waves)"],
    "modulation": ["VST3: TAL-Chorus-LX (TAL Software)", "VST3: ShaperBox 3 (Cableguys)"],
    "imager": ["VST3: S1 Imager Stereo (Waves)", "VST3: Ozone 9 Imager (iZotope)"],
}  # fmt: skip


@pytest.mark.parametrize(("category", "name"), [(kind, name) for kind, names in _KNOWN.items() for name in names])
def test_a_known_product_is_of_one_category(category: str, name: str) -> None:
    assert categories_of(name) == {category}


@pytest.mark.parametrize(
    "name",
    [
        "VST3: SSL E-Channel Stereo (Waves)", "VST3: bx_console SSL 4000 E (Plugin Alliance)",
        "VST3: Console 1 (Softube)",
        "VST3: Scheps Omni Channel 2 Mono (Waves)", "VST3: Neutron 4 (iZotope)",
        "VST3: SSL Native Channel Strip 2 (SSL)",
        "VST: UAD Neve 88RS (Universal Audio, Inc.)", "VST3: Some Other Channel Strip (X)",
    ],
)  # fmt: skip
def test_a_channel_strip_is_an_equalizer_and_a_compressor_too(name: str) -> None:
    assert categories_of(name) == _STRIP


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("VST3: Great Parametric EQ (X)", {"equalizer"}),
        ("VST3: Vintage Tape Echo (X)", {"delay"}),
        ("VST3: Tape Echo Hall (X)", {"delay", "reverb"}),
        ("JS: Simple Compressor/Limiter", {"compressor", "limiter"}),
        ("VSTi: Room Piano (X)", {"instrument"}),
        ("CLAPi: Surge XT (Surge Synth Team)", {"instrument"}),
        ("VST3: Sequoia (X)", set()),
        ("VST3: Something (Equalizer Makers)", set()),
        ("AU: Equalizer Makers: Something", set()),
        ("VST3: FB360 Control (Two Big Ears) (8ch)", set()),
    ],
)
def test_words_tell_of_what_is_not_listed(name: str, expected: set[str]) -> None:
    assert categories_of(name) == expected


def test_a_renamed_plug_in_is_known_by_its_file() -> None:
    assert categories_of("my favourite", "C:\\VST3\\FabFilter Pro-Q 3.vst3<123") == {"equalizer"}


def test_at_least_five_hundred_products_are_listed_once_each() -> None:
    names = [words_of(name) for makers in products().values() for listed in makers.values() for name in listed]
    assert len(set(names)) == len(names) >= 500
    assert set(products()) == set(get_args(Category)) - {"instrument"}


def test_no_product_is_listed_that_another_one_of_its_category_covers() -> None:
    listed = [(kind, name) for kind, makers in products().items() for names in makers.values() for name in names]
    for kind, name in listed:
        own = words_of(name)
        inside = [
            other for other_kind, other in listed
            if other_kind == kind and other != name and _is_inside(words_of(other), own)
        ]  # fmt: skip
        assert not inside, f"{name} is found by {inside}"


def test_every_listed_product_is_found_as_what_it_is_listed_as() -> None:
    for kind, makers in products().items():
        for maker, names in makers.items():
            for name in names:
                expected = _STRIP if kind == "strip" else {kind}
                assert categories_of(f"VST3: {name} ({maker})") == expected, name
                assert categories_of(f"AU: {maker}: {name}") == expected, name


def _is_inside(words: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return any(other[k : k + len(words)] == words for k in range(len(other) - len(words) + 1))

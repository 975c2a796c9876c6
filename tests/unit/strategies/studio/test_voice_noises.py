"""Sibilants, plosives and breaths that stand out are told with their places; a clean voice gets no word."""

from dataclasses import replace

import numpy as np
import pytest

from dawassist.analysis.model import Activity
from dawassist.analysis.spectrum import BandPower
from dawassist.analysis.voice_noises import voice_noises
from dawassist.plan.brief import Brief
from dawassist.plan.wording import sentence_faults
from dawassist.session.findings import Finding
from dawassist.session.model import Fx
from dawassist.strategies.studio import situation_of
from dawassist.strategies.studio.voice_noises import voice_noise_findings
from tests.analyses import Sound, make_analysis
from tests.sessions import make_item, make_session, make_track

CENTERS_HZ = tuple(float(f"{1000.0 * 2 ** ((n - 17) / 3):.4g}") for n in range(31))  # 20 Hz to 20 kHz
FRAME_SECONDS = 0.2
LOW, VOWEL, HISS = ((20.0, 80.0), (200.0, 4000.0), (5000.0, 10000.0))


def bands_of(frames: list[dict[tuple[float, float], float]]) -> BandPower:
    """Each frame: levels in dB by range of frequencies, spread evenly over the bands in it."""
    power = np.full((len(frames), len(CENTERS_HZ)), 1e-12)
    centers = np.array(CENTERS_HZ)
    for row, frame in zip(power, frames, strict=True):
        for (low, high), level_db in frame.items():
            inside = (centers >= 0.98 * low) & (centers <= 1.02 * high)
            row[inside] += 10.0 ** (level_db / 10.0) / inside.sum()
    return BandPower(
        frame_seconds=FRAME_SECONDS, center_hz=CENTERS_HZ, third_octave=power.astype(np.float32), erb_center_hz=(),
        erb=np.zeros((len(frames), 0), dtype=np.float32),
    )  # fmt: skip


SUNG = {VOWEL: -20.0, HISS: -38.0, LOW: -50.0}
PAUSE: dict[tuple[float, float], float] = {VOWEL: -70.0}


def voice(noise: dict[tuple[float, float], float], *, at: int = 5, times: int = 4) -> BandPower:
    """Phrases of 20 frames, each with the noise in one of them (0 is the frame before the first sung one)."""
    phrase = [PAUSE] * 5 + [SUNG] * 14 + [PAUSE]
    return bands_of([noise if frame % 20 == at and frame < 20 * times else phrase[frame % 20] for frame in range(120)])


@pytest.mark.parametrize(
    ("kind", "noise", "at"),
    [
        ("sibilants", {HISS: -20.0, VOWEL: -32.0}, 9), ("plosives", SUNG | {LOW: -24.0}, 5),
        ("breaths", {(1600.0, 8000.0): -33.0, VOWEL: -60.0}, 4),
    ],
)  # fmt: skip
def test_each_noise_is_found_where_it_is_and_no_other(
    kind: str, noise: dict[tuple[float, float], float], at: int
) -> None:
    found = voice_noises(voice(noise, at=at), 10.0)
    places = {name: getattr(found, name) for name in ("sibilants", "plosives", "breaths")}
    wanted = tuple(10.0 + (20 * phrase + at + 0.5) * FRAME_SECONDS for phrase in range(4))
    assert [seconds for seconds, _ in places.pop(kind)] == pytest.approx(wanted)
    assert set(places.values()) == {()}


@pytest.mark.parametrize(
    "frames",
    [[SUNG] * 100, [SUNG | {LOW: -22.0}] * 100, [PAUSE] * 100, [], [{HISS: -20.0, VOWEL: -60.0}] * 100],
    ids=["a voice", "steady rumble", "silence", "nothing", "noise throughout"],
)
def test_steady_sounds_hold_no_plosives_or_breaths(frames: list[dict[tuple[float, float], float]]) -> None:
    found = voice_noises(bands_of(frames), 0.0)
    assert (found.plosives, found.breaths) == ((), ())


def test_frames_of_long_sessions_are_too_coarse_to_tell() -> None:
    bands = voice({HISS: -20.0, VOWEL: -32.0}, at=9)
    assert voice_noises(replace(bands, frame_seconds=0.8), 0.0).sibilants == ()


def findings_of(bands: BandPower, *, name: str = "Lead Vox", fx: tuple[Fx, ...] = ()) -> list[Finding]:
    tracks = [
        make_track(number=1, name=name, items=[make_item("a.wav")], fader_db=-3.0, fx=fx),
        make_track(number=2, name="Keys", items=[make_item("b.wav")], fader_db=-3.0),
    ]
    session = make_session(tracks)
    analysis = make_analysis(session, {"Lead Vox": Sound(voice=0.8)})
    lead = replace(analysis.tracks[0], bands=bands, activity=Activity(share=0.5, segments=()))
    found = voice_noise_findings(situation_of(session, replace(analysis, tracks=(lead, analysis.tracks[1])), Brief()))
    assert sentence_faults(*(finding.sentence for finding in found)) == []
    return list(found)


def test_a_finding_says_how_many_how_loud_and_where() -> None:
    (finding,) = findings_of(voice({HISS: -20.0, VOWEL: -32.0}, at=9))
    assert finding.kind == "sibilance"
    assert finding.sentence.startswith("Lead Vox has 4 sibilants at 5–10 kHz")
    assert len(finding.evidence) == len(finding.at_seconds) == 4
    assert finding.evidence[0].text == f"0:02: {finding.evidence[0].value:+.1f} dB against its vowels, 5–10 kHz."


def test_few_places_instruments_and_voices_with_a_de_esser_get_no_word() -> None:
    hiss = {HISS: -20.0, VOWEL: -32.0}
    de_esser = Fx(
        guid="{F}", ident="deesser", name="JS: De-esser", kind="JS", enabled=True, offline=False, parameters=None
    )
    assert findings_of(voice(hiss, at=9, times=2)) == []
    assert findings_of(voice(hiss, at=9), name="Gtr") == []
    assert findings_of(voice(hiss, at=9), fx=(de_esser,)) == []

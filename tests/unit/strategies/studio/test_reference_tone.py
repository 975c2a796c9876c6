"""The tone of a reference as an equalizer on the master: only asked for, and as predicted when it is rendered."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dawassist.analysis.model import Analysis
from dawassist.console.chain import chain_of
from dawassist.console.equalizer import EqualizerSettings
from dawassist.intents import EqBandIntent
from dawassist.journal import Journal
from dawassist.opening import open_file
from dawassist.plan.brief import Brief, Scope
from dawassist.plan.draft import Draft
from dawassist.plan.model import Plan
from dawassist.plan.wording import sentence_faults
from dawassist.projectfile import ProjectFile
from dawassist.review import Decisions
from dawassist.session.model import Session
from dawassist.strategies.studio import Studio
from tests.sessions import MASTER_GUID, make_track
from tests.tools import make_fx
from tests.unit.strategies.studio.test_reference import song

RATE = 48000
SECONDS = 20
ASKED = Brief(reference="Hit.wav", reference_amount=1.0, extras=frozenset({"reference_tone"}))


def drafted(session: Session, analysis: Analysis, brief: Brief = ASKED) -> tuple[list[EqBandIntent], Draft]:
    draft = Studio().suggest(session, analysis, brief)
    made = [p for p in draft.proposals if p.reason_class == "reference_tone"]
    assert sentence_faults(*(e.text for p in made for e in p.rationale.evidence)) == []
    assert sentence_faults(*(left.reason for left in draft.left_out)) == []
    return [i for p in made for i in p.intents if isinstance(i, EqBandIntent)], draft


def largest(bands: list[EqBandIntent]) -> float:
    return max(abs(band.gain_db) for band in bands)


def test_it_is_a_matter_of_taste_on_the_master_and_only_where_it_is_asked_for() -> None:
    bands, draft = drafted(*song())
    assert {band.track_guid for band in bands} == {MASTER_GUID}
    assert 1 <= len(bands) <= 2
    (card,) = (p for p in draft.proposals if p.reason_class == "reference_tone")
    assert card.basis == "taste"
    unasked, draft = drafted(*song(), replace(ASKED, extras=frozenset()))
    assert unasked == []
    assert any('extras = ["reference_tone"]' in left.reason for left in draft.left_out)


def test_amount_and_strength_set_how_far_it_goes() -> None:
    some = replace(ASKED, reference_amount=0.4)
    whole, _ = drafted(*song(), some)
    half, _ = drafted(*song(), replace(some, reference_amount=0.2))
    weaker, _ = drafted(*song(), replace(some, strength=0.5))
    assert largest(half) == pytest.approx(largest(whole) / 2.0, abs=0.25)
    assert largest(weaker) == pytest.approx(largest(whole) / 2.0, abs=0.25)
    assert largest(drafted(*song())[0]) <= 3.0
    assert drafted(*song(), replace(ASKED, strength=0.0))[0] == []


def test_what_is_on_the_master_already_is_not_driven_otherwise() -> None:
    session, analysis = song()
    master = make_track(guid=MASTER_GUID, number=0, fx=[make_fx("VST: ReaComp (Cockos)")])
    bands, draft = drafted(replace(session, master=master), analysis)
    assert bands == []
    assert any("would get another sound" in left.reason for left in draft.left_out)


def test_a_raw_mix_and_a_plan_for_some_tracks_get_none() -> None:
    assert drafted(*song(fader_db=0.0))[0] == []
    assert drafted(*song(), replace(ASKED, scope=Scope(kind="tracks", tracks=("Keys",))))[0] == []


def sloped(seed: int, slope: float) -> np.ndarray:
    """Noise whose spectrum falls by that power of the frequency."""
    hertz = np.fft.rfftfreq(RATE * SECONDS, 1.0 / RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal((2, RATE * SECONDS)))
    found = np.fft.irfft(spectrum * np.maximum(hertz, 20.0) ** -slope)
    return np.asarray(0.1 * found / found.std())


def octave_db(signal: np.ndarray, center_hz: float) -> float:
    hertz = np.fft.rfftfreq(signal.shape[1], 1.0 / RATE)
    inside = (hertz >= center_hz / 2.0**0.5) & (hertz < center_hz * 2.0**0.5)
    return float(10.0 * np.log10((np.abs(np.fft.rfft(signal)) ** 2).sum(axis=0)[inside].sum()))


def equalized(mix: np.ndarray, path: Path) -> np.ndarray:
    """Through what is on the master of a written project, by pedalboard."""
    from pedalboard import HighShelfFilter, LowShelfFilter, PeakFilter

    session = ProjectFile(path).snapshot()
    (insert,) = chain_of(session, session.master).inserts
    assert isinstance(insert.settings, EqualizerSettings)
    made = {"low_shelf": LowShelfFilter, "high_shelf": HighShelfFilter, "peak": PeakFilter}
    for band in insert.settings.bands:
        q = 2.0 ** (band.bandwidth_octaves / 2.0) / (2.0**band.bandwidth_octaves - 1.0)
        mix = made[band.kind](cutoff_frequency_hz=band.cutoff_frequency_hz, gain_db=band.gain_db, q=q)(mix, RATE)
    return mix


def test_octaves_change_as_predicted_when_the_written_project_is_rendered(tmp_path: Path) -> None:
    sounds = {"Bass": sloped(0, 1.2), "Keys": sloped(1, 0.6), "Guitar": sloped(2, 0.4)}
    for name, sound in (*sounds.items(), ("Hit", sloped(3, 0.35))):
        soundfile.write(tmp_path / f"{name}.wav", sound.T, RATE, subtype="FLOAT")
    faders = dict(zip(sounds, (0.6, 0.9, 0.5), strict=True))
    project = tmp_path / "song.rpp"
    project.write_text(project_text(faders))
    brief = Brief(reference=str(tmp_path / "Hit.wav"), reference_amount=0.5, extras=frozenset({"reference_tone"}))
    written = tmp_path / "with tone.rpp"
    with open_file(project, out=written, journal=Journal(tmp_path / "journal.jsonl")) as assistant:
        session = assistant.snapshot()
        plan: Plan = assistant.suggest(session, assistant.analyze(session, brief), brief)
        moves = [each for each in plan.recommendations if each.reason_class == "reference_tone"]
        assistant.apply(plan, Decisions().accept(frozenset(each.id for each in moves)))
    mix = np.asarray(sum(faders[name] * sound for name, sound in sounds.items()), dtype=np.float32)
    after = equalized(mix, written)
    predicted = {p.metric: p.after - p.before for p in moves[0].predicted if p.metric.startswith("octave at ")}
    assert len(predicted) >= 3
    centers = {"63 Hz": 63, "125 Hz": 125, "250 Hz": 250, "500 Hz": 500, "1 kHz": 1000, "2 kHz": 2000, "4 kHz": 4000,
               "8 kHz": 8000}  # fmt: skip
    for text, hz in centers.items():
        change_db = octave_db(after, hz) - octave_db(mix, hz)
        assert change_db == pytest.approx(predicted.get(f"octave at {text} of the mix", 0.0), abs=0.3)


def project_text(faders: dict[str, float]) -> str:
    tracks = "".join(
        f'  <TRACK {{00000000-0000-0000-0000-{number:012d}}}\n    NAME "{name}"\n    VOLPAN {gain} 0 -1 -1 1\n'
        f"    <ITEM\n      POSITION 0\n      LENGTH {SECONDS}\n      <SOURCE WAVE\n"
        f'        FILE "{name}.wav"\n      >\n    >\n  >\n'
        for number, (name, gain) in enumerate(faders.items(), start=1)
    )
    return f'<REAPER_PROJECT 0.1 "7.0" 1\n  SAMPLERATE {RATE} 1 0\n  <MASTERFXLIST\n    SHOW 0\n  >\n{tracks}>\n'

"""What the technical pass says of situations in which assistants embarrass themselves, and of their opposites."""

from pathlib import Path

import numpy as np
import pytest

from dawassist.plan.brief import Brief, Scope
from tests.golden import band
from tests.golden.band import SECONDS, write_band
from tests.golden.projects import item, project, track, write_wave
from tests.golden.technical import CRUSH, Told, part, rest


def test_a_band_without_faults_gets_no_technical_word(band_folder: Path) -> None:
    assert Told(band_folder, project(part("Kick", "kick"), *rest())).faults == set()


def test_a_sample_beside_its_drum_is_no_copy_and_no_late_microphone(band_folder: Path) -> None:
    told = Told(band_folder, project(part("Kick In", "kick"), part("Kick Trig", "kick_sample"), *rest()))
    assert told.faults == set()
    assert told.technical_moves == set()


def test_dual_mono_is_as_good_as_mono(band_folder: Path) -> None:
    """A centered stem whose sides are equal is not "stereo", off-center or out of polarity."""
    told = Told(band_folder, project(part("Kick", "kick"), part("Bass", "bass"), part("Guitar", "dual")))
    assert told.faults == set()


def test_prints_and_references_are_not_held_against_the_parts_they_hold(band_folder: Path) -> None:
    parts = [band.kick(), band.bass(), band.guitar(), band.voice()]
    write_wave(band_folder, "mix.wav", np.stack((sum(parts), sum(parts))) * 0.7)
    hardware = "HWOUT 0 0 1 0 0 0 0 -1:U -1"
    told = Told(
        band_folder,
        project(
            part("Kick", "kick"),
            *rest(),
            part("PRINT", "mix", mute_solo="1 0 0"),
            part("rough mix", "mix", mute_solo="1 0 0"),
            part("REF", "mix", main_send=0, lines=hardware),
        ),
    )
    assert told.faults == set()
    assert told.technical_moves == set()


def test_the_plan_is_the_same_at_96_khz(band_folder: Path, tmp_path: Path) -> None:
    """Delays are times, not samples; nothing is made of what lies above 20 kHz."""
    text = project(part("Lead dyn", "voice"), part("Lead cond", "voice_2"), *rest()[:2])
    low = Told(band_folder, text)
    for file in ("bass", "guitar", "voice", "voice_2"):
        write_doubled(band_folder / f"{file}.wav", tmp_path / f"{file}.wav")
    high = Told(tmp_path, text.replace("SAMPLERATE 48000", "SAMPLERATE 96000"))
    assert high.session.sample_rate_hz == 96000
    assert high.faults == low.faults
    moves = [
        sorted((m.track_number, m.kind, m.change.after) for m in told.plan.recommendations) for told in (high, low)
    ]
    assert [move[:2] for move in moves[0]] == [move[:2] for move in moves[1]]
    for (*_, after), (*_, expected) in zip(*moves, strict=True):
        assert after == pytest.approx(expected, abs=0.15)


def test_a_lavalier_and_a_boom_that_moves_are_told_and_left_alone(band_folder: Path) -> None:
    boom = [item("boom.wav", at=at, offset=at, length=SECONDS / 3) for at in (0.0, SECONDS / 3, SECONDS / 1.5)]
    moving = project(part("Lav", "voice"), track("Boom", items=boom), part("Room tone", "bass"))
    told = Told(band_folder, moving)
    assert {kind for kind, _ in told.faults} <= {"delay_varies"}
    assert told.technical_moves == set()
    still = Told(band_folder, project(part("Lav", "voice"), part("Boom", "still"), part("Room tone", "bass")))
    assert {move[:2] for move in still.technical_moves} == {(1, "delay")}


def test_a_host_who_speaks_for_a_twentieth_of_the_time_is_not_dead(band_folder: Path, tmp_path: Path) -> None:
    """And neither is a sparse shaker: how long a track plays says nothing of its cable."""
    write_band(tmp_path)
    seldom = np.zeros_like(band.voice())
    length = len(seldom) // 20
    start = int(np.argmax(np.abs(band.voice()))) - length // 2
    seldom[start : start + length] = band.voice()[start : start + length]
    write_wave(tmp_path, "seldom.wav", seldom + 1e-5 * np.random.default_rng(1).standard_normal(len(seldom)))
    told = Told(tmp_path, project(part("Host", "seldom"), part("Guest", "voice"), part("Jingle", "guitar")))
    assert told.faults == set()


def test_what_lies_outside_of_the_time_selection_is_not_judged(band_folder: Path, tmp_path: Path) -> None:
    """The first item hums, the second does not."""
    write_band(tmp_path)
    at = np.arange(band.frames()) / 48000
    hum = sum(0.01 / k * np.sin(2 * np.pi * 50.0 * k * at) for k in range(1, 7))
    write_wave(tmp_path, "hums.wav", band.voice() + hum)
    lead = track("Lead", items=[item("hums.wav", length=SECONDS), item("voice.wav", at=SECONDS, length=SECONDS)])
    first, second = (
        Told(tmp_path, project(*rest()[:2], lead, selection=text), Brief(scope=Scope(kind="selection")))
        for text in ("0 12", "12 24")
    )
    assert first.faults == {("hum", frozenset({3}))}
    assert second.faults == set()


def test_the_empty_tracks_of_a_template_get_no_finding(band_folder: Path) -> None:
    unused = [track(name, fx=[CRUSH]) for name in ("Vox 2", "Keys", "Snare Bottom", "OH L", "OH R")]
    told = Told(band_folder, project(part("Kick", "kick"), *unused, *rest()))
    assert told.faults == set()
    moved = {move.track_number for move in told.plan.recommendations}
    assert moved.isdisjoint(range(2, 7))


def write_doubled(source: Path, out: Path) -> None:
    import soundfile
    import soxr

    samples, _ = soundfile.read(source)
    soundfile.write(out, soxr.resample(samples, 48000, 96000, "VHQ"), 96000, subtype="FLOAT")

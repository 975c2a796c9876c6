"""DC, rumble, hum and clipping under synthetic tracks, and what looks like them and is none."""

import numpy as np
import numpy.typing as npt
import pytest

from dawassist.analysis.activity import NEVER
from dawassist.analysis.disturbance_findings import disturbance_findings
from dawassist.analysis.model import TrackAnalysis
from dawassist.analysis.track_meter import TrackMeter
from dawassist.plan.wording import sentence_faults
from dawassist.session.findings import Finding
from tests.sessions import make_track

RATE = 8000
SECONDS = 12
Signal = npt.NDArray[np.float64]
TIMES = np.arange(SECONDS * RATE) / RATE


def heard(signal: Signal) -> TrackAnalysis:
    """A mono signal, or (2, frames)."""
    both = np.broadcast_to(signal, (2, signal.shape[-1])).astype(np.float32)
    meter = TrackMeter(RATE, hears_voice=False)
    for first in range(0, both.shape[1], RATE):
        meter.push(np.ascontiguousarray(both[:, first : first + RATE]), is_last=first + RATE >= both.shape[1])
    return meter.analysis("{T}", "after_chain", 0.0, ())


def findings(signal: Signal, start_seconds: float = 0.0) -> dict[str, Finding]:
    found = heard(signal).disturbances
    assert found is not None
    made = list(disturbance_findings(make_track(number=1, name="Vox"), found, start_seconds))
    assert all(sentence_faults(finding.sentence, *(e.text for e in finding.evidence)) == [] for finding in made)
    assert all(any(letter.isdigit() for letter in finding.sentence) for finding in made)
    return {finding.kind: finding for finding in made}


def phrases(seed: int = 1, low_hz: float = 150.0) -> Signal:
    """Notes of a fourth of a second with overtones and rests between, over a very quiet floor."""
    chance = np.random.default_rng(seed)
    signal = 1e-5 * chance.standard_normal(len(TIMES))
    for start in range(0, len(TIMES) - RATE, RATE // 2):
        length = RATE // 4
        at = np.arange(length) / RATE
        hertz = low_hz * 2.0 ** (chance.integers(0, 24) / 12.0) * 1.013
        note = sum(np.sin(2 * np.pi * order * hertz * at + order) / order for order in range(1, 6))
        signal[start : start + length] += 0.15 * np.hanning(length) * note
    return signal


def mains(hertz: float, level_dbfs: float) -> Signal:
    total = sum(np.sin(2 * np.pi * hertz * order * TIMES + order) / order for order in (1, 2, 3, 5))
    return np.asarray(10 ** (level_dbfs / 20) * total)


def low_noise(low_hz: float, high_hz: float, rms: float) -> Signal:
    chance = np.random.default_rng(5)
    hertz = np.fft.rfftfreq(len(TIMES), 1 / RATE)
    spectrum = np.where((hertz >= low_hz) & (hertz <= high_hz), np.exp(2j * np.pi * chance.random(len(hertz))), 0)
    noise = np.fft.irfft(spectrum, len(TIMES))
    return np.asarray(rms * noise / np.sqrt(np.mean(noise**2)))


def notes(hertz: float, seconds: float, decay: float) -> Signal:
    at = np.arange(round(seconds * RATE)) / RATE
    tone = sum(np.sin(2 * np.pi * order * hertz * at) / order for order in range(1, 7))
    note = np.minimum(1.0, np.minimum(at, at[::-1]) / 0.01) * np.exp(-decay * at) * tone
    return np.asarray(0.2 * np.resize(note, len(TIMES)))


def test_a_clean_track_has_none() -> None:
    assert findings(phrases()) == {}


@pytest.mark.parametrize("level_dbfs", [-20.0, -45.0, -60.0])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_dc_is_found_with_its_level_and_sign(level_dbfs: float, sign: float) -> None:
    offset = sign * 10 ** (level_dbfs / 20)
    measured = heard(phrases() + offset).disturbances
    assert measured is not None
    assert measured.dc is not None
    assert measured.dc.offset == pytest.approx(offset, rel=0.05)
    assert "dc" in findings(phrases() + offset)


def test_dc_of_one_side_is_found() -> None:
    assert "dc" in findings(np.stack((phrases(), phrases() + 0.01)))


def test_an_offset_that_comes_and_goes_with_the_sound_is_no_dc() -> None:
    plays = (TIMES % 6.0 < 3.0) * 0.02
    assert "dc" not in findings(phrases() + plays)


def test_hits_that_lean_to_one_side_are_no_dc_and_dc_under_them_is() -> None:
    """A synthetic kick every half second: its mean is the same in every window, and nothing in its pauses."""
    at = np.arange(RATE // 2) / RATE
    hits = np.resize(0.6 * np.sin(2 * np.pi * (55 * at + 1 - np.exp(-30 * at))) * np.exp(-16 * at), len(TIMES))
    assert abs(hits.mean()) > 0.001
    floor = 1e-5 * np.random.default_rng(1).standard_normal(len(TIMES))
    assert "dc" not in findings(hits + floor)
    assert "dc" in findings(hits + floor + 0.01)


@pytest.mark.parametrize("mains_hz", [50.0, 60.0, 49.95, 60.1])
def test_hum_is_found_with_its_mains_and_level(mains_hz: float) -> None:
    found = findings(phrases() + mains(mains_hz, -60.0), start_seconds=100.0)["hum"]
    assert f"{round(mains_hz, -1):.0f} Hz" in found.sentence
    measured = heard(phrases() + mains(mains_hz, -60.0)).disturbances
    assert measured is not None
    assert measured.hum is not None
    assert measured.hum.level_dbfs == pytest.approx(-60.0 - 3.0 + 1.6, abs=1.0)
    assert all(100.0 <= at <= 100.0 + SECONDS for at in found.at_seconds)


@pytest.mark.parametrize("hertz", [49.0, 61.735, 58.27, 98.0])
@pytest.mark.parametrize(("seconds", "decay"), [(0.4, 3.0), (2.0, 0.5), (float(SECONDS), 0.0)])
def test_notes_near_the_mains_are_no_hum(hertz: float, seconds: float, decay: float) -> None:
    assert "hum" not in findings(notes(hertz, seconds, decay) + phrases())


def test_a_loop_at_120_bpm_has_lines_at_50_hz_and_no_hum() -> None:
    beat = np.exp(-np.arange(RATE // 2) / 400.0) * np.sin(2 * np.pi * 52.0 * np.arange(RATE // 2) / RATE)
    assert "hum" not in findings(0.5 * np.resize(beat, len(TIMES)))


@pytest.mark.parametrize("band", [(5.0, 12.0), (8.0, 25.0)])
@pytest.mark.parametrize("under_db", [20.0, 32.0])
def test_rumble_is_found_with_its_level_and_edge(band: tuple[float, float], under_db: float) -> None:
    signal = phrases()
    rms = float(np.sqrt(np.mean(signal**2))) * 10 ** (-under_db / 20)
    measured = heard(signal + low_noise(*band, rms)).disturbances
    assert measured is not None
    assert measured.rumble is not None
    assert measured.rumble.level_dbfs == pytest.approx(20 * np.log10(rms), abs=1.5)
    assert band[1] - 2.5 <= measured.rumble.under_hz <= band[1] + 7.5
    assert "nothing is played there" in findings(signal + low_noise(*band, rms))["rumble"].sentence


def test_what_sounds_below_with_the_notes_is_no_rumble() -> None:
    """The skirts of notes: as much in every window of some seconds, but not in every moment."""
    plays = (TIMES % 1.0 < 0.5).astype(np.float64)
    note = 0.15 * np.sin(2 * np.pi * 80.0 * TIMES)
    assert "rumble" in findings(phrases() + plays * note + low_noise(6.0, 16.0, 0.02))
    assert "rumble" not in findings(phrases() + plays * note + (0.05 + plays) * low_noise(6.0, 16.0, 0.02))


def test_difference_tones_that_reach_on_as_evenly_are_no_rumble() -> None:
    """What drive makes of a chord: a shallow valley at most between them and what lies above."""
    low = low_noise(5.0, 20.0, 0.003)
    assert "rumble" in findings(phrases() + low)
    assert "rumble" not in findings(phrases() + low + low_noise(20.0, 32.0, 0.0004) + low_noise(32.0, 60.0, 0.003))


def test_rumble_is_found_where_low_notes_fill_the_valley_over_it() -> None:
    """Kicks whose skirts reach down to it: it stays the same between and under them."""
    at = np.arange(RATE // 2) / RATE
    hit = np.exp(-12.0 * at) * np.sin(2 * np.pi * (36.0 * at + 1.5 * (1.0 - np.exp(-30.0 * at))))
    kicks = 0.5 * np.resize(hit, len(TIMES))
    assert "rumble" not in findings(kicks)
    rms = float(np.sqrt(np.mean(kicks**2))) * 10 ** (-18.0 / 20)
    found = findings(kicks + low_noise(7.0, 24.0, rms))["rumble"]
    assert any("whatever is played" in line.text for line in found.evidence)


@pytest.mark.parametrize("slope", [0.0, 0.5])
def test_a_noise_of_all_frequencies_is_no_rumble(slope: float) -> None:
    """White and pink."""
    hertz = np.fft.rfftfreq(len(TIMES), 1 / RATE)
    turns = np.exp(2j * np.pi * np.random.default_rng(6).random(len(hertz)))
    noise = np.fft.irfft(turns / np.maximum(hertz, 3.0) ** slope, len(TIMES))
    assert "rumble" not in findings(0.1 * noise / np.std(noise))


@pytest.mark.parametrize("hertz", [30.87, 41.2])
def test_low_notes_are_no_rumble(hertz: float) -> None:
    assert "rumble" not in findings(notes(hertz, 1.0, 2.0) + phrases())


def test_low_thumps_of_hits_are_no_rumble() -> None:
    hit = np.exp(-np.arange(RATE) / 300.0) * np.sin(2 * np.pi * (55.0 + 90.0 * np.exp(-np.arange(RATE) / 80.0))
                                                    * np.arange(RATE) / RATE)  # fmt: skip
    assert "rumble" not in findings(0.7 * np.resize(hit, len(TIMES)) + 1e-5 * phrases(3))


def clipped(signal: Signal, share: float, ceiling_dbfs: float) -> Signal:
    limit = np.quantile(np.abs(signal), 1.0 - share)
    return np.asarray(np.clip(signal / limit, -1.0, 1.0) * 10 ** (ceiling_dbfs / 20))


@pytest.mark.parametrize("share", [0.01, 0.05])
@pytest.mark.parametrize("ceiling_dbfs", [0.0, -12.0])
@pytest.mark.parametrize("bits", [16, 24])
def test_flat_tops_are_found_at_any_level(share: float, ceiling_dbfs: float, bits: int) -> None:
    signal = np.round(clipped(phrases(), share, ceiling_dbfs) * 2 ** (bits - 1)) / 2 ** (bits - 1)
    measured = heard(signal).disturbances
    assert measured is not None
    assert measured.clipping is not None
    assert measured.clipping.level_dbfs == pytest.approx(ceiling_dbfs, abs=0.01)
    assert f"{ceiling_dbfs:.1f} dBFS" in findings(signal)["clipping"].sentence


@pytest.mark.parametrize("bits", [16, 24])
@pytest.mark.parametrize("hertz", [31.0, 110.0, 400.0, 997.0, 1000.0])
def test_tops_of_steady_tones_are_round(hertz: float, bits: int) -> None:
    tone = 0.1 * np.sin(2 * np.pi * hertz * TIMES)
    assert "clipping" not in findings(np.round(tone * 2 ** (bits - 1)) / 2 ** (bits - 1))


@pytest.mark.parametrize("drive", [2.0, 5.0, 20.0])
def test_saturation_is_no_clipping(drive: float) -> None:
    assert "clipping" not in findings(0.5 * np.tanh(drive * phrases() / 0.05))


def test_a_wave_that_is_flat_most_of_the_time_is_meant_so() -> None:
    assert "clipping" not in findings(0.3 * np.sign(np.sin(2 * np.pi * 110.3 * TIMES)) + phrases() * 0.0)


def test_peaks_at_a_limiters_ceiling_are_no_flat_tops() -> None:
    chance = np.random.default_rng(2)
    noise = chance.standard_normal(len(TIMES))
    frames = noise.reshape(-1, 80)
    loudest = np.abs(frames).max(axis=1, keepdims=True)
    assert "clipping" not in findings((frames / np.maximum(loudest, 1.5)).reshape(-1))


def test_peaks_over_full_scale_in_a_float_file_are_no_clipping() -> None:
    assert "clipping" not in findings(12.0 * phrases())


def test_the_noise_floor_is_that_of_the_pauses() -> None:
    chance = np.random.default_rng(4)
    signal = 1e-3 * chance.standard_normal(len(TIMES)) + phrases() * (TIMES < 6.0)
    measured = heard(signal).disturbances
    assert measured is not None
    assert measured.noise_floor_dbfs == pytest.approx(-60.0, abs=0.7)


def test_silence_and_short_tracks_are_not_judged() -> None:
    assert findings(np.zeros(RATE)) == {}
    assert findings(phrases()[: 3 * RATE] + 0.1) == {}
    assert TrackAnalysis(
        track_guid="", measured_at="not_heard", loudness=None, activity=NEVER, is_mono=False, findings=()
    ).disturbances is None  # fmt: skip


def test_hum_that_both_sides_carry_against_each_other_is_found_in_the_side_signal() -> None:
    """Sung in the middle, with the hum of a cable whose sides are swapped."""
    hum = mains(50.0, -60.0)
    found = findings(np.stack((phrases() + hum, phrases() - hum)))["hum"]
    assert "opposite in both sides" in found.sentence
    assert any("in mono 50 Hz is gone" in line.text for line in found.evidence)
    alike = findings(np.stack((phrases(1) + hum, phrases(2) + hum)))["hum"]
    assert "opposite" not in alike.sentence


def test_hum_is_found_where_a_loop_has_lines_as_strong_beside_it() -> None:
    """Hits of another sound each, again after 3.43 s: the hum does not fit the loop, and stays when that is taken."""
    chance = np.random.default_rng(8)
    at = np.arange(round(0.429 * RATE)) / RATE
    hits = [chance.uniform(0.5, 1.0) * np.sin(2 * np.pi * chance.uniform(45.0, 58.0) * at) for _ in range(8)]
    loop = np.resize(np.concatenate(hits), len(TIMES))
    assert "hum" not in findings(loop)
    measured = heard(loop + mains(60.0, -36.0)).disturbances
    assert measured is not None
    assert measured.hum is not None
    assert dict(measured.hum.lines_dbfs)[120.0] == pytest.approx(-36.0 - 6.0 - 3.0, abs=2.0)


def test_hum_under_a_loud_loop_is_found_between_its_hits() -> None:
    beat = np.exp(-np.arange(RATE // 2) / 250.0) * np.sin(2 * np.pi * 57.0 * np.arange(RATE // 2) / RATE)
    assert "hum" in findings(0.5 * np.resize(beat, len(TIMES)) + mains(50.0, -50.0))

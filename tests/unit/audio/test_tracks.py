"""Items and takes become the signal that REAPER would send into the track's chain."""

import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from dawassist.audio.fades import fade_curve
from dawassist.audio.tracks import TrackReader, read_track
from dawassist.session.model import Item, Session, Source
from tests.sessions import make_fade, make_item, make_session, make_source, make_take, make_track

RATE = 48000
Signal = npt.NDArray[np.float32]


def ramp(frames: int, channels: int = 1) -> Signal:
    """Every sample tells its channel and place."""
    line = np.arange(1, frames + 1, dtype=np.float32) / (2 * frames)
    return np.stack([line * (-1) ** channel for channel in range(channels)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    soundfile.write(tmp_path / "mono.wav", ramp(RATE).T, RATE, subtype="FLOAT")
    soundfile.write(tmp_path / "stereo.wav", ramp(RATE, 2).T, RATE, subtype="FLOAT")
    return tmp_path


def session_of(folder: Path, *items: Item) -> Session:
    return make_session([make_track(name="Kick", items=list(items))], folder=folder)


def heard(folder: Path, *items: Item, end_seconds: float = 2.0) -> Signal:
    session = session_of(folder, *items)
    return read_track(session, session.tracks[0], 0.0, end_seconds)


def findings_of(folder: Path, *items: Item) -> list[tuple[str, str]]:
    session = session_of(folder, *items)
    reader = TrackReader(session, session.tracks[0])
    list(reader.blocks(0.0, 2.0))
    return [(finding.kind, finding.sentence) for finding in reader.findings]


def test_an_item_sounds_at_its_place_and_a_mono_file_on_both_sides(folder: Path) -> None:
    signal = heard(folder, make_item("mono.wav", position_seconds=0.5, length_seconds=1.0))
    expected = np.zeros((2, 2 * RATE), dtype=np.float32)
    expected[:, RATE // 2 : RATE // 2 + RATE] = ramp(RATE)
    np.testing.assert_array_equal(signal, expected)


def test_a_range_inside_an_item_starts_in_its_middle(folder: Path) -> None:
    session = session_of(folder, make_item("mono.wav"))
    signal = read_track(session, session.tracks[0], 0.25, 0.75)
    np.testing.assert_array_equal(signal[0], ramp(RATE)[0, RATE // 4 : 3 * RATE // 4])


def test_the_start_offset_is_in_seconds_of_the_source_and_the_end_is_silent(folder: Path) -> None:
    signal = heard(folder, make_item(take=make_take("mono.wav", start_offset_seconds=0.25)))
    np.testing.assert_array_equal(signal[0, : 3 * RATE // 4], ramp(RATE)[0, RATE // 4 :])
    assert not signal[0, 3 * RATE // 4 :].any()


def test_a_looped_source_starts_again(folder: Path) -> None:
    signal = heard(folder, make_item("mono.wav", looped=True, length_seconds=1.5))
    np.testing.assert_array_equal(signal[0, RATE : 3 * RATE // 2], ramp(RATE)[0, : RATE // 2])


def test_a_section_plays_its_part_and_reversed_from_its_end(folder: Path) -> None:
    section = make_source("mono.wav", section_start_seconds=0.25, section_length_seconds=0.5)
    part = ramp(RATE)[0, RATE // 4 : 3 * RATE // 4]
    np.testing.assert_array_equal(heard(folder, make_item(section))[0, : RATE // 2], part)
    backward = make_source("mono.wav", section_start_seconds=0.25, section_length_seconds=0.5, reversed=True)
    np.testing.assert_array_equal(heard(folder, make_item(backward))[0, : RATE // 2], part[::-1])


def test_gains_multiply_and_polarity_flips(folder: Path) -> None:
    take = make_take("mono.wav", level_db=-6.0206, polarity_inverted=True)
    signal = heard(folder, make_item(take=take, level_db=6.0206))
    np.testing.assert_allclose(signal[0, :RATE], -ramp(RATE)[0], atol=1e-5)


def test_a_panned_take_lowers_the_far_side(folder: Path) -> None:
    signal = heard(folder, make_item(take=make_take("mono.wav", pan=0.5)))
    np.testing.assert_allclose(signal[:, :RATE], ramp(RATE)[0] * np.array([[0.5], [1.0]]), atol=1e-6)


@pytest.mark.parametrize(
    ("mode", "left", "right"),
    [("normal", 1, -1), ("swap", -1, 1), ("downmix", 0, 0), ("left", 1, 1), ("right", -1, -1)],
)
def test_channel_modes(folder: Path, mode: str, left: int, right: int) -> None:
    signal = heard(folder, make_item(take=make_take("stereo.wav", channel_mode=mode)))
    np.testing.assert_allclose(signal[:, :RATE], ramp(RATE)[0] * np.array([[left], [right]]), atol=1e-7)


def test_only_the_active_take_of_a_playing_unmuted_item_sounds(folder: Path) -> None:
    takes = [make_take("stereo.wav"), make_take("mono.wav")]
    assert heard(folder, make_item(takes=takes, active_take=1))[1, 100] > 0
    assert not heard(folder, make_item("mono.wav", muted=True)).any()
    assert not heard(folder, make_item("mono.wav", lane_plays=False)).any()


@pytest.mark.parametrize("shape", range(7))
def test_fades_follow_their_curve(folder: Path, shape: int) -> None:
    fade = make_fade(0.5, shape=shape)
    signal = heard(folder, make_item("mono.wav", fade_in=fade, fade_out=fade))
    gain = np.ones(RATE)
    gain[: RATE // 2] *= fade_curve(fade, np.arange(RATE // 2) / (RATE / 2))
    gain[RATE // 2 :] *= fade_curve(fade, (RATE - np.arange(RATE // 2, RATE)) / (RATE / 2))
    np.testing.assert_allclose(signal[0, :RATE], ramp(RATE)[0] * gain, atol=1e-6)


@pytest.mark.parametrize("shape", range(7))
def test_every_fade_shape_rises_from_silence_to_full(shape: int) -> None:
    curve = fade_curve(make_fade(1.0, shape=shape, curvature=0.3), np.linspace(0.0, 1.0, 101))
    assert (curve[0], curve[-1]) == (0.0, 1.0)
    assert (np.diff(curve) >= 0.0).all()


def test_a_linear_crossfade_of_one_source_keeps_its_level(folder: Path) -> None:
    soundfile.write(folder / "steady.wav", np.full(2 * RATE, 0.5), RATE, subtype="FLOAT")
    first = make_item("steady.wav", length_seconds=1.0, fade_out=make_fade(0.5))
    second = make_item("steady.wav", position_seconds=0.5, length_seconds=1.0, fade_in=make_fade(0.5))
    signal = heard(folder, first, second)
    np.testing.assert_allclose(signal[0, : 3 * RATE // 2], 0.5, atol=1e-6)


def tone(frequency_hz: float, rate: int, seconds: float = 1.0) -> Signal:
    return (0.5 * np.sin(2 * np.pi * frequency_hz * np.arange(round(rate * seconds)) / rate)).astype(np.float32)


def test_another_sample_rate_is_converted_in_step(folder: Path) -> None:
    soundfile.write(folder / "cd.wav", tone(1000.0, 44100), 44100, subtype="FLOAT")
    signal = heard(folder, make_item(take=make_take("cd.wav", start_offset_seconds=0.1)))
    expected = tone(1000.0, RATE)[RATE // 10 :]
    np.testing.assert_allclose(signal[0, : expected.size - 400], expected[:-400], atol=2e-3)
    assert findings_of(folder, make_item("cd.wav"))[0][0] == "media_rate"


def test_play_rate_moves_pitch_and_time_like_a_tape(folder: Path) -> None:
    soundfile.write(folder / "tone.wav", tone(1000.0, RATE), RATE, subtype="FLOAT")
    signal = heard(folder, make_item(take=make_take("tone.wav", play_rate=1.25)))
    expected = tone(1250.0, RATE, 0.8)
    np.testing.assert_allclose(signal[0, 100:38000], expected[100:38000], atol=3e-3)
    assert np.abs(signal[0, round(0.81 * RATE) :]).max() < 1e-5


@pytest.mark.parametrize("suffix", ["wav", "w64", "rf64", "aiff", "flac", "ogg", "mp3", "caf"])
def test_every_format_that_a_library_opens_is_heard(folder: Path, suffix: str) -> None:
    path = folder / f"tone.{suffix}"
    soundfile.write(path, tone(440.0, RATE), RATE)
    signal = heard(folder, make_item(path.name))
    assert np.sqrt(np.mean(signal[0, 4800:43200] ** 2)) == pytest.approx(0.3536, rel=0.03)


@settings(max_examples=20)
@given(block=st.integers(1, 60000), rate=st.sampled_from([1.0, 0.8]))
def test_the_block_size_never_matters(block: int, rate: float, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp() / "blocks"
    if not folder.exists():
        folder.mkdir()
        soundfile.write(folder / "mono.wav", ramp(RATE).T, RATE, subtype="FLOAT")
    first = make_item(take=make_take("mono.wav", play_rate=rate), fade_in=make_fade(0.2), position_seconds=0.1)
    session = session_of(folder, first, make_item("mono.wav", position_seconds=0.3, looped=True, length_seconds=0.9))
    whole = read_track(session, session.tracks[0], 0.0, 1.3)
    block = max(block, 500)
    parts = list(TrackReader(session, session.tracks[0]).blocks(0.0, 1.3, block))
    assert all(part.shape[1] == block for part in parts[:-1])
    np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, atol=1e-6)


def damage(folder: Path, name: str) -> None:
    whole = (folder / "mono.wav").read_bytes()
    contents = {
        "truncated.wav": whole[: len(whole) // 2],
        "empty.wav": b"",
        "noise.wav": b"this is not audio" * 100,
        "header.wav": whole[:44],
        "nothing.wav": b"RIFF" + struct.pack("<I", 36) + b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 1, 1, RATE, 96000, 2, 16) + b"data" + struct.pack("<I", 0),
    }  # fmt: skip
    (folder / name).write_bytes(contents[name])


@pytest.mark.parametrize(
    ("name", "kind"),
    [("truncated.wav", "media_truncated"), ("empty.wav", "media_empty"), ("noise.wav", "media_damaged"),
     ("nothing.wav", "media_empty")],
)  # fmt: skip
def test_damaged_media_is_a_finding_and_the_rest_is_heard(folder: Path, name: str, kind: str) -> None:
    damage(folder, name)
    items = [make_item(name), make_item("mono.wav", position_seconds=1.0)]
    assert [found for found, _ in findings_of(folder, *items)] == [kind]
    np.testing.assert_array_equal(heard(folder, *items)[0, RATE:], ramp(RATE)[0])


def test_a_truncated_file_says_where_it_ends(folder: Path) -> None:
    damage(folder, "truncated.wav")
    ((_, sentence),) = findings_of(folder, make_item("truncated.wav"))
    assert "ends after 0.50 of 1.00 s" in sentence


@pytest.mark.parametrize(
    ("path", "kind"),
    [("gone.wav", "media_missing"), ("../../etc/passwd", "media_unsafe_path"),
     ("http://example.org/x.wav", "media_unsafe_path"), ("/dev/zero", "media_unsafe_path"),
     ("C:\\takes\\kick.wav", "media_missing")],
)  # fmt: skip
def test_media_that_is_not_there_or_not_ours_to_read_is_a_finding(folder: Path, path: str, kind: str) -> None:
    assert [found for found, _ in findings_of(folder, make_item(path))] == [kind]


def test_windows_separators_open_everywhere(folder: Path) -> None:
    (folder / "media").mkdir()
    soundfile.write(folder / "media" / "kick.wav", ramp(RATE).T, RATE, subtype="FLOAT")
    assert heard(folder, make_item("media\\kick.wav")).any()


def test_an_instrument_is_said_to_be_one(folder: Path) -> None:
    session = session_of(folder, make_item(Source(kind="MIDI", path="")))
    reader = TrackReader(session, session.tracks[0])
    assert "plays an instrument from MIDI" in reader.why_not_heard
    assert not np.concatenate(list(reader.blocks(0.0, 1.0)), axis=1).any()


def test_a_track_with_audio_and_an_instrument_is_heard_with_a_finding(folder: Path) -> None:
    session = session_of(folder, make_item(Source(kind="MIDI", path="")), make_item("mono.wav"))
    reader = TrackReader(session, session.tracks[0])
    assert reader.why_not_heard == ""
    assert [finding.kind for finding in reader.findings] == ["not_heard"]


def test_stretched_items_are_flagged_as_approximate(folder: Path) -> None:
    take = make_take("mono.wav", play_rate=0.5, preserve_pitch=True)
    assert findings_of(folder, make_item(take=take))[0][0] == "approximate"


def test_a_track_without_items_is_silent_and_no_trouble(folder: Path) -> None:
    session = session_of(folder)
    reader = TrackReader(session, session.tracks[0])
    assert (reader.has_items, reader.why_not_heard) == (False, "")
    assert not np.concatenate(list(reader.blocks(0.0, 1.0)), axis=1).any()

"""Listening to whole sessions made of real files."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from pyloudnorm import Meter

from dawassist.analysis import listening
from dawassist.analysis.covariance import track_loudness
from dawassist.analysis.prediction import bus_lufs, contributions_lufs, mix_lufs
from dawassist.analysis.session import analyze_session
from dawassist.analysis.voice import VoiceMeter
from dawassist.console.gains import Console
from dawassist.console.inserts import Chain, Insert, VolumeSettings
from dawassist.errors import Cancelled
from dawassist.session.model import Envelope, EnvelopePoint, Fx, Send, Session, Track
from dawassist.session.targets import TrackTarget
from dawassist.units import SILENCE_DB, db_to_gain
from tests.sessions import make_guid, make_item, make_session, make_source, make_take, make_track

RATE = 16000
SECONDS = 6.0


@pytest.fixture(autouse=True)
def _without_the_speech_detector(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes most of the time and none of these tests is about it."""
    monkeypatch.setattr(VoiceMeter, "voice_share", lambda _meter: 0.0)


def noise(seed: int, seconds: float = SECONDS, channels: int = 2) -> np.ndarray:
    generator = np.random.default_rng(seed)
    samples = 0.1 * generator.standard_normal((round(seconds * RATE), channels))
    return samples * np.repeat(generator.choice([0.05, 0.5, 1.0], int(2 * seconds)), RATE // 2)[:, None]


def write(folder: Path, name: str, samples: np.ndarray) -> str:
    soundfile.write(folder / name, samples, RATE, subtype="FLOAT")
    return name


def file_track(number: int, name: str, **fields: object) -> Track:
    item = make_item(name, length_seconds=SECONDS)
    return make_track(**{"number": number, "name": Path(name).stem, "items": [item], **fields})


def session_of(folder: Path, *tracks: Track, **fields: object) -> Session:
    return make_session(tracks, folder=folder, sample_rate_hz=RATE, **fields)


@pytest.fixture
def band(tmp_path: Path) -> Session:
    """A folder with two tracks, one beside it, all panned and leveled; the third doubles the first."""
    double = 0.5 * noise(1) + 0.2 * noise(3)
    names = [write(tmp_path, f"{n}.wav", x) for n, x in (("kick", noise(1)), ("snare", noise(2)), ("room", double))]
    return session_of(
        tmp_path,
        make_track(number=1, name="Drums", folder_depth=1, fader_db=-2.0),
        file_track(2, names[0], fader_db=-3.0, pan=-0.3),
        file_track(3, names[1], fader_db=1.5, pan=0.6, folder_depth=-1),
        file_track(4, names[2], fader_db=-4.0, polarity_inverted=True),
    )


def independent_lufs(samples: np.ndarray) -> float:
    return float(Meter(RATE, filter_class="DeMan").integrated_loudness(samples))


def test_tracks_are_measured_at_the_fader_input(band: Session) -> None:
    analysis = analyze_session(band, 0.0, SECONDS)
    assert [t.track_guid for t in analysis.tracks] == [make_guid(n) for n in (2, 3, 4)]
    kick = analysis.track(make_guid(2))
    assert kick is not None
    assert kick.loudness is not None
    assert kick.measured_at == "after_chain"
    assert kick.loudness.integrated_lufs == pytest.approx(independent_lufs(noise(1)), abs=0.01)
    assert kick.findings == ()


def test_the_mix_agrees_with_an_independent_sum_and_meter(band: Session) -> None:
    bus = db_to_gain(-2.0)
    pans = [(1.0, 0.7), (0.4, 1.0), (1.0, 1.0)]
    gains = [db_to_gain(-3.0) * bus, db_to_gain(1.5) * bus, -db_to_gain(-4.0)]
    sources = [noise(1), noise(2), 0.5 * noise(1) + 0.2 * noise(3)]
    mixed = sum(x * np.array(pan) * gain for x, pan, gain in zip(sources, pans, gains, strict=True))
    analysis = analyze_session(band, 0.0, SECONDS)
    assert analysis.mix_loudness is not None
    assert analysis.mix_loudness.integrated_lufs == pytest.approx(independent_lufs(mixed), abs=0.01)
    peak_dbfs = 20 * np.log10(np.abs(mixed).max())
    assert analysis.mix_loudness.sample_peak_dbfs == pytest.approx(peak_dbfs, abs=0.01)


@pytest.mark.parametrize(
    "overrides",
    [
        {},
        {TrackTarget(track_guid=make_guid(2), field="fader_gain"): 2.0},
        {TrackTarget(track_guid=make_guid(4), field="polarity"): 0.0},
        {TrackTarget(track_guid=make_guid(1), field="mute"): 1.0},
        {TrackTarget(track_guid=make_guid(3), field="pan"): -1.0},
    ],
)
def test_predictions_without_rendering_agree_with_rendering(band: Session, overrides: dict[TrackTarget, float]) -> None:
    covariance = analyze_session(band, 0.0, SECONDS).covariance
    assert covariance is not None
    predicted = mix_lufs(covariance, Console(band, overrides))
    changed = analyze_session(Console(band, overrides).session, 0.0, SECONDS)
    assert changed.mix_loudness is not None
    assert predicted == pytest.approx(changed.mix_loudness.integrated_lufs, abs=0.01)


def test_tracks_alone_are_predicted_at_their_fader_input(band: Session) -> None:
    analysis = analyze_session(band, 0.0, SECONDS)
    assert analysis.covariance is not None
    alone = track_loudness(analysis.covariance, np.stack([np.eye(2)] * 3))
    measured = [t.loudness.integrated_lufs for t in analysis.tracks if t.loudness]
    np.testing.assert_allclose(alone, measured, atol=0.01)


def test_buses_and_contributions_are_predicted(band: Session) -> None:
    covariance = analyze_session(band, 0.0, SECONDS).covariance
    assert covariance is not None
    pans = [(1.0, 0.7), (0.4, 1.0)]
    drums = [noise(n) * np.array(pan) * db_to_gain(db) for n, pan, db in zip((1, 2), pans, (-3.0, 1.5), strict=True)]
    bus = bus_lufs(covariance, Console(band), make_guid(1))
    assert bus == pytest.approx(independent_lufs(drums[0] + drums[1]), abs=0.01)
    kick = contributions_lufs(covariance, Console(band))[0]
    assert kick == pytest.approx(independent_lufs(drums[0]) - 2.0, abs=0.01)


def test_a_moving_fader_is_heard_in_the_mix_and_predicted(tmp_path: Path) -> None:
    fade = Envelope(
        kind="volume", guid="", active=True, point_count=2,
        points=(EnvelopePoint(time_seconds=0.0, value=0.0), EnvelopePoint(time_seconds=SECONDS, value=-150.0)),
    )  # fmt: skip
    source = noise(1)
    made = session_of(tmp_path, file_track(1, write(tmp_path, "a.wav", source), envelopes=[fade]))
    analysis = analyze_session(made, 0.0, SECONDS)
    assert analysis.mix_loudness is not None
    assert analysis.covariance is not None
    faded = source * np.linspace(1.0, 0.0, len(source))[:, None]
    assert analysis.mix_loudness.integrated_lufs == pytest.approx(independent_lufs(faded), abs=0.02)
    assert mix_lufs(analysis.covariance, Console(made)) == pytest.approx(independent_lufs(faded), abs=0.1)


def test_a_range_measures_only_itself(band: Session) -> None:
    analysis = analyze_session(band, 1.5, 4.0)
    kick = analysis.track(make_guid(2))
    assert kick is not None
    assert kick.loudness is not None
    expected = independent_lufs(noise(1)[int(1.5 * RATE) : 4 * RATE])
    assert kick.loudness.integrated_lufs == pytest.approx(expected, abs=0.05)
    assert all(1.5 <= start < end <= 4.0 for start, end in kick.activity.segments)


def test_plug_ins_make_it_before_plug_ins_unless_bypassed(tmp_path: Path) -> None:
    name = write(tmp_path, "a.wav", noise(1))
    comp = Fx(guid="{F}", ident="c", name="ReaComp", kind="VST", enabled=True, offline=False, parameters=None)
    made = session_of(
        tmp_path, file_track(1, name, fx=[comp]), file_track(2, name, fx=[comp], fx_enabled=False)
    )  # fmt: skip
    analysis = analyze_session(made, 0.0, SECONDS)
    assert [t.measured_at for t in analysis.tracks] == ["before_plugins", "after_chain"]
    assert "1 track measured before plug-ins" in analysis.findings[0].sentence
    assert "ReaComp: " in analysis.findings[0].sentence


def test_stock_plug_ins_are_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def chain(_session: Session, track: Track) -> Chain:
        quieter = Insert(settings=VolumeSettings(gain_db=-9.0, ceiling_db=0.0))
        return Chain(track=track, sample_rate_hz=RATE, unmodelled=(), inserts=(quieter,))

    monkeypatch.setattr(listening, "chain_of", chain)
    made = session_of(tmp_path, file_track(1, write(tmp_path, "a.wav", noise(1))))
    heard = analyze_session(made, 0.0, SECONDS).tracks[0]
    assert heard.measured_at == "after_chain"
    assert heard.loudness is not None
    assert heard.loudness.integrated_lufs == pytest.approx(independent_lufs(noise(1)) - 9.0, abs=0.01)


def test_damaged_tracks_are_findings_and_the_rest_is_measured(tmp_path: Path) -> None:
    bad = noise(2)
    bad[RATE * 2, 0] = np.nan
    (tmp_path / "text.wav").write_bytes(b"this is no sound")
    made = session_of(
        tmp_path,
        file_track(1, write(tmp_path, "good.wav", noise(1))),
        file_track(2, write(tmp_path, "nan.wav", bad)),
        file_track(3, "missing.wav"),
        file_track(4, "text.wav"),
        file_track(5, write(tmp_path, "zeros.wav", np.zeros((RATE, 2)))),
    )
    analysis = analyze_session(made, 0.0, SECONDS)
    good, nan, missing, text, zeros = analysis.tracks
    assert good.findings == ()
    assert nan.loudness is not None
    assert nan.loudness.integrated_lufs == pytest.approx(good.loudness.integrated_lufs, abs=6.0)  # type: ignore[union-attr]
    assert "2.00 s" in nan.findings[0].sentence
    assert [x.findings[0].kind for x in (nan, missing, text, zeros)] == [
        "media_damaged", "media_missing", "media_damaged", "dead_channel",
    ]  # fmt: skip
    assert [x.measured_at for x in (missing, text)] == ["not_heard", "not_heard"]
    assert analysis.mix_loudness is not None
    assert np.isfinite(analysis.mix_loudness.integrated_lufs)


def test_instruments_are_not_heard_until_the_host_renders_them(tmp_path: Path) -> None:
    midi = make_item(take=make_take(make_source("", kind="MIDI")), length_seconds=SECONDS)
    made = session_of(tmp_path, make_track(number=1, name="Keys", items=[midi], delay_seconds=0.5))
    unheard = analyze_session(made, 0.0, SECONDS)
    assert unheard.tracks[0].measured_at == "not_heard"
    assert unheard.tracks[0].findings[0].kind == "not_heard"
    assert unheard.covariance is unheard.mix_loudness is None
    write(tmp_path, "stem.wav", noise(4))
    heard = analyze_session(made, 1.0, SECONDS, stems={make_guid(1): tmp_path / "stem.wav"})
    assert heard.tracks[0].measured_at == "after_chain"
    assert heard.tracks[0].loudness is not None
    assert heard.tracks[0].loudness.integrated_lufs == pytest.approx(independent_lufs(noise(4)[RATE:]), abs=0.05)


def test_an_instrument_that_another_track_drives_is_not_heard(tmp_path: Path) -> None:
    synth = Fx(guid="{F}", ident="s", name="Synth", kind="VSTi", enabled=True, offline=False, parameters=None)
    drive = Send(
        destination_guid=make_guid(2), level_db=0.0, pan=0.0, muted=False, polarity_inverted=False, mono=False,
        tap="post_fader", source_channel=-1, destination_channel=0,
    )  # fmt: skip
    player = file_track(1, write(tmp_path, "a.wav", noise(1)), sends=[drive])
    made = session_of(tmp_path, player, make_track(number=2, name="Keys", fx=[synth]))
    assert [t.measured_at for t in analyze_session(made, 0.0, 1.0).tracks] == ["after_chain", "not_heard"]


def test_a_track_delay_moves_what_is_heard(tmp_path: Path) -> None:
    name = write(tmp_path, "a.wav", noise(1, 1.0))
    item = make_item(name, length_seconds=1.0)
    made = session_of(tmp_path, make_track(number=1, items=[item], delay_seconds=2.0), length_seconds=SECONDS)
    segments = analyze_session(made, 0.0, SECONDS).tracks[0].activity.segments
    assert segments[0][0] == pytest.approx(2.0, abs=0.11)


def test_mono_and_stereo_are_told_apart(tmp_path: Path) -> None:
    made = session_of(
        tmp_path, file_track(1, write(tmp_path, "mono.wav", noise(1, channels=1))),
        file_track(2, write(tmp_path, "stereo.wav", noise(1))),
    )  # fmt: skip
    assert [t.is_mono for t in analyze_session(made, 0.0, SECONDS).tracks] == [True, False]


@pytest.mark.parametrize("seconds", [0.0, 1 / RATE, 0.3])
def test_ranges_shorter_than_a_block_have_no_loudness(band: Session, seconds: float) -> None:
    analysis = analyze_session(band, 1.0, 1.0 + seconds)
    assert {t.loudness.integrated_lufs for t in analysis.tracks if t.loudness} == {SILENCE_DB}
    assert analysis.covariance is not None
    assert len(analysis.covariance.tensor) == 0


def test_a_session_without_items_is_empty() -> None:
    analysis = analyze_session(make_session([make_track()]), 0.0, 10.0)
    assert analysis.tracks == ()
    assert analysis.mix_loudness is None


def test_only_the_wanted_tracks_are_read(band: Session) -> None:
    analysis = analyze_session(band, 0.0, SECONDS, track_guids={make_guid(3)})
    assert [t.track_guid for t in analysis.tracks] == [make_guid(3)]


def test_workers_and_chunks_do_not_change_the_result(band: Session) -> None:
    one, three = (analyze_session(band, 0.0, SECONDS, workers=workers) for workers in (1, 3))
    assert one.tracks == three.tracks
    assert one.mix_loudness == three.mix_loudness


def test_progress_ends_at_its_total_and_cancel_stops(band: Session) -> None:
    seen: list[tuple[int, int]] = []
    analyze_session(band, 0.0, SECONDS, progress=lambda _what, done, total: seen.append((done, total)))
    assert seen == [(n, 3) for n in range(4)]  # one second, four, and the rest
    with pytest.raises(Cancelled):
        analyze_session(band, 0.0, SECONDS, is_cancelled=lambda: True)


def test_envelopes_that_hold_too_many_points_are_told(tmp_path: Path) -> None:
    dense = Envelope(kind="volume", guid="", active=True, points=(), point_count=250_000)
    made = session_of(tmp_path, file_track(1, write(tmp_path, "a.wav", noise(1)), envelopes=[dense]))
    assert "250000 points" in analyze_session(made, 0.0, SECONDS).findings[0].sentence


def test_pre_fx_envelopes_are_followed(tmp_path: Path) -> None:
    point = EnvelopePoint(time_seconds=0.0, value=-6.0)
    before = Envelope(kind="volume_pre_fx", guid="", active=True, points=(point,), point_count=1)
    name = write(tmp_path, "a.wav", noise(1))
    made = session_of(tmp_path, file_track(1, name), file_track(2, name, envelopes=[before]))
    plain, lowered = (t.loudness.integrated_lufs for t in analyze_session(made, 0.0, SECONDS).tracks if t.loudness)
    assert lowered == pytest.approx(plain - 6.0, abs=0.01)


def test_a_cancel_ends_the_listening_in_the_second_in_which_it_is_noticed(tmp_path: Path) -> None:
    name = write(tmp_path, "long.wav", noise(1, 60.0))
    session = session_of(tmp_path, make_track(number=1, items=[make_item(name, length_seconds=60.0)]))
    begun: list[int] = []
    with pytest.raises(Cancelled):
        analyze_session(
            session, 0.0, 60.0, progress=lambda _what, done, _total: begun.append(done),
            is_cancelled=lambda: len(begun) > 3,
        )  # fmt: skip
    assert begun == [0, 1, 2, 3]

"""What a project file says, as a `Session`."""

from dataclasses import replace
from pathlib import Path

import pytest
from rpp_corpus import CORPUS, GOLDEN

from dawassist.errors import Cancelled, RppError
from dawassist.projectfile import ProjectFile
from dawassist.projectfile.envelopes import MAX_POINTS
from dawassist.session.model import MASTER_GUID, Fade, Fingerprint, Marker, Session, Source, TempoPoint, Track

HANDMADE, RARE = GOLDEN / "handmade.rpp", GOLDEN / "rare.rpp"


def read(tmp_path: Path, text: str) -> Session:
    path = tmp_path / "session.rpp"
    path.write_text(f"<REAPER_PROJECT 0.1\n{text}\n>\n", encoding="utf-8", newline="")
    return ProjectFile(path).snapshot()


@pytest.fixture(scope="module")
def handmade() -> Session:
    return ProjectFile(HANDMADE).snapshot()


@pytest.fixture(scope="module")
def rare() -> Session:
    return ProjectFile(RARE).snapshot()


def named(session: Session, name: str) -> Track:
    return next(track for track in session.tracks if track.name == name)


@pytest.mark.parametrize("path", CORPUS)
def test_every_real_project_gives_a_session(path: Path) -> None:
    session = ProjectFile(path).snapshot()
    guids = [track.guid for track in session.tracks]
    assert len(set(guids)) == len(guids)
    assert path.read_bytes().count(b"<TRACK") >= len(guids)


@pytest.mark.parametrize("path", [HANDMADE, RARE])
def test_carriage_returns_change_nothing(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "windows.rpp"
    other.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    nothing = Fingerprint(project_path="", instance="", change_count=0)
    one, two = (replace(ProjectFile(p).snapshot(), fingerprint=nothing) for p in (path, other))
    assert one == two


def test_the_project_itself(handmade: Session, rare: Session) -> None:
    assert handmade.sample_rate_hz == 48000
    assert handmade.tempo == (
        TempoPoint(time_seconds=0.0, bpm=96.0, numerator=4, denominator=4),
        TempoPoint(time_seconds=5.0, bpm=120.0, numerator=3, denominator=4),
    )
    assert handmade.markers == (
        Marker(number=1, name="Intro", start_seconds=0.5),
        Marker(number=2, name="Chorus 1", start_seconds=4.0, end_seconds=8.0),
    )
    assert (handmade.pan_law_db, handmade.pan_law_compensated) == (-3.0103, False)
    assert (rare.pan_law_db, rare.pan_law_compensated) == (-3.0103, True)
    assert (handmade.length_seconds, handmade.time_selection, handmade.play_rate) == (12.0, (1.0, 5.0), 1.0)
    assert (rare.time_selection, rare.play_rate) == ((3.0, 9.0), 0.5)


def test_regions_that_overlap_keep_their_ends(rare: Session) -> None:
    assert [(m.number, m.name, m.start_seconds, m.end_seconds) for m in rare.markers] == [
        (1, "Verse", 2.0, 4.0),
        (2, "Bridge", 3.0, 5.0),
        (1, "", 6.0, None),
    ]


def test_the_master(handmade: Session, rare: Session) -> None:
    master = handmade.master
    assert (master.guid, master.number, master.fader_db, master.muted) == (MASTER_GUID, 0, -1.9382, False)
    assert [fx.name for fx in master.fx] == ["VST: ReaComp (Cockos)"]
    assert [output.channel for output in master.hardware_outputs] == [0]
    assert (rare.master.muted, rare.master_mono, rare.master.pan_mode) == (True, True, "stereo")
    assert [(e.kind, [p.value for p in e.points]) for e in rare.master.envelopes] == [("volume", [0.0, -150.0])]
    assert rare.master.hardware_outputs == ()


def test_strip_controls(handmade: Session) -> None:
    snare, vocal, keys = (named(handmade, name) for name in ("Snare top", "Lead vocal", "Keys"))
    assert (snare.fader_db, snare.pan, snare.polarity_inverted, snare.delay_seconds) == (-4.0, -0.2, True, 0.0025)
    assert (vocal.pan_law_db, vocal.color, vocal.selected, vocal.record_armed) == (-3.0103, (64, 128, 255), True, True)
    assert (keys.fader_db, keys.muted, keys.fx_enabled) == (-150.0, True, False)
    assert [t.folder_depth for t in handmade.tracks] == [1, 0, -1, 0, 0, 0, 0, 0]
    assert named(handmade, "Bass").automation_mode == "read"
    assert (named(handmade, "Cue").solo, named(handmade, "Cue").main_send) == ("solo_in_place", False)


def test_rare_strip_controls(rare: Session) -> None:
    leader, follower = named(rare, "VCA"), named(rare, "Follower")
    assert (leader.groups, leader.vca_follower) == (0b111, False)
    assert (follower.groups, follower.vca_follower) == (0b1001, True)
    assert (follower.locked, follower.pan_mode, follower.freeze_count) == (True, "dual", 1)
    assert follower.delay_seconds == 0.01  # 480 samples at 48 kHz
    assert [(e.kind, e.active) for e in follower.envelopes] == [("trim_volume", True), ("width", False)]


def test_volume_envelopes_are_in_db_and_pans_have_the_sign_of_the_control(handmade: Session) -> None:
    bass = named(handmade, "Bass")
    volume, pan = bass.envelope("volume"), bass.envelope("pan")
    assert volume is not None
    assert pan is not None
    assert [(p.time_seconds, p.value, p.shape, p.tension) for p in volume.points] == [
        (0.0, 0.0, 0, 0.0),
        (4.0, -6.0206, 2, 0.0),
        (8.0, -12.0412, 5, 0.5),
    ]
    assert volume.fader_scaling
    assert [p.value for p in pan.points] == [0.0, 0.5]


def test_sends_belong_to_their_source(handmade: Session, rare: Session) -> None:
    reverb, cue = named(handmade, "Reverb").guid, named(handmade, "Cue").guid
    sends = {t.name: t.sends for t in handmade.tracks if t.sends}
    assert {name: [(s.destination_guid, s.tap, s.level_db) for s in found] for name, found in sends.items()} == {
        "Snare top": [(reverb, "post_fader", -6.0206)],
        "Bass": [(reverb, "pre_fader", -12.0412)],
        "Lead vocal": [(reverb, "post_fader", -3.0), (cue, "pre_fx", 0.0)],
    }
    bass = sends["Bass"][0]
    assert (bass.muted, bass.polarity_inverted, bass.mono, bass.destination_channel) == (True, True, False, 2)
    assert sends["Snare top"][0].pan == 0.25
    assert [e.kind for e in sends["Lead vocal"][0].envelopes] == ["send_volume"]
    assert sends["Lead vocal"][1].envelopes == ()
    assert named(rare, "VCA").sends[0].source_channel == -1
    assert [(o.channel, o.level_db, o.muted) for o in named(rare, "Outputs").hardware_outputs] == [
        (1024, -12.0412, False),
        (2, 0.0, True),
    ]


def test_a_send_from_no_track_is_left_out_and_an_unknown_tap_is_refused(tmp_path: Path) -> None:
    assert read(tmp_path, "<TRACK\nAUXRECV 9 0 1 0 0 0 0 0 0\n>").tracks[0].sends == ()
    with pytest.raises(RppError, match="Line 3"):
        read(tmp_path, "<TRACK\nAUXRECV 0 9 1 0 0 0 0 0 0\n>")


def test_items_and_takes(handmade: Session) -> None:
    first, second = named(handmade, "Kick").items
    assert (first.position_seconds, first.length_seconds, first.level_db) == (0.5, 7.5, -6.0206)
    assert first.fade_in == Fade(length_seconds=0.01, shape=1, curvature=0.0)
    assert first.fade_out == Fade(length_seconds=0.25, shape=2, curvature=-0.5)
    assert second.fade_in.length_seconds == 0.125
    assert (second.looped, second.takes[0].play_rate, second.takes[0].pitch_semitones) == (True, 1.25, -2.0)
    snare = named(handmade, "Snare top").items[0]
    other = snare.takes[snare.active_take]
    assert (snare.active_take, len(snare.takes)) == (1, 2)
    assert (other.level_db, other.polarity_inverted, other.pan, other.channel_mode) == (-6.0206, True, -0.25, "left")
    assert other.source == Source(
        kind="FLAC", path="media/snare two.flac", section_start_seconds=1.5, section_length_seconds=6.0
    )
    assert named(handmade, "Lead vocal").items[0].takes[0].name == 'the "lead" vocal.wav'
    assert named(handmade, "Keys").items[0].muted


def test_rare_items(rare: Session) -> None:
    assert [item.lane_plays for item in named(rare, "Lanes").items] == [False, True]
    takes, empty, midi = named(rare, "Takes").items
    assert [take.source is None for take in takes.takes] == [False, True, False]
    backwards = takes.takes[2].source
    assert backwards is not None
    assert (backwards.reversed, backwards.path) == (True, "C:\\Music\\other.wav")
    assert [e.kind for e in takes.takes[2].envelopes] == ["take_volume"]
    assert (empty.takes, empty.active_take) == ((), -1)
    assert midi.takes[0].source == Source(kind="MIDI", path="")


def test_stock_plugins_show_their_parameters(handmade: Session) -> None:
    equalizer, compressor = named(handmade, "Kick").fx
    assert equalizer.parameters is not None
    assert compressor.parameters is not None
    values = {p.ident: p.normalized for p in (*equalizer.parameters, *compressor.parameters)}
    assert len(equalizer.parameters) == 5 * 3 + 1 + 3
    assert len(compressor.parameters) == 24
    assert values["4:_Gain_Band_2"] == 0.3125
    assert values["0:_Threshold"] == 0.125
    assert (values[":bypass"], values[":wet"], values[":delta"]) == (0.0, 1.0, 0.0)
    vocal, off = named(handmade, "Lead vocal").fx
    assert (vocal.name, vocal.ident, vocal.kind) == ("Vocal comp", "reacomp.vst.so", "VST")
    assert {p.ident: p.normalized for p in vocal.parameters or ()}[":wet"] == 0.75
    assert [(e.kind, e.parameter_ident) for e in vocal.envelopes] == [("fx_parameter", "0:_Threshold")]
    assert not off.enabled
    assert {p.ident: p.normalized for p in off.parameters or ()}[":bypass"] == 1.0


def test_plugins_that_are_not_known_have_no_parameters(rare: Session) -> None:
    odd, container, other = named(rare, "Plug-ins").fx
    assert (odd.parameters, container.parameters, other.parameters) == (None, None, None)
    assert (container.kind, container.name) == ("Container", "Two inside")
    assert [(fx.kind, fx.enabled, fx.offline) for fx in container.children] == [
        ("VST", True, False),
        ("JS", False, True),
    ]
    assert container.children[0].parameters is not None
    assert (other.kind, other.ident) == ("VST3", "FabFilter Pro-Q 3.vst3")


def test_automation_items_are_counted_and_their_envelope_is_a_summary(rare: Session) -> None:
    envelope = named(rare, "Plug-ins").fx[2].envelopes[0]
    assert (envelope.parameter_ident, envelope.automation_item_count) == (":wet", 1)
    assert (envelope.points, envelope.point_count) == ((), 1)


def test_an_envelope_with_too_many_points_is_a_summary(tmp_path: Path) -> None:
    points = "\n".join(f"PT {index} 1 0" for index in range(MAX_POINTS + 1))
    envelope = read(tmp_path, f"<TRACK\n<VOLENV2\n{points}\n>\n>").tracks[0].envelopes[0]
    assert (envelope.points, envelope.point_count) == ((), MAX_POINTS + 1)


def test_tracks_of_old_files_without_guids_get_stable_ones_from_their_place(tmp_path: Path) -> None:
    text = "<TRACK\nNAME a\n<ITEM\nPOSITION 0\nLENGTH 1\n>\n>\n<TRACK\nNAME b\n>"
    first, second = read(tmp_path, text), read(tmp_path, text)
    assert [t.guid for t in first.tracks] == [t.guid for t in second.tracks]
    assert len({t.guid for t in first.tracks} | {first.tracks[0].items[0].guid}) == 3


def test_no_tracks_is_a_session_too(tmp_path: Path) -> None:
    session = read(tmp_path, "")
    assert (session.tracks, session.length_seconds, session.time_selection) == ((), 0.0, None)


@pytest.mark.parametrize("text", ["<TRACK\nVOLPAN loud 0\n>", "<TRACK\nVOLPAN nan 0\n>", "<TRACK\nNCHAN 1e999\n>"])
def test_a_field_that_is_no_number_names_its_line(text: str, tmp_path: Path) -> None:
    with pytest.raises(RppError, match="Line 3"):
        read(tmp_path, text)


def test_a_file_that_is_not_there_is_an_error_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RppError, match="cannot be read"):
        ProjectFile(tmp_path / "missing.rpp").snapshot()


def test_reading_can_be_cancelled() -> None:
    with pytest.raises(Cancelled):
        ProjectFile(HANDMADE).snapshot(is_cancelled=lambda: True)

"""A static move for a whole set is proposed only where it is right in most songs; else the songs are told apart."""

from dataclasses import replace

import numpy as np
import pytest

from dawassist.analysis.loudness import gated_lufs
from dawassist.analysis.model import Activity, Analysis, BlockCovariance
from dawassist.analysis.stretch import within
from dawassist.plan.brief import Brief, Scope
from dawassist.plan.model import Plan
from dawassist.plan.wording import sentence_faults, wording_faults
from dawassist.realize.plan import realize
from dawassist.session.model import Marker, Session
from dawassist.strategies.studio import Studio
from tests.analyses import make_analysis
from tests.sessions import make_item, make_session, make_track

SONG_SECONDS, GAP_SECONDS, SONGS = 80.0, 5.0, 4
LEVELS = {"Kick": -24.0, "Snare": -23.0, "Bass": -21.0, "Gtr": -22.0, "Keys": -24.0, "Acoustic": -23.0}


def starts() -> list[float]:
    return [place * (SONG_SECONDS + GAP_SECONDS) for place in range(SONGS)]


def make_set(*, with_regions: bool = True) -> Session:
    tracks = [
        make_track(number=number, name=name, fader_db=-5.0, items=[make_item("a.wav", length_seconds=340.0)])
        for number, name in enumerate(LEVELS, start=1)
    ]
    regions = tuple(
        Marker(number=place + 1, name=f"Song {place + 1}", start_seconds=at, end_seconds=at + SONG_SECONDS)
        for place, at in enumerate(starts())
    )
    return make_session(tracks, markers=regions if with_regions else ())


def heard(session: Session, name: str, levels_lufs: tuple[float | None, ...]) -> Analysis:
    """`name` at another level in each song (None: it does not play), everything else alike in all of them."""
    analysis = make_analysis(session, {})
    seconds = np.arange(0.0, starts()[-1] + SONG_SECONDS)
    song = np.minimum(seconds // (SONG_SECONDS + GAP_SECONDS), SONGS - 1).astype(int)
    tensor = np.zeros((len(seconds), 2 * len(LEVELS), 2 * len(LEVELS)), dtype=np.float32)
    tracks = []
    for place, (track, measured) in enumerate(zip(session.tracks, analysis.tracks, strict=True)):
        own: tuple[float | None, ...] = levels_lufs if track.name == name else (LEVELS[track.name],) * SONGS
        lufs = np.array([-200.0 if level is None else level for level in own])[song]
        power = np.where(lufs > -150.0, 10.0 ** ((lufs + 0.691) / 10.0) / 2.0, 0.0)
        tensor[:, 2 * place : 2 * place + 2, 2 * place : 2 * place + 2] = power[:, None, None]
        played = [(at, at + SONG_SECONDS) for at, level in zip(starts(), own, strict=True) if level is not None]
        assert measured.loudness is not None
        loudness = replace(measured.loudness, integrated_lufs=gated_lufs(2.0 * power))
        activity = Activity(share=len(played) / SONGS, segments=tuple(played))
        tracks.append(replace(measured, activity=activity, loudness=loudness))
    covariance = BlockCovariance(
        track_guids=tuple(track.guid for track in session.tracks), tensor=tensor, block_seconds=seconds, is_exact=True
    )
    return replace(analysis, tracks=tuple(tracks), covariance=covariance, end_seconds=float(seconds[-1]))


def plan_of(session: Session, name: str, *levels_lufs: float | None, brief: Brief | None = None) -> Plan:
    brief = brief or Brief()
    analysis = heard(session, name, levels_lufs)
    draft = Studio().suggest(session, analysis, brief)
    plan = realize(session, analysis, brief, draft, strategy="studio")
    assert [fault for r in plan.recommendations for fault in wording_faults(r)] == []
    texts = [finding.sentence for finding in plan.findings] + [left.reason for left in plan.left_out]
    assert sentence_faults(*texts) == []
    return plan


def moved(plan: Plan) -> list[str]:
    return [r.track_name for r in plan.recommendations if r.kind == "fader"]


def test_a_move_that_is_right_in_three_of_four_songs_is_made() -> None:
    plan = plan_of(make_set(), "Keys", -4.0, -4.0, -4.0, -35.0)
    assert moved(plan) == ["Keys"]
    assert plan.recommendations[0].change.after < -5.0


def test_a_move_that_is_right_in_half_of_them_is_shown_song_by_song_instead() -> None:
    plan = plan_of(make_set(), "Keys", -2.0, -2.0, -38.0, -38.0)
    assert moved(plan) == []
    (finding,) = [f for f in plan.findings if f.kind == "songs_differ"]
    assert "up in 2, down in 2 of 4" in finding.sentence
    assert finding.at_seconds == tuple(starts())
    texts = [line.text for line in finding.evidence]
    assert texts[0].startswith("“Song 1” (0:00–1:20): -")
    assert [np.sign(line.value) for line in finding.evidence] == [-1.0, -1.0, 1.0, 1.0]
    assert all(f"{line.value:+.1f} dB" in line.text for line in finding.evidence)
    assert any("holds in 2 of the 4 songs where it plays" in left.reason for left in plan.left_out)


def test_songs_in_which_the_track_does_not_play_have_no_say() -> None:
    assert moved(plan_of(make_set(), "Keys", -4.0, None, None, -4.0)) == ["Keys"]


def test_without_regions_or_in_one_song_the_whole_is_judged() -> None:
    levels = (-2.0, -2.0, -38.0, -38.0)
    assert moved(plan_of(make_set(with_regions=False), "Keys", *levels)) == ["Keys"]
    session = make_set()
    analysis = within(heard(session, "Keys", levels), 0.0, SONG_SECONDS)
    brief = Brief(scope=Scope.parse("region=Song 1"))
    draft = Studio().suggest(session, analysis, brief)
    assert draft.findings == ()
    assert [p.intents[0].track_guid for p in draft.proposals] == [session.tracks[4].guid]


def test_the_rough_balance_of_a_raw_set_leaves_a_torn_track_alone() -> None:
    session = make_set()
    raw = replace(session, tracks=tuple(replace(track, fader_db=0.0) for track in session.tracks))
    alike = plan_of(raw, "Acoustic", -36.0, -36.0, -36.0, -36.0)
    torn = plan_of(raw, "Acoustic", -34.0, -34.0, -60.0, -8.0)
    assert "Acoustic" in moved(alike)
    assert torn.session_state == "raw"
    assert "Acoustic" not in moved(torn)
    assert session.tracks[5].guid in [f.track_guid for f in torn.findings if f.kind == "songs_differ"]


def test_a_stretch_is_measured_for_itself() -> None:
    session = make_set()
    song = within(heard(session, "Keys", (-10.0, -30.0, None, -20.0)), starts()[1], starts()[1] + SONG_SECONDS)
    keys = song.tracks[4]
    assert keys.loudness is not None
    assert keys.loudness.integrated_lufs == pytest.approx(-30.0, abs=0.1)
    assert keys.activity.share == pytest.approx(1.0)
    silent = within(heard(session, "Keys", (-10.0, -30.0, None, -20.0)), starts()[2], starts()[2] + SONG_SECONDS)
    assert silent.tracks[4].activity == Activity(share=0.0, segments=())

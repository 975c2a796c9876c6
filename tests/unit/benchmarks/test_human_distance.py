"""The distance between balances, its baselines, and what the table's mixes become for `suggest`."""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from benchmarks import human_distance
from benchmarks.support.engineer_levels import consensus_distance, distance, group_of, interval_by_song, mix_error_db
from benchmarks.support.level_baselines import equal_loudness, equal_with_lead, role_regression, unity
from benchmarks.support.our_balance import our_balance
from benchmarks.support.table_session import analysis_of, brief_of, session_of
from fitting.engineer_priors import fit_engineer_priors
from fitting.levels import fit_coefficients
from fitting.mixologydb import LeveledMix, parse_mixes, read_mixes

from dawassist.plan.engineer_priors import engineer_priors
from dawassist.plan.level_prior import LevelRecord, level_prior
from dawassist.plan.mix_state import MixState
from tests.mix_tables import make_mix, make_row

TABLE = Path(__file__).parents[3].parent / "shared/data/mixologydb/mixes.json"
needs_table = pytest.mark.skipif(not TABLE.is_file(), reason="mixes.json of MixologyDB is not on this machine")
LABELS = ("DRUMS:KICK", "BASS:ELECTRIC", "GUITARS:ELECTRIC", "VOCALS:LEAD", "VOCALS:BACKGROUND")


def mixes_of_songs(count: int = 4) -> list[LeveledMix]:
    """Every engineer puts the lead 6 dB up and the kick 3 dB down, whatever was recorded."""
    generator = np.random.default_rng(3)
    moves = {"VOCALS:LEAD": 6.0, "DRUMS:KICK": -3.0}
    return [
        make_mix(
            [
                make_row(label, float(generator.uniform(-32, -18)), moves.get(label, 0.0))
                for label in LABELS
                for _ in "abcdef"
            ],
            song=f"song {number}",
        )
        for number in range(count)
    ]


def test_a_common_gain_costs_nothing_and_a_single_move_is_shared_by_the_tracks() -> None:
    mix = make_mix([make_row(label, -20.0, 0.0) for label in LABELS])
    assert mix_error_db(mix.tracks, mix.level_lufs, mix.level_lufs + 7.0) == pytest.approx((0.0, 0.0))
    moved = mix.level_lufs + np.array([5.0, 0.0, 0.0, 0.0, 0.0])
    assert mix_error_db(mix.tracks, mix.level_lufs, moved) == pytest.approx((1.0, 1.0))


def test_groups_add_the_power_of_their_tracks() -> None:
    mix = make_mix(
        [make_row("DRUMS:KICK", -20.0, 0.0), make_row("DRUMS:SNARE", -20.0, 0.0), make_row("BASS:ELECTRIC", -20.0, 0.0)]
    )
    shifted = mix.level_lufs + np.array([3.0, -100.0, 0.0])
    track_db, group_db = mix_error_db(mix.tracks, mix.level_lufs, shifted)
    assert track_db > 30.0
    assert group_db == pytest.approx(0.0, abs=0.01)


def test_percussion_and_the_two_kinds_of_vocals_are_groups_of_their_own() -> None:
    labels = ("DRUMS:TAMBOURINE", "MISC:MISC", "DRUMS:TOM", "VOCALS:LEAD", "VOCALS:BACKGROUND", "KEYS:ELECTRIC")
    assert [group_of(label) for label in labels] == [
        "PERCUSSION", "PERCUSSION", "DRUMS", "VOCALS:LEAD", "VOCALS:BACKGROUND", "KEYS",
    ]  # fmt: skip


def test_the_ceiling_is_the_median_of_the_others_where_enough_mixed_the_file() -> None:
    rows = [make_row(label, -20.0, 0.0) for label in LABELS]
    loud = [replace(rows[0], fader_db=10.0), *rows[1:]]
    found = consensus_distance(
        [make_mix(rows), make_mix(rows), make_mix(rows), make_mix(loud), make_mix(rows, song="Zinc")]
    )
    assert found is not None
    assert found.songs == ("Iron",) * 4
    assert found.track_db.tolist() == pytest.approx([0.0, 0.0, 0.0, 2.0])


def test_mixes_of_files_that_few_engineers_had_know_no_ceiling() -> None:
    mixes = mixes_of_songs()
    assert consensus_distance(mixes) is None
    found = {"target": distance(mixes, map(unity, mixes)), "unity": distance(mixes, map(unity, mixes))}
    found |= dict.fromkeys(("proposed", "equal loudness", "L1 role regression"), found["unity"])
    rows = list(human_distance.level_rows(found, None))
    assert not any("ceiling" in row.case + row.metric for row in rows)
    assert {row.metric.split(" [")[0]: row.ok for row in rows if row.bar} == {"target": False, "proposed": True}


def test_intervals_draw_whole_songs() -> None:
    assert interval_by_song(("a", "a", "a"), np.array([0.0, 1.0, 2.0])) == pytest.approx((1.0, 1.0))
    low, high = interval_by_song(("a", "a", "b", "b"), np.array([0.0, 0.0, 2.0, 2.0]))
    assert (low, high) == pytest.approx((0.0, 2.0))


def test_a_regression_learns_what_every_engineer_does() -> None:
    *training, tested = mixes_of_songs()
    learned = distance([tested], [role_regression(training)(tested)]).track_db[0]
    assert (
        learned
        < 0.5
        < distance([tested], [unity(tested)]).track_db[0]
        < distance([tested], [equal_loudness(tested)]).track_db[0]
    )


def test_the_lead_of_the_equal_mix_is_louder_by_two_decibels() -> None:
    mix = make_mix([make_row("VOCALS:LEAD", -30.0, 0.0), make_row("DRUMS:KICK", -20.0, 0.0)])
    assert equal_with_lead(mix).tolist() == [2.0, 0.0]


def test_a_session_of_the_table_sounds_as_loud_as_its_tracks_and_holds_the_roles() -> None:
    mix = make_mix(
        [
            make_row("DRUMS:KICK", -23.4, 1.0),
            make_row("KEYS:ELECTRIC", -31.0, 0.0, pans=(-1.0, 1.0)),
            make_row("X:Y", -20.0, 0.0),
        ]
    )
    session = session_of(mix)
    analysis = analysis_of(mix, session)
    assert analysis.covariance is not None
    levels = MixState(session, analysis.covariance).track_lufs
    assert [levels[track.guid] for track in session.tracks] == pytest.approx([-23.4, -31.0, -20.0], abs=1e-3)
    assert [role for _, role in brief_of(mix, session).pinned_roles] == ["kick", "keys"]


def test_our_balance_is_that_of_the_raw_session_and_depends_on_the_priors() -> None:
    *training, tested = mixes_of_songs()
    faders_moved = replace(tested, level_lufs=tested.level_lufs + 5.0)
    fitted = fit_engineer_priors(training)
    ours = our_balance(tested, fitted)
    again = our_balance(faders_moved, fitted)
    assert ours.proposed_lufs.tolist() == again.proposed_lufs.tolist()
    assert ours.target_lufs.tolist() == again.target_lufs.tolist()
    assert our_balance(tested, engineer_priors()).target_lufs.tolist() != ours.target_lufs.tolist()


def test_nonsense_in_the_table_is_left_out() -> None:
    text = """{"mixes": [{"mix-name": "a", "song-name": "b", "tracks": [
        {"track-name": "1", "track-instrument-type": "DRUMS", "track-instrument-subtype": "OVERHEADS",
         "channel-mode": "STEREO", "parameters": {"gain": "-3.5 dB", "pan": [-100, 100]},
         "track-audio-features": {"track-audio-lufs": -21.0}},
        {"track-name": "2", "channel-mode": "MONO", "parameters": {"gain": "none", "pan": [250]},
         "track-audio-features": {"track-audio-lufs": "-inf"}}]}]}"""
    (mix,) = parse_mixes(text.encode())
    assert [track.role for track in mix.tracks] == ["overhead", "unknown"]
    assert mix.tracks[0].pans == (-1.0, 1.0)
    assert mix.tracks[1].pan is None
    assert mix.leveled.level_lufs.tolist() == [-24.5]


@needs_table
def test_the_published_baselines_are_reproduced() -> None:
    """The split column of the study that the bars come from: track and group error in dB."""
    mixes = [mix.leveled for mix in read_mixes(TABLE)]
    songs = {mix.song for mix in mixes}
    regressions = {song: role_regression([mix for mix in mixes if mix.song != song]) for song in songs}
    found = {
        "unity": distance(mixes, map(unity, mixes)),
        "equal": distance(mixes, map(equal_loudness, mixes)),
        "equal, lead +2": distance(mixes, map(equal_with_lead, mixes)),
        "regression": distance(mixes, (regressions[mix.song](mix) for mix in mixes)),
    }
    ceiling = consensus_distance(mixes)
    assert ceiling is not None
    found["ceiling"] = ceiling
    assert sum(len(mix.tracks) for mix in mixes) == 1859
    assert len(ceiling.songs) == 68
    printed = {name: (round(each.track_db.mean(), 2), round(each.group_db.mean(), 2)) for name, each in found.items()}
    assert printed == {
        "unity": (4.34, 3.30),
        "equal": (5.54, 4.12),
        "equal, lead +2": (5.45, 3.94),
        "regression": (3.94, 2.75),
        "ceiling": (3.61, 2.62),
    }


@needs_table
def test_the_level_prior_is_nearer_to_engineers_than_the_regression_with_songs_left_out() -> None:
    mixes = [mix.leveled for mix in read_mixes(TABLE)]
    models = {
        song: fit_coefficients([mix for mix in mixes if mix.song != song]) for song in {mix.song for mix in mixes}
    }

    def expected(mix: LeveledMix) -> np.ndarray:
        pairs = zip(mix.roles, mix.raw_lufs, strict=True)
        records = [LevelRecord(role=role, raw_lufs=float(raw)) for role, raw in pairs]
        return np.array([target.level_lu for target in level_prior(records, models[mix.song])])

    found = distance(mixes, map(expected, mixes))
    assert found.track_db.mean() < 3.94
    assert found.group_db.mean() < 2.75


def test_an_absent_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="MixologyDB"):
        next(human_distance.run(argparse.Namespace(train=tmp_path / "mixes.json", test=None)))

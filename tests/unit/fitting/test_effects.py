"""Reading equalizers, compressors and reverbs as the table writes them, with its traps."""

import tomllib

from fitting.effects import effect_lines
from fitting.mixologydb import Mix

from tests.mix_tables import make_row

EQ = [
    {"type": "HP", "value": {"freq": 60, "q": 0, "gain": 12}},
    {"type": "HP", "value": {"freq": 80, "q": 0, "gain": 12}},
    {"type": "NOTCH", "value": {"freq": "400 Hz", "q": 2, "gain": -4}},
    {"type": "NOTCH", "value": {"freq": 3000, "q": 0, "gain": 3}},
    {"type": "NOTCH", "value": {"freq": 5000, "q": 1, "gain": 0}},
]
COMPRESSORS = [
    {"name": "Compressor/Limiter", "attack": 10, "release": 80, "ratio": "3.0:1"},
    {"name": "BF-76", "attack": 3, "release": 5, "ratio": "4:1"},
]
REVERBS = [{"type": "HALL", "gain": -9.0, "send": "True"}, {"type": "ROOM", "gain": 0.0}]


def fitted(used: int, unused: int) -> dict[str, object]:
    """Of basses, some of which have everything."""
    rows = [make_row("BASS:ELECTRIC", eq=EQ, compression=COMPRESSORS, reverb=REVERBS) for _ in range(used)]
    rows += [make_row("BASS:ELECTRIC") for _ in range(unused)]
    mix = Mix(name="a", song="b", tracks=tuple(rows))
    found: dict[str, object] = tomllib.loads("\n".join(effect_lines([mix])))["bass"]
    return found


def test_shares_are_of_all_tracks_and_settings_of_their_users() -> None:
    found = fitted(15, 45)
    assert found["tracks"] == 60
    assert found["high_pass_share"] == found["cut_share"] == found["boost_share"] == found["reverb_share"] == 0.25
    assert found["compressor_attack_ms"] == {"p25": 10, "p50": 10, "p75": 10}


def test_two_high_pass_filters_are_one_and_bands_without_gain_none() -> None:
    found = fitted(15, 15)
    assert found["high_pass_cutoff_hz"] == {"p25": 80, "p50": 80, "p75": 80}
    assert found["cut_gain_db"] == {"p25": -4, "p50": -4, "p75": -4}
    assert found["boost_gain_db"] == {"p25": 3, "p50": 3, "p75": 3}
    assert found["cut_frequency_hz"] == {"p25": 400, "p50": 400, "p75": 400}


def test_a_q_of_zero_dials_and_gains_without_a_send_are_no_settings() -> None:
    found = fitted(15, 15)
    assert "boost_q" not in found
    assert found["compressor_release_ms"] == {"p25": 80, "p50": 80, "p75": 80}
    assert found["compressor_ratio"] == {"p25": 3, "p50": 3.5, "p75": 4}
    assert found["reverb_send_db"] == {"p25": -9, "p50": -9, "p75": -9}


def test_fewer_than_ten_settings_say_nothing() -> None:
    found = fitted(9, 21)
    assert found["compressor_share"] == 0.3
    assert "compressor_attack_ms" not in found
    assert "reverb_send_db" not in found

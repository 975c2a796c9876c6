"""Where a track is expected in the mix: by its role, its raw level, and how many tracks share the role."""

import pytest

from dawassist.plan.level_prior import (
    LevelModel,
    LevelRecord,
    RoleLevel,
    level_model,
    level_prior,
    recordings_trust,
)

MODEL = LevelModel(
    between_roles=0.5,
    within_role=0.8,
    per_doubling=-1.0,
    raw_slope=0.75,
    unknown_spread_lu=6.0,
    usual_raw_spread_lu=8.0,
    move_precision=0.55,
    roles={
        "kick": RoleLevel(level_lu=1.0, spread_lu=3.0, move_precision=0.7, tracks=100, files=10),
        "overhead": RoleLevel(level_lu=-2.0, spread_lu=4.0, move_precision=0.6, tracks=100, files=10),
    },
)


def _levels(*tracks: tuple[str, float]) -> list[float]:
    records = [LevelRecord(role=role, raw_lufs=raw) for role, raw in tracks]
    return [target.level_lu for target in level_prior(records, MODEL)]


def test_a_role_is_moved_by_half_of_its_distance_and_a_track_within_it_by_four_fifths() -> None:
    kick_in, kick_out, overhead = _levels(("kick", -20.0), ("kick", -26.0), ("overhead", -23.0))
    assert kick_in == pytest.approx(1.0 + 0.5 * 0.0 + 0.8 * 3.0 - 1.0)
    assert kick_out == pytest.approx(1.0 + 0.5 * 0.0 - 0.8 * 3.0 - 1.0)
    assert overhead == pytest.approx(-2.0)


def test_an_unknown_role_keeps_part_of_its_raw_level_and_has_a_wide_spread() -> None:
    records = [LevelRecord(role=role, raw_lufs=raw) for role, raw in (("unknown", -30.0), ("kick", -20.0))]
    unknown, kick = level_prior(records, MODEL)
    assert unknown.level_lu == pytest.approx(0.75 * -5.0)
    assert unknown.spread_lu == 6.0
    assert kick.spread_lu == 3.0


def test_room_microphones_count_as_overheads() -> None:
    assert _levels(("room", -20.0), ("overhead", -20.0)) == _levels(("overhead", -20.0), ("overhead", -20.0))


def test_a_level_move_is_as_sure_as_it_was_right_before() -> None:
    assert MODEL.precision_of("kick") == 0.7
    assert MODEL.precision_of("room") == 0.6
    assert MODEL.precision_of("theremin") == 0.55


def test_shipped_level_moves_claim_little_certainty() -> None:
    model = level_model()
    assert 0.5 < model.move_precision < 0.75
    assert all(0.3 < role.move_precision < 0.9 for role in model.roles.values())


def test_the_order_of_tracks_and_a_common_gain_change_nothing() -> None:
    tracks = [("kick", -18.0), ("overhead", -30.0), ("unknown", -25.0), ("kick", -22.0)]
    levels = _levels(*tracks)
    assert _levels(*reversed(tracks)) == pytest.approx(levels[::-1])
    assert _levels(*((role, raw + 6.0) for role, raw in tracks)) == pytest.approx(levels)


def _recorded(spread_lu: float) -> list[LevelRecord]:
    """Six tracks that lie that far over or under what their roles tell."""
    own = {"kick": 1.0 - 1.0 * 1.0, "overhead": -2.0 - 1.0, "unknown": 0.0}
    signs = (1.0, -1.0, 1.0, -1.0, 1.0, -1.0)
    roles = ("kick", "kick", "overhead", "overhead", "unknown", "unknown")
    return [
        LevelRecord(role=role, raw_lufs=-20.0 + own[role] + sign * spread_lu)
        for role, sign in zip(roles, signs, strict=True)
    ]


def test_recordings_as_wide_as_usual_are_taken_at_their_word_and_wider_ones_count_less() -> None:
    trusts = [recordings_trust(_recorded(spread_lu), MODEL) for spread_lu in (2.0, 7.0, 12.0, 16.0)]
    assert trusts[:2] == [1.0, 1.0]
    assert 0.3 < trusts[3] < trusts[2] < 0.9
    assert recordings_trust(_recorded(60.0), MODEL) == pytest.approx(recordings_trust(_recorded(80.0), MODEL))


def test_levels_of_recordings_at_random_move_towards_what_their_roles_tell() -> None:
    records = _recorded(16.0)
    believed, read = (level_prior(records, MODEL, trust=trust) for trust in (1.0, None))
    trust = recordings_trust(records, MODEL)
    assert read[4].level_lu == pytest.approx(trust * believed[4].level_lu)
    within = [each[0].level_lu - each[1].level_lu for each in (read, believed)]
    assert within[0] == pytest.approx(trust * within[1])


def test_a_whole_kit_lies_over_its_microphones() -> None:
    roles = level_model().roles
    assert roles["drums"].level_lu > max(roles[role].level_lu for role in ("kick", "snare", "tom", "overhead"))


def test_no_tracks_have_no_targets() -> None:
    assert level_prior(()) == ()


def test_the_shipped_model_puts_a_lead_vocal_in_front_and_lets_raw_levels_count() -> None:
    model = level_model()
    assert max(model.roles, key=lambda role: model.roles[role].level_lu) == "lead_vocal"
    assert 0.0 < model.between_roles < model.within_role < 1.0
    assert model.unknown_spread_lu > max(role.spread_lu for role in model.roles.values() if role.files >= 10)

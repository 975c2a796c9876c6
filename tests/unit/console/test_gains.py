"""Gains from fader inputs to the master output."""

import numpy as np
import pytest

from dawassist.console.gains import Console, gain_matrices, gain_matrix
from dawassist.console.unheard import unmodelled_fx
from dawassist.errors import NotModelled
from dawassist.session.model import Envelope, EnvelopePoint, Fx, Send, Session, Track
from dawassist.session.targets import FxTarget, SendTarget, TrackTarget
from tests.sessions import make_item, make_session, make_track

HALF_DB = 20 * np.log10(0.5)


def guid(name: str) -> str:
    return f"{{{name.upper()}}}"


def track(name: str, **fields: object) -> Track:
    return make_track(guid=guid(name), name=name, items=(make_item(),), **fields)


def send_to(name: str, **fields: object) -> Send:
    made = {
        "destination_guid": guid(name), "level_db": 0.0, "pan": 0.0, "muted": False, "polarity_inverted": False,
        "mono": False, "tap": "post_fader", "source_channel": 0, "destination_channel": 0,
    }  # fmt: skip
    return Send(**{**made, **fields})


def gain(session: Session, name: str, **overrides: float) -> np.ndarray:
    targets = {TrackTarget(track_guid=guid(name), field=field): raw for field, raw in overrides.items()}
    return gain_matrix(session, guid(name), targets)


def fx(guid: str, **fields: object) -> Fx:
    made = {"guid": guid, "ident": guid, "name": guid, "kind": "VST", "enabled": True, "offline": False}
    return Fx(**{**made, "parameters": None, **fields})


def volume(*points: tuple[float, float], kind: str = "volume") -> Envelope:
    made = tuple(EnvelopePoint(time_seconds=time, value=value) for time, value in points)
    return Envelope(kind=kind, guid="", active=True, points=made, point_count=len(made))


def test_a_track_at_rest_passes_unchanged() -> None:
    np.testing.assert_allclose(gain(make_session(tracks=[track("a")]), "a"), np.eye(2))


def test_fader_polarity_folder_and_master_multiply() -> None:
    made = make_session(
        tracks=[track("f", folder_depth=1, fader_db=HALF_DB), track("a", fader_db=HALF_DB, polarity_inverted=True)],
        master=make_track(guid="{MASTER}", number=0, fader_db=HALF_DB),
    )
    np.testing.assert_allclose(gain(made, "a"), -np.eye(2) / 8, atol=1e-9)


def test_a_fader_at_minus_infinity_is_silent() -> None:
    assert not gain(make_session(tracks=[track("a", fader_db=-150.0)]), "a").any()


def test_pan_of_track_and_folder_both_act() -> None:
    made = make_session(tracks=[track("f", folder_depth=1, pan=-0.5), track("a", pan=0.5)])
    np.testing.assert_allclose(gain(made, "a"), np.diag([0.5, 0.5]))


def test_a_project_law_costs_in_every_folder_and_compensation_saves_it() -> None:
    tracks = [track("f", folder_depth=1), track("a")]
    plain = gain(make_session(tracks=tracks, pan_law_db=-3.0), "a")
    assert 20 * np.log10(plain[0, 0]) == pytest.approx(-9.0)  # track, folder and master
    saved = gain(make_session(tracks=tracks, pan_law_db=-3.0, pan_law_compensated=True), "a")
    np.testing.assert_allclose(saved, np.eye(2))


def test_a_tracks_own_law_wins() -> None:
    made = make_session(tracks=[track("a", pan_law_db=0.0)], pan_law_db=-6.0, pan_law_compensated=False)
    assert 20 * np.log10(gain(made, "a")[0, 0]) == pytest.approx(-6.0)  # of the master alone


def test_all_paths_add_up() -> None:
    made = make_session(
        tracks=[
            track("a", fader_db=HALF_DB, sends=(send_to("b"), send_to("b", tap="pre_fader", level_db=HALF_DB))),
            track("b", fader_db=HALF_DB),
        ]
    )
    np.testing.assert_allclose(gain(made, "a"), np.eye(2) * (0.5 + 0.5 * 0.5 + 0.5 * 0.5), atol=1e-9)


def test_a_post_fader_send_follows_the_pan_and_a_pre_fader_send_does_not() -> None:
    for tap, left in (("post_fader", 0.0), ("pre_fader", 1.0), ("pre_fx", 1.0)):
        a = track("a", pan=1.0, main_send=False, sends=(send_to("b", tap=tap),))
        assert gain(make_session(tracks=[a, track("b")]), "a")[0, 0] == left


def test_sends_map_channels_mono_polarity_and_pan() -> None:
    cases = {
        "mono": ({"mono": True}, np.full((2, 2), 0.5)),
        "polarity": ({"polarity_inverted": True}, -np.eye(2)),
        "pan": ({"pan": 1.0}, np.diag([0.0, 1.0])),
        "mute": ({"muted": True}, np.zeros((2, 2))),
        "left only": ({"source_channel": 1024}, np.array([[1.0, 0.0], [1.0, 0.0]])),
        "right only": ({"source_channel": 1025}, np.array([[0.0, 1.0], [0.0, 1.0]])),
        "to the right": ({"destination_channel": 1025}, np.array([[0.0, 0.0], [0.5, 0.5]])),
        "channels 3/4": ({"source_channel": 2}, np.zeros((2, 2))),
        "shifted": ({"source_channel": 1}, np.array([[0.0, 1.0], [0.0, 0.0]])),
    }
    for name, (fields, expected) in cases.items():
        a = track("a", main_send=False, sends=(send_to("b", **fields),))
        found = gain(make_session(tracks=[a, track("b")]), "a")
        np.testing.assert_allclose(found, expected, atol=1e-9, err_msg=name)


def test_mute_solo_and_key_sends_give_nothing() -> None:
    assert not gain(
        make_session(tracks=[track("a", muted=True, sends=(send_to("b", tap="pre_fx"),)), track("b")]), "a"
    ).any()
    assert not gain(make_session(tracks=[track("a"), track("b", solo="solo")]), "a").any()
    key = track("a", main_send=False, sends=(send_to("b", destination_channel=2),))
    assert not gain(make_session(tracks=[key, track("b")]), "a").any()


def test_a_soloed_return_plays_only_the_send() -> None:
    made = make_session(tracks=[track("a", sends=(send_to("b", level_db=HALF_DB),)), track("b", solo="solo_in_place")])
    np.testing.assert_allclose(gain(made, "a"), np.eye(2) / 2, atol=1e-9)


def test_a_mono_master_sums_and_a_muted_master_is_silent() -> None:
    np.testing.assert_allclose(gain(make_session(tracks=[track("a")], master_mono=True), "a"), np.full((2, 2), 0.5))
    muted = make_track(guid="{MASTER}", number=0, muted=True)
    assert not gain(make_session(tracks=[track("a")], master=muted), "a").any()


def test_loops_do_not_multiply() -> None:
    made = make_session(tracks=[track("a", sends=(send_to("b"),)), track("b", sends=(send_to("a"),))])
    np.testing.assert_allclose(gain(made, "a"), 2 * np.eye(2))


def test_what_if_asks_with_raw_values() -> None:
    made = make_session(tracks=[track("a", sends=(send_to("b"), send_to("b"))), track("b")])
    np.testing.assert_allclose(gain(made, "a", fader_gain=0.5), np.eye(2) * 1.5)
    np.testing.assert_allclose(gain(made, "a", pan=-1.0, mute=0.0), 3 * np.diag([1.0, 0.0]))
    assert not gain(made, "a", mute=1.0).any()
    np.testing.assert_allclose(gain(made, "a", polarity=1.0), -3 * np.eye(2))
    send = SendTarget(track_guid=guid("a"), destination_guid=guid("b"), occurrence=1, field="level_gain")
    np.testing.assert_allclose(gain_matrix(made, guid("a"), {send: 0.25}), np.eye(2) * 2.25)
    assert made.tracks[0].fader_db == 0.0


def test_overrides_before_the_fader_input_are_refused_with_a_sentence() -> None:
    target = FxTarget(track_guid=guid("a"), fx_guid="", fx_ident="", param_ident="")
    with pytest.raises(NotModelled, match="FxTarget"):
        gain_matrix(make_session(tracks=[track("a")]), guid("a"), {target: 0.0})


def test_unknown_tracks_and_empty_sessions_are_silent() -> None:
    assert not gain(make_session(tracks=[]), "nobody").any()
    assert gain_matrices(make_session(tracks=[]), []).shape == (0, 2, 2)


def test_the_gain_into_a_bus_ends_at_its_fader_input() -> None:
    made = make_session(
        tracks=[
            track("f", folder_depth=1, fader_db=-150.0, muted=True), track("a", fader_db=HALF_DB, folder_depth=-1),
            track("b", solo="solo"),
        ]
    )  # fmt: skip
    console = Console(made)
    np.testing.assert_allclose(console.gain_matrix(guid("a"), into=guid("f")), np.eye(2) / 2, atol=1e-9)
    np.testing.assert_allclose(console.gain_matrix(guid("f"), into=guid("f")), np.eye(2))
    assert not console.gain_matrix(guid("b"), into=guid("f")).any()


def test_envelopes_move_the_gain_over_the_fader() -> None:
    made = make_session(
        tracks=[
            track("f", folder_depth=1, envelopes=(volume((0.0, 0.0), (1.0, 1.0), kind="pan"),)),
            track("a", fader_db=HALF_DB, envelopes=(volume((0.0, 0.0), (1.0, HALF_DB)),)),
        ]
    )
    console = Console(made)
    assert console.is_moving(guid("a"))
    moving = console.moving_matrices([guid("a")], np.array([0.0, 1.0]))[:, 0]
    np.testing.assert_allclose(moving, [np.eye(2) / 2, np.diag([0.0, 0.25])], atol=1e-9)
    np.testing.assert_allclose(console.gain_matrix(guid("a")), np.eye(2) / 2, atol=1e-9)


def test_mute_and_send_envelopes_move_too() -> None:
    muting = volume((0.0, 1.0), (1.0, 0.0), kind="mute")
    sent = send_to("b", envelopes=(volume((0.0, HALF_DB), kind="send_volume"),))
    made = make_session(tracks=[track("a", main_send=False, sends=(sent,), envelopes=(muting,)), track("b")])
    moving = Console(made).moving_matrices([guid("a")], np.array([0.0, 2.0]))[:, 0, 0, 0]
    np.testing.assert_allclose(moving, [0.5, 0.0], atol=1e-9)


def test_plug_ins_on_the_way_are_named_and_the_tracks_own_are_not() -> None:
    made = make_session(
        tracks=[
            track("f", folder_depth=1, fx=(fx("comp"), fx("off", enabled=False), fx("gone", offline=True))),
            track("a", folder_depth=-1, fx=(fx("own"),), sends=(send_to("verb"),)),
            track("verb", fx=(fx("box", children=(fx("hall"),)),)),
            track("bypassed", fx=(fx("x"),), fx_enabled=False),
        ]
    )
    assert [(x.track_name, x.fx_name) for x in unmodelled_fx(made, guid("a"))] == [("f", "comp"), ("verb", "hall")]
    assert unmodelled_fx(made, guid("bypassed")) == ()

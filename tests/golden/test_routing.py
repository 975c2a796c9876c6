"""Tracks are typed by routing before any name is read: buses, keys, prints and templates raise no alarm."""

from collections.abc import Callable

import pytest

from dawassist.console.gains import Console
from dawassist.console.unheard import unmodelled_fx
from dawassist.session.check import session_check
from dawassist.session.graph import build_graph, is_key
from dawassist.session.model import Session, Track
from tests.golden.situations import SITUATIONS

Opened = Callable[[str], Session]


def named(session: Session, name: str) -> Track:
    return next(track for track in session.tracks if track.name == name)


def kinds(session: Session) -> dict[str, str]:
    graph = build_graph(session)
    return {track.name: graph.kind[track.guid] for track in session.tracks}


def heard(session: Session, name: str) -> bool:
    return Console(session).is_heard(named(session, name).guid)


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        ("folder_bus", {"Drums": "folder", "Kick": "source", "Snare": "source", "Bass": "source"}),
        ("send_fed_bus", {"Gtr L": "source", "Gtr R": "source", "Gtr bus": "send_bus", "Plate": "send_bus",
                          "Forgotten": "key_or_cue"}),
        ("parallel_crush", {"Drums": "folder", "Kick": "source", "Snare": "source", "Drum Crush": "send_bus"}),
        ("multi_out_instrument", {"Kontakt": "source", "Kontakt kick": "send_bus", "Kontakt room": "send_bus"}),
        ("side_chain_key", {"Kick": "source", "Bass": "source", "Key": "key_or_cue"}),
        ("print_and_reference", {"Kick": "source", "Bass": "source", "PRINT": "source", "REF": "hardware_only",
                                 "rough mix": "source"}),
        ("template", {"Vox 1": "source", "Vox 2": "unused", "Keys": "unused", "Folder": "folder",
                      "Empty child": "unused", "Click": "hardware_only"}),
    ],
)  # fmt: skip
def test_every_track_is_what_its_routing_makes_it(situation: str, expected: dict[str, str], opened: Opened) -> None:
    assert kinds(opened(SITUATIONS[situation]())) == expected


def test_names_do_not_matter(opened: Opened) -> None:
    text = SITUATIONS["send_fed_bus"]()
    renamed = text.replace('"Gtr bus"', '"Lead Vox"').replace('"Plate"', '"Kick In"')
    assert list(kinds(opened(renamed)).values()) == list(kinds(opened(text)).values())


def test_tracks_whose_main_send_is_off_are_heard_through_their_bus_and_a_dead_end_is_not(opened: Opened) -> None:
    session = opened(SITUATIONS["send_fed_bus"]())
    assert [heard(session, name) for name in ("Gtr L", "Gtr R", "Forgotten")] == [True, True, False]
    left = Console(session).gain_matrix(named(session, "Gtr L").guid)
    assert left[0, 0] == pytest.approx(1.2)  # the bus and a fifth of it by the plate
    assert left[1, 1] == 0.0
    assert session_check(session) == ()


def test_of_a_bus_compressor_that_is_heard_and_the_master_chain_the_latter_is_named(opened: Opened) -> None:
    session = opened(SITUATIONS["folder_bus"]())
    places = [fx.track_name for fx in unmodelled_fx(session, named(session, "Kick").guid)]
    assert places == ["Master"]
    assert [fx.track_name for fx in unmodelled_fx(session, named(session, "Bass").guid)] == ["Master"]


def test_a_parallel_bus_adds_to_what_it_is_fed_by(opened: Opened) -> None:
    session = opened(SITUATIONS["parallel_crush"]())
    assert Console(session).gain_matrix(named(session, "Kick").guid)[0, 0] == pytest.approx(1.5)
    into = Console(session).gain_matrix(named(session, "Kick").guid, into=named(session, "Drum Crush").guid)
    assert into[0, 0] == pytest.approx(0.5)


def test_a_key_is_no_audio_and_a_key_track_is_no_dead_channel(opened: Opened) -> None:
    session = opened(SITUATIONS["side_chain_key"]())
    kick, bass = named(session, "Kick"), named(session, "Bass")
    assert is_key(kick.sends[0])
    assert build_graph(session).downstream(kick.guid) == (session.master.guid,)
    assert not Console(session).gain_matrix(kick.guid, into=bass.guid).any()
    assert session_check(session) == ()


def test_a_multi_out_instruments_outputs_are_buses_that_only_it_feeds(opened: Opened) -> None:
    session = opened(SITUATIONS["multi_out_instrument"]())
    kontakt = named(session, "Kontakt")
    assert [send.source_channel for send in kontakt.sends] == [2, 4]
    assert not any(track.items for track in session.tracks[1:])
    into = Console(session).gain_matrix(kontakt.guid, into=session.tracks[1].guid)
    assert not into.any()  # channels 3/4, which no file holds
    assert session_check(session) == ()


def test_a_print_sums_the_others_and_a_reference_stays_out_of_the_mix(opened: Opened) -> None:
    session = opened(SITUATIONS["print_and_reference"]())
    graph = build_graph(session)
    assert [track.name for track in session.tracks if track.guid in graph.audible] == ["Kick", "Bass"]
    receiving = {send.destination_guid for track in session.tracks for send in track.sends}
    sums = [track.name for track in session.tracks if track.items and track.guid in receiving]
    assert sums == ["PRINT"]
    (mutes,) = session_check(session)
    assert "2 tracks are muted: 3 PRINT, 5 rough mix" in mutes.sentence


def test_a_templates_empty_tracks_are_unused_and_no_finding(opened: Opened) -> None:
    assert session_check(opened(SITUATIONS["template"]())) == ()


def test_groups_and_vca_followers_are_known(opened: Opened) -> None:
    session = opened(SITUATIONS["groups_and_vca"]())
    vca, kick, snare, left, right = session.tracks
    assert [t.vca_follower for t in session.tracks] == [False, True, True, False, False]
    assert vca.groups & kick.groups & snare.groups == 4
    assert left.groups == right.groups == 1
    assert build_graph(session).kind[vca.guid] == "unused"  # a VCA leader holds no sound


def test_songs_and_the_time_selection_are_known(opened: Opened) -> None:
    session = opened(SITUATIONS["songs_as_regions"]())
    assert [(m.name, m.start_seconds, m.end_seconds) for m in session.markers] == [
        ("First song", 0.0, 1.0),
        ("Second song", 2.0, 3.0),
    ]
    assert session.time_selection == (0.25, 0.75)

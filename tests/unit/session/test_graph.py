"""Folders and routing, from well-formed sessions to broken ones."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dawassist.session.graph import build_graph, folder_parents
from dawassist.session.model import Fx, HardwareOutput, Send, Session, Track
from tests.sessions import make_item, make_session, make_track

OUTPUT = HardwareOutput(channel=2, level_db=0.0, muted=False)


def guid(name: str) -> str:
    return f"{{{name.upper()}}}"


def track(name: str, *, items: bool = True, **fields: object) -> Track:
    return make_track(guid=guid(name), name=name, items=(make_item(),) if items else (), **fields)


def send_to(name: str, **fields: object) -> Send:
    made = {
        "destination_guid": guid(name), "level_db": 0.0, "pan": 0.0, "muted": False, "polarity_inverted": False,
        "mono": False, "tap": "post_fader", "source_channel": 0, "destination_channel": 0,
    }  # fmt: skip
    return Send(**{**made, **fields})


def session(*tracks: Track) -> Session:
    return make_session(tracks=tracks)


def kinds(*tracks: Track) -> dict[str, str]:
    graph = build_graph(session(*tracks))
    return {t.name: graph.kind[t.guid] for t in tracks}


def audible(*tracks: Track) -> set[str]:
    graph = build_graph(session(*tracks))
    return {t.name for t in tracks if t.guid in graph.audible}


def test_children_follow_their_folder_until_it_closes() -> None:
    made = session(
        track("drums", folder_depth=1), track("kick"), track("toms", folder_depth=1), track("tom", folder_depth=-2),
        track("bass"),
    )  # fmt: skip
    master = made.master.guid
    expected = [master, guid("drums"), guid("drums"), guid("toms"), master]
    assert list(folder_parents(made).values()) == expected
    assert build_graph(made).descendants(guid("drums")) == (guid("kick"), guid("toms"), guid("tom"))


def test_broken_folder_depths_close_what_is_open() -> None:
    made = session(track("a", folder_depth=-3), track("b", folder_depth=7), track("c", folder_depth=-9), track("d"))
    master = made.master.guid
    assert list(folder_parents(made).values()) == [master, master, guid("b"), master]


def test_a_folder_that_never_closes_holds_the_rest() -> None:
    made = session(track("a", folder_depth=1), track("b"), track("c"))
    assert build_graph(made).children[guid("a")] == (guid("b"), guid("c"))


def test_kinds_come_from_routing_and_not_from_names() -> None:
    found = kinds(
        track("Snare Verb", items=False),
        track("Lead Vocal", items=False, sends=()),
        track("Vox Plate", sends=(send_to("lead vocal"),)),
        track("Drum Crush", folder_depth=1, items=False),
        track("Kick", folder_depth=-1),
    )
    assert found == {
        "Snare Verb": "unused", "Lead Vocal": "send_bus", "Vox Plate": "source", "Drum Crush": "folder",
        "Kick": "source",
    }  # fmt: skip


def test_a_source_that_reaches_the_master_by_a_send_is_a_source() -> None:
    found = kinds(track("gtr", main_send=False, sends=(send_to("bus"),)), track("bus", items=False))
    assert found == {"gtr": "source", "bus": "send_bus"}


def test_keys_cues_and_hardware_outputs_never_reach_the_master() -> None:
    found = kinds(
        track("key", main_send=False, sends=(send_to("bass", destination_channel=2),)),
        track("bass"),
        track("cue", items=False, main_send=False, hardware_outputs=(OUTPUT,)),
        track("gtr", sends=(send_to("cue"),)),
        track("click", main_send=False, hardware_outputs=(OUTPUT,)),
    )
    assert found == {
        "key": "key_or_cue", "bass": "source", "cue": "hardware_only", "gtr": "source", "click": "hardware_only",
    }  # fmt: skip


def test_an_instrument_that_another_track_drives_is_a_source() -> None:
    piano = Fx(guid="{P}", ident="piano", name="Piano", kind="VSTi", enabled=True, offline=False, parameters=None)
    player = track("midi", sends=(send_to("synth", source_channel=-1), send_to("empty", source_channel=-1)))
    found = kinds(player, track("synth", items=False, fx=(piano,)), track("empty", items=False))
    assert found == {"midi": "source", "synth": "source", "empty": "unused"}


def test_midi_sends_and_sends_to_nowhere_carry_no_audio() -> None:
    made = session(track("a", main_send=False, sends=(send_to("b", source_channel=-1), send_to("gone"))), track("b"))
    assert build_graph(made).outputs[guid("a")] == ()


def test_mutes_silence_a_track_and_a_muted_folder_its_children() -> None:
    assert audible(
        track("folder", folder_depth=1, muted=True), track("child", folder_depth=-1), track("muted", muted=True),
        track("free"),
    ) == {"free"}  # fmt: skip


def test_a_muted_main_path_leaves_the_send_and_a_muted_send_does_not_count() -> None:
    bus = track("bus", items=False)
    folder = track("f", folder_depth=1, muted=True)
    assert audible(folder, track("a", sends=(send_to("bus"),), folder_depth=-1), bus) == {"a", "bus"}
    assert audible(track("a", main_send=False, sends=(send_to("bus", muted=True),)), bus) == {"bus"}


def test_a_solo_silences_the_others_but_not_its_path() -> None:
    tracks = (
        track("f", folder_depth=1), track("a", solo="solo_in_place", sends=(send_to("fx"),)),
        track("b", folder_depth=-1), track("fx", items=False),
    )  # fmt: skip
    assert audible(*tracks) == {"a"}


def test_a_soloed_folder_plays_its_children_and_a_soloed_return_what_feeds_it() -> None:
    inside = (track("f", folder_depth=1, solo="solo"), track("a", folder_depth=-1), track("b"))
    assert audible(*inside) == {"f", "a"}
    fed = (track("a", sends=(send_to("fx"),)), track("b"), track("fx", items=False, solo="solo"))
    assert audible(*fed) == {"a", "fx"}


def test_a_muted_master_silences_everything() -> None:
    made = make_session(tracks=(track("a"),), master=make_track(guid="{MASTER}", number=0, muted=True))
    assert not build_graph(made).audible


def test_send_loops_are_cut_once_and_everything_still_reaches_the_master() -> None:
    made = session(
        track("a", sends=(send_to("b"),)), track("b", sends=(send_to("c"),)), track("c", sends=(send_to("a"),))
    )
    graph = build_graph(made)
    assert [(e.source_guid, e.destination_guid) for e in graph.feedback] == [(guid("c"), guid("a"))]
    assert graph.audible == {guid("a"), guid("b"), guid("c")}
    assert graph.downstream(guid("a")) == (made.master.guid, guid("b"), guid("c"))


def test_a_loop_is_cut_at_a_send_and_never_at_the_way_to_the_folder() -> None:
    made = session(track("f", folder_depth=1, sends=(send_to("a"),)), track("a", sends=(send_to("a"), send_to("f"))))
    graph = build_graph(made)
    assert [(e.source_guid, e.destination_guid) for e in graph.feedback] == [
        (guid("f"), guid("a")), (guid("a"), guid("a")),
    ]  # fmt: skip
    assert graph.audible == {guid("f"), guid("a")}


@settings(max_examples=60)
@given(
    depths=st.lists(st.integers(-4, 3), min_size=1, max_size=12),
    wires=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=40),
)
def test_any_routing_gives_an_order_in_which_every_track_follows_what_it_feeds(
    depths: list[int], wires: list[tuple[int, int]]
) -> None:
    sends: dict[int, list[Send]] = {}
    for source, destination in wires:
        sends.setdefault(source, []).append(send_to(f"t{destination}"))
    made = session(
        *(track(f"t{i}", folder_depth=depth, sends=tuple(sends.get(i, ()))) for i, depth in enumerate(depths))
    )
    graph = build_graph(made)
    assert sorted(graph.order) == sorted(t.guid for t in made.tracks)
    place = {guid: place for place, guid in enumerate(graph.order)} | {made.master.guid: -1}
    for edges in graph.outputs.values():
        assert all(place[edge.destination_guid] < place[edge.source_guid] for edge in edges)


def test_a_chain_of_ten_thousand_folders_is_walked_without_recursion() -> None:
    deep = session(*(track(f"t{i}", folder_depth=1) for i in range(10_000)))
    graph = build_graph(deep)
    assert len(graph.audible) == len(graph.downstream(guid("t9999"))) == 10_000

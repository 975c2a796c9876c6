"""What belongs together: microphones of one source, stereo pairs, DI and amp."""

from collections.abc import Sequence

import pytest

from dawassist.analysis.pairs import PairVerdict, TrackPair
from dawassist.plan.objects import MixObject, mix_objects
from dawassist.plan.roles import guess_roles
from dawassist.session.graph import build_graph
from dawassist.session.model import Track
from tests.analyses import Sound, make_analysis
from tests.sessions import make_guid, make_item, make_session, make_track


def grouped(
    tracks: list[Track], pinned: dict[str, str] | None = None, alike: Sequence[TrackPair] = ()
) -> tuple[MixObject, ...]:
    session = make_session(tracks)
    graph = build_graph(session)
    sources = [track for track in tracks if track.items]
    roles = guess_roles(session, graph, make_analysis(session, [Sound()] * len(sources)), pinned or {})
    return mix_objects(sources, graph, roles, alike)


def source(number: int, name: str, **fields: object) -> Track:
    return make_track(number=number, name=name, items=[make_item("a.wav")], **fields)


def objects_of(*names: str) -> list[tuple[str, tuple[str, ...]]]:
    found = grouped([source(number, name) for number, name in enumerate(names, start=1)])
    return [(each.kind, tuple(track.name for track in each.tracks)) for each in found]


def test_stereo_pairs_and_microphones_of_one_source_are_one_object() -> None:
    assert objects_of("Kick In", "Kick Out", "Gtr L", "Gtr R", "Bass DI", "Bass Amp", "Lead Vox") == [
        ("microphones", ("Kick In", "Kick Out")),
        ("stereo_pair", ("Gtr L", "Gtr R")),
        ("microphones", ("Bass DI", "Bass Amp")),
        ("single", ("Lead Vox",)),
    ]


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("03 OH L", "04 OH R", "stereo_pair"), ("OHL COMP_01", "OHR COMP_01", "stereo_pair"),
        ("OHL", "OHR", "stereo_pair"),
        ("Gtr SM57", "Gtr R121", "microphones"), ("Piano links", "Piano rechts", "stereo_pair"),
        ("Gtr L 1", "Gtr R 1", "stereo_pair"), ("Gtr 1 L.wav", "Gtr 1 R.wav", "stereo_pair"),
        ("Gtr 1", "Gtr 2", "single"), ("BGV 1", "BGV 2", "single"), ("Tom 1", "Tom 2", "single"),
        ("Snare oben", "Snare unten", "microphones"), ("12-Kick In", "13-Kick Out", "microphones"),
        ("Keys al", "Keys ar", "single"), ("Audio 1", "Audio 2", "single"), ("L", "R", "single"),
    ],
)  # fmt: skip
def test_two_names_tell_whether_they_are_one_object(one: str, other: str, kind: str) -> None:
    assert [found for found, _ in objects_of(one, other)] == [kind] * (2 if kind == "single" else 1)


def test_unnamed_tracks_on_opposite_sides_are_a_pair_when_their_role_is_known() -> None:
    tracks = [source(1, "Audio 1", pan=-0.8), source(2, "Audio 2", pan=0.8), source(3, "Audio 3", pan=-0.3)]
    roles = {track.guid: "electric_guitar" for track in tracks}
    assert [each.kind for each in grouped(tracks, roles)] == ["stereo_pair", "single"]
    assert [each.kind for each in grouped(tracks)] == ["single"] * 3


def test_four_tracks_on_two_sides_are_not_paired_at_random() -> None:
    tracks = [source(n, f"Gtr {n}", pan=pan) for n, pan in enumerate((-1.0, 1.0, -1.0, 1.0), start=1)]
    assert [each.kind for each in grouped(tracks)] == ["single"] * 4


def test_microphones_of_one_bass_stay_together_without_names() -> None:
    tracks = [source(1, "Audio 1"), source(2, "Audio 2"), source(3, "Audio 3")]
    roles = {tracks[0].guid: "bass", tracks[1].guid: "keys", tracks[2].guid: "bass"}
    assert [len(each.tracks) for each in grouped(tracks, roles)] == [2, 1]


def test_folders_keep_equal_names_apart() -> None:
    tracks = [
        make_track(number=1, name="Band A", folder_depth=1),
        source(2, "Kick", folder_depth=-1),
        make_track(number=3, name="Band B", folder_depth=1),
        source(4, "Kick", folder_depth=-1),
    ]
    assert [each.kind for each in grouped(tracks)] == ["single", "single"]


def heard_alike(reference: int, other: int, residual_db: float, verdict: PairVerdict = "offset") -> TrackPair:
    return TrackPair(
        reference_guid=make_guid(reference), other_guid=make_guid(other), verdict=verdict, delay_seconds=0.001,
        inverted=False, confidence=0.99, low_end_gain_db=1.0, residual_db=residual_db, gain_db=0.0,
    )  # fmt: skip


def joined(names: list[str], *alike: TrackPair, **pinned: str) -> list[tuple[str, ...]]:
    tracks = [source(number, name) for number, name in enumerate(names, start=1)]
    roles = {track.guid: pinned[track.name] for track in tracks if track.name in pinned}
    return [tuple(track.name for track in each.tracks) for each in grouped(tracks, roles, alike)]


def test_microphones_that_are_heard_to_share_a_source_are_one_object_whatever_they_are_called() -> None:
    assert joined(["Amp", "Keys", "Ribbon"], heard_alike(1, 3, -9.0)) == [("Amp", "Ribbon"), ("Keys",)]


def test_three_microphones_join_by_two_likenesses() -> None:
    found = joined(["One", "Two", "Three"], heard_alike(1, 2, -9.0), heard_alike(2, 3, -8.0))
    assert found == [("One", "Two", "Three")]


@pytest.mark.parametrize(
    ("names", "pair"),
    [
        (["Tom 1", "Tom 2"], heard_alike(1, 2, -2.0)),
        (["Kick", "Overheads"], heard_alike(1, 2, -9.0)),
        (["Gtr", "Keys"], heard_alike(1, 2, -9.0)),
        (["Audio 1", "Audio 2"], heard_alike(1, 2, -40.0, "duplicate")),
    ],
)  # fmt: skip
def test_bleed_kits_other_instruments_and_copies_stay_apart(names: list[str], pair: TrackPair) -> None:
    assert joined(names, pair) == [(name,) for name in names]

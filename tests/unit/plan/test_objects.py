"""What belongs together: microphones of one source, stereo pairs, DI and amp."""

import pytest

from dawassist.plan.objects import MixObject, mix_objects
from dawassist.plan.roles import guess_roles
from dawassist.session.graph import build_graph
from dawassist.session.model import Track
from tests.analyses import Sound, make_analysis
from tests.sessions import make_item, make_session, make_track


def grouped(tracks: list[Track], pinned: dict[str, str] | None = None) -> tuple[MixObject, ...]:
    session = make_session(tracks)
    graph = build_graph(session)
    sources = [track for track in tracks if track.items]
    roles = guess_roles(session, graph, make_analysis(session, [Sound()] * len(sources)), pinned or {})
    return mix_objects(sources, graph, roles)


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

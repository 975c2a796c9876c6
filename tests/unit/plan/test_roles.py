"""Roles from names in many languages, from folders, routing and sound."""

import pytest

from dawassist.plan.objects import mix_objects
from dawassist.plan.roles import FIRM, guess_roles, role_from_name
from dawassist.session.graph import build_graph
from tests.analyses import Sound, make_analysis
from tests.sessions import make_item, make_session, make_track


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Kick In", "kick"), ("03 Kick_Out.wav", "kick"), ("BD", "kick"), ("Bombo", "kick"), ("Grosse Caisse", "kick"),
        ("Бочка", "kick"), ("Snare Top", "snare"), ("SN Btm", "snare"), ("Caja", "snare"), ("Rullante", "snare"),
        ("Werbel", "snare"), ("Малый", "snare"), ("Floor Tom", "tom"), ("Rack", "tom"), ("HH", "hat"), ("Hats", "hat"),
        ("OH L", "overhead"), ("Overheads", "overhead"), ("Drum Room", "room"), ("Tamb", "percussion"),
        ("Bass DI", "bass"), ("Bs Amp", "bass"), ("Basse", "bass"), ("Baixo", "bass"), ("SY BASS", "bass"),
        ("Bass Drum", "kick"), ("EGtr 1 L", "electric_guitar"), ("Gitarre", "electric_guitar"),
        ("Ac Gtr", "acoustic_guitar"), ("Violão", "acoustic_guitar"), ("Rhodes", "keys"), ("Hammond", "keys"),
        ("MINILOGUE_SYNTH", "synth"), ("Lead Synth", "synth"), ("Strings", "strings"), ("LdVox", "lead_vocal"),
        ("VOX LEAD", "lead_vocal"), ("Lead Vocal Dbl", "backing_vocal"), ("Gesang", "lead_vocal"),
        ("Voix", "lead_vocal"), ("BGV 2", "backing_vocal"), ("Coros", "backing_vocal"), ("コーラス", "backing_vocal"),
        ("Tom Vox", "lead_vocal"), ("GangVox", "backing_vocal"), ("808", "bass"), ("Lead Gtr", "electric_guitar"),
    ],
)  # fmt: skip
def test_names_tell_roles(name: str, role: str) -> None:
    guess = role_from_name(name)
    assert guess.role == role
    assert guess.confidence >= FIRM


@pytest.mark.parametrize("name", ["Track 7", "Audio 03", "", "Untitled", "mV1_09", "Lorem ipsum", "🎸"])
def test_names_that_tell_nothing_give_no_role(name: str) -> None:
    assert role_from_name(name).confidence < FIRM


def test_a_folder_helps_where_the_name_does_not() -> None:
    guess = role_from_name("Take 3", ["Bass", "Band"])
    assert guess.role == "bass"
    assert guess.confidence < role_from_name("Bass").confidence


def test_routing_comes_before_the_name() -> None:
    vocal = make_track(number=1, name="Vox", folder_depth=1)
    child = make_track(number=2, name="Lead Vox", folder_depth=-1, items=[make_item("a.wav")])
    session = make_session([vocal, child])
    roles = guess_roles(session, build_graph(session), make_analysis(session, [Sound()]), {})
    assert (roles[vocal.guid].role, roles[child.guid].role) == ("folder", "lead_vocal")


def test_the_engineers_word_is_certain() -> None:
    track = make_track(name="Kick", items=[make_item("a.wav")])
    session = make_session([track])
    roles = guess_roles(session, build_graph(session), make_analysis(session, [Sound()]), {track.guid: "bass"})
    assert (roles[track.guid].role, roles[track.guid].confidence) == ("bass", 1.0)


def test_without_names_a_voice_and_low_end_are_told_by_sound() -> None:
    tracks = [make_track(number=n, name=f"Audio {n:02d}", items=[make_item("a.wav")]) for n in range(1, 5)]
    session = make_session(tracks)
    sounds = [
        Sound(voice=0.7),
        Sound(voice=0.6, plays=(0, 20)),
        Sound(low_end=0.95, crest_db=14.0),
        Sound(low_end=0.95, crest_db=25.0),
    ]
    roles = guess_roles(session, build_graph(session), make_analysis(session, sounds), {})
    assert [roles[t.guid].role for t in tracks] == ["lead_vocal", "backing_vocal", "bass", "kick"]


def objects_of(*names: str) -> list[tuple[str, tuple[str, ...]]]:
    tracks = [make_track(number=n, name=name, items=[make_item("a.wav")]) for n, name in enumerate(names, start=1)]
    session = make_session(tracks)
    graph = build_graph(session)
    roles = guess_roles(session, graph, make_analysis(session, [Sound()] * len(tracks)), {})
    found = mix_objects(tracks, graph, roles)
    return [(each.kind, tuple(track.name for track in each.tracks)) for each in found]


def test_stereo_pairs_and_microphones_of_one_source_are_one_object() -> None:
    assert objects_of("Kick In", "Kick Out", "Gtr L", "Gtr R", "Bass DI", "Bass Amp", "Lead Vox") == [
        ("microphones", ("Kick In", "Kick Out")),
        ("stereo_pair", ("Gtr L", "Gtr R")),
        ("microphones", ("Bass DI", "Bass Amp")),
        ("single", ("Lead Vox",)),
    ]


def test_numbered_parts_of_one_instrument_stay_apart() -> None:
    assert [kind for kind, _ in objects_of("Gtr 1", "Gtr 2", "BGV 1", "BGV 2")] == ["single"] * 4

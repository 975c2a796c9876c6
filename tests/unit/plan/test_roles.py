"""Roles from names in many languages, from folders, routing and sound."""

import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dawassist.plan.lexicon import known_roles
from dawassist.plan.names import name_parts
from dawassist.plan.roles import FIRM, guess_roles, role_from_name
from dawassist.session.graph import build_graph
from tests.analyses import Sound, make_analysis
from tests.sessions import make_item, make_session, make_track

LEXICON = tomllib.loads((files("dawassist.plan") / "lexicon.toml").read_text(encoding="utf-8"))


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
        ("Act Guit.09 (Stereo)", "acoustic_guitar"), ("AGuitCmp CONS", "acoustic_guitar"), ("OHL COMP_01", "overhead"),
        ("EKeys1a CONS", "keys"), ("LDVocVrs1", "lead_vocal"), ("mV1_09", "lead_vocal"), ("BGD1 CONS", "backing_vocal"),
        ("Gtr Double", "electric_guitar"), ("Organ Lead", "keys"), ("Bass Lead", "bass"), ("Kick Sub", "kick"),
        ("Bass Clarinet", "brass"), ("Kick+Snare+Toms", "drums"), ("K & SN", "drums"), ("808 Kick", "kick"),
        ("Talkback", "click"), ("Rough Mix", "reference"), ("Gtr R121", "electric_guitar"),
        ("Harmony Gtr", "electric_guitar"), ("Gtr 1 Room", "electric_guitar"),
        ("Leadgesang", "lead_vocal"), ("Hintergrundgesang", "backing_vocal"), ("Bläser", "brass"), ("Geige", "strings"),
        ("Becken", "overhead"), ("Chitarra acustica", "acoustic_guitar"), ("Voce solista", "lead_vocal"),
        ("Cori", "backing_vocal"), ("Batteria", "drums"), ("Piatti", "overhead"), ("Guitare basse", "bass"),
        ("Chœurs", "backing_vocal"), ("Caisse claire", "snare"), ("Batería", "drums"), ("Voz principal", "lead_vocal"),
        ("Segundas voces", "backing_vocal"), ("Platillos", "overhead"), ("Chimbal", "hat"), ("Bumbo", "kick"),
        ("Teclado", "keys"), ("Wokal główny", "lead_vocal"), ("Chórki", "backing_vocal"), ("Stopa", "kick"),
        ("Gitara basowa", "bass"), ("Talerze", "overhead"), ("Рабочий барабан", "snare"), ("Бас-гитара", "bass"),
        ("Гитара 2", "electric_guitar"), ("Основной вокал", "lead_vocal"), ("Бэк-вокал", "backing_vocal"),
        ("Тарелки", "overhead"), ("リードボーカル", "lead_vocal"), ("エレキギター1", "electric_guitar"),
        ("アコギ", "acoustic_guitar"), ("スネア上", "snare"), ("ベース", "bass"), ("主唱", "lead_vocal"),
        ("和声2", "backing_vocal"),
        ("Tom Vox", "lead_vocal"), ("GangVox", "backing_vocal"), ("808", "bass"), ("Lead Gtr", "electric_guitar"),
    ],
)  # fmt: skip
def test_names_tell_roles(name: str, role: str) -> None:
    guess = role_from_name(name)
    assert guess.role == role
    assert guess.confidence >= FIRM


@pytest.mark.parametrize(
    "name",
    [
        "Track 7",
        "Audio 03",
        "",
        "Untitled",
        "Lorem ipsum",
        "🎸",
        "Kontakt",
        "Take 2",
        "Gtr Vox",
        "Lead",
        "Pad + Bass",
        "Snare Verb",
        "Vocal Room",
    ],
)
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


def test_without_names_the_voice_that_sings_most_leads() -> None:
    tracks = [make_track(number=n, name=f"Audio {n:02d}", items=[make_item("a.wav")]) for n in range(1, 3)]
    session = make_session(tracks)
    sounds = [
        Sound(voice=0.7),
        Sound(voice=0.6, plays=(0, 20)),
    ]
    roles = guess_roles(session, build_graph(session), make_analysis(session, sounds), {})
    assert [roles[t.guid].role for t in tracks] == ["lead_vocal", "backing_vocal"]


def test_a_folder_decides_where_the_name_only_hints() -> None:
    assert role_from_name("Lead", ["Guitars"]).role == "electric_guitar"
    assert role_from_name("Lead", ["Lead Vox"]).role == "lead_vocal"


def test_a_singing_bass_and_a_singing_tom_are_asked_about() -> None:
    tracks = [make_track(number=n, name=name, items=[make_item("a.wav")]) for n, name in enumerate(("Bass", "Tom"), 1)]
    session = make_session(tracks)
    roles = guess_roles(session, build_graph(session), make_analysis(session, [Sound(voice=0.7)] * 2), {})
    assert all(roles[track.guid].confidence < FIRM for track in tracks)
    assert any("voice" in evidence for evidence in roles[tracks[0].guid].evidence)


def test_every_phrase_of_the_lexicon_tells_its_role() -> None:
    for role, lists in LEXICON.items():
        for phrase in lists["words"]:
            guess = role_from_name(phrase)
            assert (guess.role, guess.confidence >= FIRM) == (role, True), phrase


@pytest.mark.parametrize("role", ["bus", "nonsense"])
def test_only_roles_that_a_name_can_have_are_known(role: str) -> None:
    assert role not in known_roles()
    assert "lead_vocal" in known_roles()


@given(st.text(max_size=40))
def test_any_name_is_taken_apart(name: str) -> None:
    parts = name_parts(name)
    assert all(parts.words)
    assert 0.0 <= role_from_name(name).confidence <= 1.0

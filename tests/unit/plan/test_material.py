"""Music, speech, live or post: what tells them apart, and that the engineer's word goes before it."""

from dataclasses import replace
from pathlib import Path

import pytest

from dawassist.analysis.model import RoleGuess
from dawassist.errors import InputError
from dawassist.plan.brief import load_brief
from dawassist.plan.material import Material, material_of, never_moved, speakers
from dawassist.plan.material_kinds import MaterialKind
from dawassist.plan.roles import guess_roles
from dawassist.session.graph import build_graph
from dawassist.session.model import Marker, Session
from tests.analyses import Sound, make_analysis
from tests.sessions import make_item, make_send, make_session, make_source, make_track


def session_of(*names: str, length_seconds: float = 6.0) -> Session:
    return make_session(
        [
            make_track(number=number, name=name, items=[make_item("a.wav", length_seconds=length_seconds)])
            for number, name in enumerate(names, start=1)
        ]
    )


def judged(session: Session, sounds: dict[str, Sound] | None = None, told: MaterialKind | None = None) -> Material:
    analysis = make_analysis(session, sounds or {})
    roles = guess_roles(session, build_graph(session), analysis, {})
    return material_of(session, analysis, roles, told)


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (("Kick", "Bass", "Lead Vox"), "music"), (("Host", "Guest 1", "Music bed"), "speech"),
        (("Host", "Kick", "Bass"), "music"), (("Kick", "Bass", "Vox", "Crowd L", "Crowd R"), "live"),
        (("DX Lav", "ADR", "Foley", "Atmos"), "post"), (("Dialogue", "M&E"), "post"), (("Lead Vox", "BGV 1"), "music"),
    ],
)  # fmt: skip
def test_names_tell_the_material(names: tuple[str, ...], kind: MaterialKind) -> None:
    found = judged(session_of(*names))
    assert (found.kind, found.is_told) == (kind, False)
    assert found.reason.endswith(".")


def test_voices_that_take_turns_speak_and_voices_that_sound_together_sing() -> None:
    session = session_of("Audio 01", "Audio 02")
    turns = {"Audio 01": Sound(voice=0.9, plays=(0, 28)), "Audio 02": Sound(voice=0.9, plays=(30, 60))}
    together = {name: replace(sound, plays=(0, 60)) for name, sound in turns.items()}
    assert judged(session, turns).kind == "speech"
    assert judged(session, together).kind == "music"


def test_long_recordings_through_several_songs_are_live() -> None:
    regions = tuple(
        Marker(number=n, name=f"Song {n}", start_seconds=100.0 * n, end_seconds=100.0 * n + 90.0) for n in range(3)
    )
    session = session_of("Kick", "Bass", "Gtr", length_seconds=400.0)
    assert judged(replace(session, markers=regions)).kind == "live"
    assert judged(session).kind == "music"


def test_the_engineers_word_goes_before_any_guess() -> None:
    assert judged(session_of("Kick", "Bass"), told="speech") == Material(
        kind="speech", reason="The brief says so.", is_told=True
    )


def test_the_speakers_are_found_by_name_or_by_ear() -> None:
    session = session_of("Host", "Audio 02", "Gtr")
    analysis = make_analysis(session, {"Audio 02": Sound(voice=0.9), "Gtr": Sound(voice=0.9)})
    roles = {t.guid: RoleGuess(role="unknown", confidence=0.0, evidence=()) for t in session.tracks}
    roles[session.tracks[2].guid] = RoleGuess(role="electric_guitar", confidence=0.9, evidence=())
    assert [track.name for track in speakers(session, analysis, roles)] == ["Host", "Audio 02"]


def test_music_and_effects_and_multichannel_tracks_are_never_moved_but_keyed_ones_are_not_multichannel() -> None:
    item = make_item(take=None, source=make_source("a.wav"))
    bass = make_track(number=2, name="Bass", items=[item], channel_count=4)
    tracks = [
        make_track(number=1, name="Kick", items=[item], sends=[make_send(bass.guid, destination_channel=2)]),
        bass,
        make_track(number=3, name="Atmos 5.1", items=[item], channel_count=6),
        make_track(number=4, name="M & E", items=[item]),
    ]
    assert never_moved(make_session(tracks)) == {tracks[2].guid, tracks[3].guid}


def test_a_brief_says_the_material(tmp_path: Path) -> None:
    path = tmp_path / "brief.toml"
    for text, told in (('material = "post"', "post"), ('material = "auto"', None), ("", None)):
        path.write_text(text, encoding="utf-8")
        assert load_brief(path).material == told
    path.write_text('material = "opera"', encoding="utf-8")
    with pytest.raises(InputError, match="opera"):
        load_brief(path)

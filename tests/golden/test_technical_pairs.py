"""Microphones, copies and names: what the technical pass says of tracks that hear the same."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.golden import band
from tests.golden.band import SECONDS, heard, write_band
from tests.golden.projects import item, lane, project, take, track
from tests.golden.technical import CRUSH, Told, part, rest


def test_a_second_microphone_is_turned_over_and_the_first_waits_for_it(band_folder: Path) -> None:
    told = Told(band_folder, project(part("Lead dyn", "voice"), part("Lead cond", "voice_2"), *rest()[:2]))
    assert told.faults == {("polarity", frozenset({1, 2})), ("delay", frozenset({1, 2}))}
    ((number, _, later_ms),) = [move for move in told.technical_moves if move[1] == "delay"]
    assert number == 1
    assert later_ms == pytest.approx(90 / 48.0, abs=0.05)


def test_a_copy_is_found_and_a_parallel_crush_is_none(band_folder: Path) -> None:
    """The same file twice: with other plug-ins, pan or polarity it is a choice."""
    plain = Told(band_folder, project(part("Kick", "kick"), part("Kick 2", "kick"), *rest()))
    assert plain.faults == {("duplicate", frozenset({1, 2}))}
    crushed = Told(band_folder, project(part("Kick", "kick"), part("Drum Crush", "kick", fx=[CRUSH]), *rest()))
    assert crushed.faults == set()
    apart = project(
        part("Gtr", "guitar", volpan="1 -1 -1 -1 1"), part("Gtr D", "guitar", volpan="1 1 -1 -1 1"), *rest()[:1]
    )
    assert Told(band_folder, apart).faults == set()


def test_only_takes_and_lanes_that_play_are_copies(band_folder: Path) -> None:
    def comp(*, plays_guitar: bool) -> str:
        return item("voice.wav", length=SECONDS, takes=take("guitar.wav", selected=plays_guitar))

    def lanes(playing: int) -> str:
        files = ("voice.wav", "guitar.wav")
        return track(
            "Lanes",
            lines=f"FREEMODE 2\nLANESOLO {2**playing} 0 0 0 0 0 0 0",
            items=[item(file, length=SECONDS, lane=lane(number, 2)) for number, file in enumerate(files)],
        )

    others = part("Kick", "kick"), part("Bass", "bass"), part("Guitar", "guitar")
    for hidden, playing in (
        (track("Comp", items=[comp(plays_guitar=False)]), track("Comp", items=[comp(plays_guitar=True)])),
        (lanes(0), lanes(1)),
    ):
        assert Told(band_folder, project(*others, hidden)).faults == set()
        assert Told(band_folder, project(*others, playing)).faults == {("duplicate", frozenset({3, 4}))}


NAMES = {
    "english": ("Lead dyn", "Lead cond", "Bass", "Guitar", "Guitar copy", "Kick"),
    "portuguese": ("Voz dyn", "Voz cond", "Baixo", "Violão", "Violão cópia", "Bumbo"),
    "german": ("Gesang dyn", "Gesang cond", "Bass", "Gitarre", "Gitarre Kopie", "Bassdrum"),
    "japanese": ("ボーカル 1", "ボーカル 2", "ベース", "ギター", "ギター 2", "キック"),
    "unnamed": ("Audio 1", "Audio 2", "Audio 3", "Audio 4", "Audio 5", "Audio 6"),
    "shuffled": ("Guitar", "Bass", "Lead cond", "Kick", "Lead dyn", "Guitar copy"),
}


@pytest.fixture(scope="module")
def by_its_english_names(band_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    place = tmp_path_factory.mktemp("named")
    write_band(place, voice_2=heard(band.voice(), late=90, gain=-0.9), bass_dc=band.bass() + 0.02)
    return Told(place, named_session(NAMES["english"]))


@pytest.mark.parametrize("names", [name for name in NAMES if name != "english"])
def test_the_technical_pass_does_not_depend_on_names(names: str, by_its_english_names: Told, tmp_path: Path) -> None:
    """The second microphone is late and inverted, the guitar is there twice, the bass has DC."""
    english = by_its_english_names
    assert {kind for kind, _ in english.faults} == {"polarity", "delay", "duplicate", "dc"}
    place = Path(english.session.media_folder)
    told = Told(place, named_session(NAMES[names]))
    assert told.faults == english.faults
    assert told.technical_moves == english.technical_moves


def named_session(names: Sequence[str]) -> str:
    files = ("voice", "voice_2", "bass_dc", "guitar", "guitar", "kick")
    return project(*(part(name, file) for name, file in zip(names, files, strict=True)))

"""What lies outside of where engineers differ is judged about the middle of the tracks as the moves leave it."""

import pytest

from dawassist.plan.brief import Brief
from dawassist.session.model import Session
from dawassist.strategies.studio import situation_of
from dawassist.strategies.studio.rules import StudioRules
from tests.analyses import Sound, make_analysis
from tests.sessions import make_item, make_session, make_track

SOUNDS = {
    "Kick": Sound(lufs=-34), "Snare": Sound(lufs=-33), "Tom": Sound(lufs=-18), "Bass": Sound(lufs=-31),
    "Gtr L": Sound(lufs=-22), "Keys": Sound(lufs=-14), "Organ": Sound(lufs=-24),
    "BGV": Sound(lufs=-30, plays=(20, 40)), "Lead Vox": Sound(lufs=-30, plays=(10, 50)),
}  # fmt: skip


def session_of(faders: dict[str, float]) -> Session:
    return make_session(
        [
            make_track(number=number, name=name, items=[make_item("a.wav")], fader_db=fader_db)
            for number, (name, fader_db) in enumerate(faders.items(), start=1)
        ]
    )


def wanted(faders: dict[str, float]) -> dict[str, float]:
    session = session_of(faders)
    rules = StudioRules(situation_of(session, make_analysis(session, SOUNDS), Brief()))
    names = {track.guid: track.name for track in session.tracks}
    intents = (intent for proposal in rules.outside_human_range(set()) for intent in proposal.intents)
    return {names[intent.track_guid]: intent.gain_db for intent in intents if abs(intent.gain_db) >= 0.1}


@pytest.mark.parametrize(
    "faders",
    [
        {"Kick": -5.0, "Tom": -5.7, "Keys": 2.0, "BGV": -11.8},
        {"Snare": -11.7, "Bass": 5.0, "Gtr L": 0.0, "Organ": -9.9, "BGV": 5.7, "Lead Vox": -3.2},
        {"Kick": -4.2, "Keys": -6.7, "Organ": -1.3, "BGV": -8.8},
    ],
    ids=["a kick that comes out", "a choir that comes out", "a kick at the border"],
)
def test_what_moves_leave_outside_is_among_them(faders: dict[str, float]) -> None:
    moves = wanted(faders)
    assert moves
    assert wanted({name: fader_db + moves.get(name, 0.0) for name, fader_db in faders.items()}) == {}

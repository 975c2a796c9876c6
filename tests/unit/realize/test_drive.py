"""A fader that feeds a key or a parallel bus says by how much their drive changes; others say nothing."""

from typing import Any

import pytest

from dawassist.intents import LevelIntent
from dawassist.plan.brief import Brief
from dawassist.plan.draft import Proposal
from dawassist.plan.mix_state import MixState
from dawassist.plan.model import Rationale
from dawassist.realize.steps import steps_of
from dawassist.session.model import Fx
from tests.analyses import Sound, make_analysis
from tests.sessions import make_guid, make_item, make_send, make_session, make_track

BUS = make_guid(2)
CRUSH = Fx(
    guid=make_guid(900), ident="", name="VST: ReaComp (Cockos)", kind="VST", enabled=True, offline=False, parameters=()
)
EQUALIZER = Fx(
    guid=make_guid(901), ident="", name="VST: ReaEQ (Cockos)", kind="VST", enabled=True, offline=False, parameters=()
)


def lines(gain_db: float, *, fx: tuple[Fx, ...] = (CRUSH,), **send: Any) -> list[str]:
    tracks = [
        make_track(number=1, name="Kick", items=[make_item("a.wav")], sends=(make_send(BUS, **send),)),
        make_track(number=2, name="Drum Crush", fx=fx),
    ]
    session = make_session(tracks)
    covariance = make_analysis(session, [Sound()]).covariance
    assert covariance is not None
    proposal = Proposal(
        intents=(LevelIntent(track_guid=make_guid(1), gain_db=gain_db),), reason_class="test", basis="corrective",
        confidence=0.9, rationale=Rationale(headline="Kick: 3.0 dB under", evidence=(), sources=()),
    )  # fmt: skip
    (step,) = steps_of(MixState(session, covariance), [proposal], Brief())[0]
    return [line.text for line in step.rationale.evidence]


@pytest.mark.parametrize("gain_db", [3.0, -4.5])
def test_a_parallel_bus_behind_the_fader_is_named_with_its_change_of_drive(gain_db: float) -> None:
    (text,) = lines(gain_db)
    assert "what drives “Drum Crush”" in text
    assert f"{gain_db:+.1f} dB; {-gain_db:+.1f} dB on the send" in text


def test_a_key_is_named_whatever_sits_on_the_track_that_it_goes_to() -> None:
    (text,) = lines(3.0, fx=(), destination_channel=2)
    assert "the key at “Drum Crush” changes by +3.0 dB" in text


@pytest.mark.parametrize(
    "send", [{"tap": "pre_fader"}, {"muted": True}, {"fx": (EQUALIZER,)}, {"fx": ()}, {"source_channel": -1}], ids=str
)
def test_what_does_not_follow_the_fader_or_works_at_any_level_is_not(send: dict[str, Any]) -> None:
    assert lines(3.0, **send) == []

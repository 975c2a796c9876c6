"""Why a volume envelope is not switched on or off."""

from dataclasses import replace

import pytest

from dawassist.session.edit_state import awaits_envelope, difference, holds
from dawassist.session.model import Envelope, EnvelopePoint, Session, Track
from tests.contract.test_new_envelopes import RIDE, SWITCH
from tests.sessions import make_guid, make_session, make_track

_ON = replace(SWITCH, target=replace(SWITCH.target, track_guid=make_guid(1)))
_RIDE = replace(RIDE, target=_ON.target)


def session(*values_db: float, active: bool = True, **fields: object) -> Session:
    points = tuple(EnvelopePoint(time_seconds=float(k), value=v) for k, v in enumerate(values_db))
    envelope = Envelope(kind="volume", guid="", active=active, points=points, point_count=len(points))
    track: Track = make_track(envelopes=(envelope,) if values_db else (), **fields)  # type: ignore[arg-type]
    return make_session([track])


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (session(), ""),
        (session(0.0), ""),
        (session(-3.0), ""),
        (session(0.0, active=False), ""),
        (session(0.0, -3.0, active=False), "not flat"),
        (session(automation_mode="read"), "Trim/Read"),
    ],
)
def test_an_envelope_is_made_where_there_is_none_or_a_flat_one_that_is_off(found: Session, reason: str) -> None:
    assert reason in difference(found, _ON, (_ON,))
    assert bool(difference(found, _ON, (_ON,))) == bool(reason)


def test_it_is_switched_off_only_when_it_is_flat_but_for_what_is_taken_back_with_it() -> None:
    ridden = session(0.0, 0.0, 2.5, 0.0)
    off = _ON.inverse()
    assert difference(ridden, off, (off,)) == "its points moved."
    assert difference(ridden, off, (_RIDE.inverse(), off)) == ""
    assert holds(ridden, _ON)
    assert not holds(ridden, off)
    assert holds(session(0.0, active=False), off)


def test_points_of_an_envelope_that_is_yet_to_be_made_are_not_compared() -> None:
    assert awaits_envelope(session(), _RIDE, (_ON, _RIDE))
    assert difference(session(), _RIDE, (_ON, _RIDE)) == ""
    assert not awaits_envelope(session(0.0), _RIDE, (_ON, _RIDE))
    assert difference(session(0.0, -3.0, 0.0), _RIDE, (_ON, _RIDE)) == "its points moved."
    pan = replace(_ON, target=replace(_ON.target, envelope="pan"))
    assert "only volume" in difference(session(), pan, (pan,))

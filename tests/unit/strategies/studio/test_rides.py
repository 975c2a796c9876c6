"""Rides where a lead disappears for some seconds; opt-in, and never for a voice that merely stands alone."""

from typing import Any

import pytest

from dawassist.plan.brief import Brief
from dawassist.plan.model import Plan, Recommendation
from dawassist.plan.wording import wording_faults
from dawassist.realize.plan import realize
from dawassist.session.edits import SetEnvelopePoints, SwitchEnvelope
from dawassist.session.model import Envelope, EnvelopePoint
from dawassist.strategies.studio import Studio
from tests.analyses import BLOCKS, Sound, make_analysis
from tests.sessions import make_item, make_session, make_track

VOLUME = Envelope(
    kind="volume", guid="", active=True, points=(EnvelopePoint(time_seconds=0.0, value=0.0),), point_count=1
)
COVERED = Sound(lufs=-8, plays=(33, BLOCKS))


def plan_of(guitars: Sound, *, fader_db: float = -5.0, brief: Brief | None = None, **lead: Any) -> Plan:
    tracks = [
        make_track(number=1, name="Lead Vox", items=[make_item("a.wav")], fader_db=fader_db, **lead),
        make_track(number=2, name="Keys", items=[make_item("a.wav")], fader_db=fader_db),
        make_track(number=3, name="Gtr", items=[make_item("a.wav")], fader_db=fader_db),
    ]
    session = make_session(tracks)
    analysis = make_analysis(session, [Sound(lufs=-20, voice=0.8), Sound(lufs=-22), guitars])
    brief = brief or Brief()
    draft = Studio().suggest(session, analysis, brief)
    return realize(session, analysis, brief, draft, strategy="studio")


def rides(plan: Plan) -> list[Recommendation]:
    return [r for r in plan.recommendations if r.reason_class == "lead_sinks"]


def test_a_passage_in_which_the_lead_disappears_is_ridden_on_a_card_of_its_own() -> None:
    plan = plan_of(COVERED, envelopes=(VOLUME,))
    (ride,) = rides(plan)
    assert (ride.kind, ride.basis) == ("envelope", "taste")
    assert ride.confidence < 0.5
    assert ride.change.after == 3.0
    assert [r for r in plan.recommendations if r.card == ride.card] == [ride]
    (edit,) = ride.change.setup
    assert isinstance(edit, SetEnvelopePoints)
    assert 2.5 < edit.start_seconds < 3.5
    assert ride.predicted[0].after - ride.predicted[0].before == pytest.approx(3.0)
    assert wording_faults(ride) == []


def test_without_an_envelope_the_passage_is_named_and_nothing_is_written() -> None:
    plan = plan_of(COVERED)
    assert rides(plan) == []
    assert any("against the rest at 0:03" in left.reason and "no volume envelope" in left.reason
               for left in plan.left_out)  # fmt: skip


def test_an_envelope_is_made_where_the_brief_asks_for_it() -> None:
    asked = Brief(extras=frozenset({"new_envelopes"}))
    (ride,) = rides(plan_of(COVERED, brief=asked))
    assert [type(edit) for edit in ride.change.setup] == [SwitchEnvelope, SetEnvelopePoints]
    assert any("the fader stays where it is" in line.text for line in ride.rationale.evidence)
    assert wording_faults(ride) == []
    (there,) = rides(plan_of(COVERED, brief=asked, envelopes=(VOLUME,)))
    assert [type(edit) for edit in there.change.setup] == [SetEnvelopePoints]
    assert rides(plan_of(COVERED, brief=asked, automation_mode="read")) == []


def test_short_moments_even_mixes_and_bare_voices_are_left_alone() -> None:
    for guitars in (Sound(lufs=-8, plays=(40, 50)), Sound(lufs=-24), Sound(lufs=-24, plays=(0, 33))):
        plan = plan_of(guitars, envelopes=(VOLUME,))
        assert rides(plan) == []
        assert not any("against the rest at" in left.reason for left in plan.left_out)


def test_a_raw_session_is_balanced_before_anything_is_ridden() -> None:
    assert rides(plan_of(COVERED, fader_db=0.0, envelopes=(VOLUME,))) == []


def with_louder_end(by_db: float, rest_by_db: float = 0.0) -> list[Recommendation]:
    """A lead that is louder by so much in the last half of its time, and the rest by that much."""
    tracks = [
        make_track(number=n, name=name, items=[make_item("a.wav")], fader_db=-5.0, envelopes=(VOLUME,))
        for n, name in enumerate(("Lead Vox", "Keys", "Gtr"), start=1)
    ]
    session = make_session(tracks)
    analysis = make_analysis(session, [Sound(lufs=-20, voice=0.8), Sound(lufs=-22), Sound(lufs=-22)])
    assert analysis.covariance is not None
    analysis.covariance.tensor[33:, :2, :2] *= 10.0 ** (by_db / 10.0)
    analysis.covariance.tensor[33:, 2:, 2:] *= 10.0 ** (rest_by_db / 10.0)
    draft = Studio().suggest(session, analysis, Brief())
    plan = realize(session, analysis, Brief(), draft, strategy="studio")
    return [r for r in plan.recommendations if r.kind == "envelope"]


def test_a_passage_in_which_the_lead_itself_gets_louder_and_sticks_out_is_ridden_down() -> None:
    (ride,) = with_louder_end(8.0)
    assert ride.reason_class == "lead_sticks_out"
    assert ride.change.after == -3.0
    assert ride.predicted[0].after - ride.predicted[0].before == pytest.approx(-3.0)
    assert "sticks out at" in ride.rationale.headline
    assert wording_faults(ride) == []


def test_a_lead_that_rises_with_the_song_or_is_laid_bare_by_it_is_not_ridden_down() -> None:
    assert with_louder_end(8.0, 8.0) == []
    assert with_louder_end(0.0, -12.0) == []
    assert with_louder_end(4.0) == []


def of_two_tracks(names: tuple[str, str], *, envelopes: tuple[bool, bool] = (True, True), pans: float = 0.0) -> Plan:
    """A lead on two tracks of one source, under keys and a guitar that covers it from 3.3 s on."""
    lead = [
        make_track(number=n, name=name, items=[make_item("a.wav")], fader_db=-5.0, pan=side * pans,
                   envelopes=(VOLUME,) if has_one else ())
        for n, (name, has_one, side) in enumerate(zip(names, envelopes, (-1.0, 1.0), strict=True), start=1)
    ]  # fmt: skip
    others = [
        make_track(number=n, name=name, items=[make_item("a.wav")], fader_db=-5.0)
        for n, name in enumerate(("Keys", "Gtr"), start=3)
    ]
    session = make_session([*lead, *others])
    sounds = [
        Sound(lufs=-22, voice=0.8),
        Sound(lufs=-22, voice=0.8),
        Sound(lufs=-22),
        Sound(lufs=-11, plays=(33, BLOCKS)),
    ]
    draft = Studio().suggest(session, make_analysis(session, sounds), Brief())
    return realize(session, make_analysis(session, sounds), Brief(), draft, strategy="studio")


@pytest.mark.parametrize(
    ("names", "pans"), [(("Lead Vox SM7", "Lead Vox U87"), 0.0), (("Lead Vox L", "Lead Vox R"), 1.0)],
    ids=["two microphones", "a stereo pair"],
)  # fmt: skip
def test_two_tracks_of_one_lead_are_ridden_together_on_one_card(names: tuple[str, str], pans: float) -> None:
    both = rides(of_two_tracks(names, pans=pans))
    assert [ride.track_name for ride in both] == list(names)
    assert len({ride.card for ride in both}) == 1
    assert {ride.change.after for ride in both} == {3.0}
    assert {ride.change.parameter for ride in both} == {both[0].change.parameter}
    assert " sink to " in both[0].rationale.headline
    assert any(line.text.startswith("One source on 2 tracks") for line in both[0].rationale.evidence)
    assert [fault for ride in both for fault in wording_faults(ride)] == []


def test_a_lead_is_not_ridden_on_one_of_its_two_tracks_alone() -> None:
    plan = of_two_tracks(("Lead Vox SM7", "Lead Vox U87"), envelopes=(True, False))
    assert rides(plan) == []
    assert any("no volume envelope" in left.reason for left in plan.left_out)

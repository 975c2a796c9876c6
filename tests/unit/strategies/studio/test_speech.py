"""Speech is leveled speaker by speaker as heard and gets nothing else; in post some tracks never move."""

from dataclasses import replace

import pytest

from dawassist.intents import LevelIntent
from dawassist.plan.brief import Brief
from dawassist.plan.codec import plan_from_json, plan_to_json
from dawassist.plan.mix_state import MixState
from dawassist.plan.model import Plan
from dawassist.plan.wording import wording_faults
from dawassist.realize.plan import realize
from dawassist.session.model import Session
from dawassist.strategies.studio import Studio
from dawassist.strategies.technical import with_technical
from tests.analyses import Sound, make_analysis
from tests.sessions import make_item, make_session, make_track

TALK = {
    "Host": Sound(lufs=-20, plays=(0, 20), voice=0.9), "Guest 1": Sound(lufs=-27, plays=(20, 40), voice=0.9),
    "Guest 2": Sound(lufs=-21, plays=(40, 60), voice=0.9), "Music bed": Sound(lufs=-45, mono=False),
}  # fmt: skip


def session_of(sounds: dict[str, Sound], **fields: dict[str, object]) -> Session:
    tracks = [
        make_track(number=n, name=name, items=[make_item("a.wav")], **fields.get(name.replace(" ", "_"), {}))
        for n, name in enumerate(sounds, start=1)
    ]
    return make_session(tracks)


def plan_of(session: Session, sounds: dict[str, Sound], brief: Brief | None = None) -> Plan:
    brief = brief or Brief()
    analysis = make_analysis(session, sounds)
    draft = with_technical(session, analysis, brief, Studio().suggest(session, analysis, brief))
    plan = realize(session, analysis, brief, draft, strategy="studio")
    assert [fault for r in plan.recommendations for fault in wording_faults(r)] == []
    return plan


def spread_lu(session: Session, sounds: dict[str, Sound], plan: Plan) -> float:
    covariance = make_analysis(session, sounds).covariance
    assert covariance is not None
    moves = {r.change.target: r.change.desired_raw for r in plan.recommendations}
    heard = MixState(session, covariance, moves).track_lufs
    levels = [heard[track.guid] for track in session.tracks[:3]]
    return max(levels) - min(levels)


def test_a_quiet_speaker_comes_to_the_level_of_the_others_on_one_card_and_nothing_else_moves() -> None:
    session = session_of(TALK)
    plan = plan_of(session, TALK)
    assert (plan.material, plan.session_state) == ("speech", "raw")
    assert {r.kind for r in plan.recommendations} == {"fader"}
    assert [(r.track_name, round(r.change.after, 1)) for r in plan.recommendations] == [("Guest 1", 6.0)]
    assert len({r.card for r in plan.recommendations}) == 1
    assert spread_lu(session, TALK, plan) <= 2.0
    assert any("3 LU quieter" in line.text for line in plan.recommendations[0].rationale.evidence)


def test_speakers_are_compared_as_heard_one_that_plays_on_one_side_only_is_quieter() -> None:
    alike = {name: replace(sound, lufs=-20.0) for name, sound in TALK.items() if name != "Music bed"}
    assert plan_of(session_of(alike), alike).recommendations == ()
    session = session_of(alike, Guest_1={"pan": 1.0})
    (move,) = plan_of(session, alike).recommendations
    assert (move.track_name, move.kind) == ("Guest 1", "fader")
    assert move.change.after - move.change.before == pytest.approx(3.0, abs=0.1)


def test_the_briefs_loudness_is_the_level_of_every_speaker() -> None:
    plan = plan_of(session_of(TALK), TALK, Brief(target_loudness_lufs=-16.0))
    ways = {r.track_name: round(r.change.after - r.change.before, 1) for r in plan.recommendations}
    assert ways == {"Host": 4.0, "Guest 1": 11.0, "Guest 2": 5.0}


def test_a_bed_too_near_under_the_voices_is_lowered_to_the_near_end_of_what_is_usual() -> None:
    loud = TALK | {"Music bed": Sound(lufs=-24, mono=False)}
    (bed,) = [r for r in plan_of(session_of(loud), loud).recommendations if r.track_name == "Music bed"]
    assert (bed.reason_class, bed.basis) == ("bed_under_speech", "taste")
    assert bed.change.after == pytest.approx(-4.0, abs=0.2)


def test_the_engineer_corrects_the_class_and_music_rules_are_gone() -> None:
    band = {"Kick": Sound(lufs=-24), "Bass": Sound(lufs=-21), "Lead Vox": Sound(lufs=-40, voice=0.8)}
    faders = {"fader_db": -3.0}
    session = session_of(band, Kick=faders, Bass=faders | {"pan": 1.0}, Lead_Vox=faders)
    assert {"pan", "fader"} == {r.kind for r in plan_of(session, band).recommendations}
    told = plan_of(session, band, Brief(material="speech"))
    assert told.material_reason == "The brief says so."
    assert {r.reason_class for r in told.recommendations} <= {"bed_under_speech"}


def test_in_post_nothing_is_balanced_and_the_target_counts_while_dialogue_is_heard() -> None:
    film = {"Dialogue": Sound(lufs=-27, plays=(0, 30), voice=0.9), "M&E": Sound(lufs=-17, plays=(30, 60), mono=False)}
    plan = plan_of(session_of(film), film, Brief(target_loudness_lufs=-24.0))
    assert plan.material == "post"
    assert plan.recommendations == ()
    (advice,) = plan.by_hand
    assert "-27.0 LUFS while dialogue is heard (50% of the time)" in advice.reason
    assert "take +3.0 dB" in advice.reason


def test_the_technical_pass_too_leaves_music_and_effects_alone() -> None:
    session = session_of({"Dialogue": Sound(), "M&E": Sound()})
    analysis = make_analysis(session, {})
    draft = Studio().suggest(session, analysis, Brief())
    move = replace(
        Studio().suggest(session_of(TALK), make_analysis(session_of(TALK), TALK), Brief()).proposals[0],
        intents=(replace(_level(), track_guid=session.tracks[1].guid),),
    )
    found = with_technical(session, analysis, Brief(), replace(draft, proposals=(move,)))
    assert found.proposals == ()
    assert any("M&E and multichannel tracks stay as they are" in left.reason for left in found.left_out)


def test_the_class_is_kept_in_the_plan_file() -> None:
    session = session_of(TALK)
    plan = plan_of(session, TALK)
    data = plan_to_json(plan, session)
    assert data["session"]["material"] == "speech"
    assert plan_from_json(data) == plan


def _level() -> LevelIntent:
    return LevelIntent(track_guid="", gain_db=-3.0)

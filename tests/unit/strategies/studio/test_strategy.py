"""Plans of the default strategy on synthetic sessions: what an engineer would and would not accept."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dawassist.analysis.model import Analysis
from dawassist.errors import InputError
from dawassist.learning import TasteFile
from dawassist.plan.brief import Brief, Scope
from dawassist.plan.codec import plan_from_json, plan_to_json
from dawassist.plan.engineer_priors import engineer_priors
from dawassist.plan.mix_state import MixState
from dawassist.plan.model import Plan
from dawassist.plan.taste import LevelVerdict
from dawassist.plan.wording import wording_faults
from dawassist.realize.plan import realize
from dawassist.session.model import Envelope, EnvelopePoint, Session, Track
from dawassist.session.targets import TrackTarget
from dawassist.strategies.studio import Studio
from tests.analyses import Sound, make_analysis
from tests.sessions import make_guid, make_item, make_session, make_track

SOUNDS = {
    "Kick": Sound(lufs=-24, low_end=0.95, crest_db=24), "Snare": Sound(lufs=-23), "Bass": Sound(lufs=-21, low_end=0.95),
    "Gtr L": Sound(lufs=-22), "Gtr R": Sound(lufs=-22), "Keys": Sound(lufs=-24, mono=False),
    "BGV": Sound(lufs=-26, plays=(20, 40)), "Lead Vox": Sound(lufs=-20, voice=0.8, plays=(10, 50)),
}  # fmt: skip
FADERS = {"Kick": -3.0, "Snare": -4.0, "Bass": -5.0, "Gtr L": -6.0, "Gtr R": -6.0, "Keys": -5.0, "BGV": -6.0,
          "Lead Vox": -2.0}  # fmt: skip
PANS = {"Gtr L": -0.8, "Gtr R": 0.8}


def band(**changes: dict[str, object]) -> Session:
    """A session in progress; `changes` by track name with spaces as underscores: fields of the track."""
    tracks = []
    for number, name in enumerate(SOUNDS, start=1):
        fields: dict[str, object] = {"fader_db": FADERS[name], "pan": PANS.get(name, 0.0)}
        fields |= changes.get(name.replace(" ", "_"), {})
        tracks.append(make_track(number=number, name=name, items=[make_item("a.wav")], **fields))
    return make_session(tracks)


def plan_of(session: Session, brief: Brief | None = None, sounds: dict[str, Sound] | None = None) -> Plan:
    analysis = make_analysis(session, SOUNDS | (sounds or {}))
    return planned(session, analysis, brief or Brief())


def planned(session: Session, analysis: Analysis, brief: Brief) -> Plan:
    return realize(session, analysis, brief, Studio().suggest(session, analysis, brief), strategy="studio")


def reasons(plan: Plan) -> list[tuple[str, str]]:
    return [(r.track_name, r.reason_class) for r in plan.recommendations]


BURIED = {"Lead_Vox": {"fader_db": -16.0}}
ASIDE = {"Bass": {"pan": 1.0}}


def test_a_sensible_mix_gets_nothing_and_a_sentence() -> None:
    plan = plan_of(band())
    assert plan.recommendations == ()
    assert plan.summary.startswith("Nothing to do. Checked 8 tracks")


def test_a_buried_lead_is_raised_with_numbers() -> None:
    session = band(**BURIED)
    plan = plan_of(session)
    move, *room = plan.recommendations
    assert (move.track_name, move.reason_class, move.basis) == ("Lead Vox", "hidden_lead", "corrective")
    assert move.change.after > -10.0
    assert "dB under the rest" in move.rationale.headline
    assert move.predicted[0].after - move.predicted[0].before == pytest.approx(
        move.change.after - move.change.before, abs=0.01
    )
    assert len(room) <= 3
    assert all(r.card == move.card and -3.0 <= r.change.after - r.change.before < 0.0 for r in room)
    mix = MixState(session, make_analysis(session, SOUNDS).covariance)  # type: ignore[arg-type]
    after = mix.changed({r.change.target: r.change.desired_raw for r in plan.recommendations})
    assert after.mix_lufs == pytest.approx(mix.mix_lufs, abs=0.3)


def test_two_leads_in_a_folder_are_raised_once_by_its_fader() -> None:
    *others, lead = band(**BURIED).tracks
    folder = make_track(guid=make_guid(77), number=8, name="Vox Bus", folder_depth=1)
    low, high = (
        replace(lead, guid=make_guid(n), number=n, name=name, folder_depth=depth)
        for n, name, depth in ((78, "Lead 1", 0), (79, "Lead 2", -1))
    )
    sounds = {"Lead 1": SOUNDS["Lead Vox"], "Lead 2": SOUNDS["Lead Vox"]}
    plan = plan_of(make_session([*others, folder, low, high]), sounds=sounds)
    raised = [r.track_name for r in plan.recommendations if r.kind == "fader" and r.change.after > r.change.before]
    assert raised == ["Vox Bus"]


@pytest.mark.parametrize("heard_whole", [("Lead Vox",), tuple(set(SOUNDS) - {"Lead Vox"})])
def test_a_buried_lead_is_less_sure_where_plug_ins_were_not_heard(heard_whole: tuple[str, ...]) -> None:
    session = band(**BURIED)
    analysis = make_analysis(session, SOUNDS)
    whole = {track.guid for track in session.tracks if track.name in heard_whole}
    partly = tuple(t if t.track_guid in whole else replace(t, measured_at="before_plugins") for t in analysis.tracks)
    sure, *_ = planned(session, analysis, Brief()).recommendations
    less, *_ = planned(session, replace(analysis, tracks=partly), Brief()).recommendations
    assert (sure.reason_class, less.reason_class) == ("hidden_lead", "hidden_lead")
    assert less.confidence == pytest.approx(0.8 * sure.confidence, abs=0.01)
    assert any("Measured before" in line.text for line in less.rationale.evidence)


def test_a_lead_is_never_lowered_on_the_prior_alone() -> None:
    plan = plan_of(band(), sounds={"Lead Vox": Sound(lufs=-2, voice=0.8)})
    assert all(r.change.after >= r.change.before for r in plan.recommendations if r.track_name == "Lead Vox")


@pytest.mark.parametrize("name", ["Kick", "Bass"])
def test_low_end_on_one_side_comes_to_the_center_and_stays_as_loud(name: str) -> None:
    session = band(**{name: {"pan": -1.0}})
    plan = plan_of(session)
    assert reasons(plan) == [(name, "hard_panned_low_end"), (name, "hard_panned_low_end_loudness")]
    pan, fader = plan.recommendations
    assert (pan.change.after, fader.card, fader.requires) == (0.0, pan.card, (pan.id,))
    assert fader.predicted[0].after == pytest.approx(fader.predicted[0].before, abs=0.2)


def test_hard_panned_guitars_are_left_alone() -> None:
    assert not plan_of(band(Gtr_L={"pan": -1.0}, Gtr_R={"pan": 1.0})).recommendations


def test_a_track_far_outside_the_human_range_moves_to_its_edge_only() -> None:
    plan = plan_of(band(Keys={"fader_db": 11.2}))
    (move,) = plan.recommendations
    assert move.reason_class == "level_outside_human_range"
    assert move.basis == "taste"
    again = plan_of(band(Keys={"fader_db": move.change.after}))
    assert reasons(again) == []


def test_other_priors_give_another_judgement() -> None:
    session = band(Keys={"fader_db": 11.0})
    shipped = engineer_priors()
    loud_keys = replace(shipped.levels.roles["keys"], level_lu=14.0)
    other = replace(shipped, levels=replace(shipped.levels, roles={**shipped.levels.roles, "keys": loud_keys}))
    analysis = make_analysis(session, SOUNDS)
    assert Studio().suggest(session, analysis, Brief()).proposals
    assert not Studio(other).suggest(session, analysis, Brief()).proposals


def test_a_raw_session_gets_one_card_of_balance_that_keeps_the_mix_as_loud() -> None:
    session = band(**{name.replace(" ", "_"): {"fader_db": 0.0, "pan": 0.0} for name in SOUNDS})
    plan = plan_of(session)
    assert plan.session_state == "raw"
    balance = [r for r in plan.recommendations if r.kind in ("fader", "pan")]
    assert len({r.card for r in balance}) == 1
    assert {r.reason_class for r in balance} <= {"rough_balance", "rough_balance_loudness"}
    pairs = {r.track_name: r.change.after for r in balance if r.kind == "fader" and r.track_name.startswith("Gtr")}
    assert pairs["Gtr L"] == pairs["Gtr R"]
    mix = MixState(session, make_analysis(session, SOUNDS).covariance)  # type: ignore[arg-type]
    moved = mix.changed({r.change.target: r.change.desired_raw for r in balance})
    assert moved.mix_lufs == pytest.approx(mix.mix_lufs, abs=0.3)


def test_a_taste_for_louder_leads_is_heard_in_a_raw_balance_and_gone_when_it_is_forgotten(tmp_path: Path) -> None:
    raw = band(**{name.replace(" ", "_"): {"fader_db": 0.0, "pan": 0.0} for name in SOUNDS})
    kept = TasteFile(tmp_path / "taste.json")
    kept.store(kept.load().learned([LevelVerdict(role="lead_vocal", beyond_db=2.0)] * 8))

    def lead_db(plan: Plan) -> float:
        return next(r.change.after for r in plan.recommendations if r.track_name == "Lead Vox" and r.kind == "fader")

    without, with_taste = plan_of(raw), plan_of(raw, Brief(taste=kept.load()))
    assert lead_db(with_taste) > lead_db(without) + 0.5
    kept.forget()
    assert plan_of(raw, Brief(taste=kept.load())) == without


def test_stems_get_no_taste() -> None:
    stereo = {name: replace(sound, mono=False) for name, sound in SOUNDS.items()}
    untouched = {name.replace(" ", "_"): {"fader_db": 0.0, "pan": 0.0} for name in SOUNDS}
    plan = plan_of(band(**untouched), sounds=stereo)
    assert plan.session_state == "printed_stems"
    assert not plan.recommendations
    assert "printed stems" in plan.left_out[0].reason


def test_strength_zero_proposes_nothing_and_moves_grow_with_it() -> None:
    session = band(**BURIED)
    assert not plan_of(session, Brief(strength=0.0)).recommendations
    moves = [
        plan.recommendations[0].change.after - plan.recommendations[0].change.before
        for plan in (plan_of(session, Brief(strength=s)) for s in (0.25, 0.5, 0.75, 1.0))
    ]
    assert moves == sorted(moves)
    assert moves[0] < moves[-1]


def test_locked_tracks_are_left_out_with_the_reason() -> None:
    plan = plan_of(band(**BURIED), Brief(locked_tracks=frozenset({"Lead Vox"})))
    assert not plan.recommendations
    assert any("locks this track" in left.reason for left in plan.left_out)


def test_a_rejected_move_does_not_come_back() -> None:
    session = band(**BURIED, **ASIDE)
    first = plan_of(session)
    lead = next(r for r in first.recommendations if r.reason_class == "hidden_lead")
    again = plan_of(session, Brief(rejected=frozenset({lead.id})))
    assert "hidden_lead" not in {r.reason_class for r in again.recommendations}
    others = [r.id for r in first.recommendations if r.card != lead.card]
    assert [r.id for r in again.recommendations] == others


def test_a_fader_that_follows_its_envelope_is_not_moved() -> None:
    ride = Envelope(
        kind="volume", guid="", active=True, points=(EnvelopePoint(time_seconds=0.0, value=0.0),), point_count=1
    )
    changes = {"Lead_Vox": {"fader_db": -16.0, "envelopes": (ride,), "automation_mode": "read"}}
    plan = plan_of(band(**changes))
    assert not plan.recommendations
    assert any("Read mode" in left.reason for left in plan.left_out)
    changes["Lead_Vox"]["automation_mode"] = "trim_read"
    move = plan_of(band(**changes)).recommendations[0]
    assert any("offsets the envelope" in line.text for line in move.rationale.evidence)


@pytest.mark.parametrize("pan_mode", ["dual", "stereo"])
def test_pans_that_are_set_by_hand_are_not_moved(pan_mode: str) -> None:
    plan = plan_of(band(Bass={"pan": 1.0, "pan_mode": pan_mode}))
    assert "hard_panned_low_end" not in {r.reason_class for r in plan.recommendations}


def test_muted_tracks_are_named_once_and_not_judged() -> None:
    plan = plan_of(band(Lead_Vox={"fader_db": -16.0, "muted": True}))
    assert not plan.recommendations
    assert [left.reason for left in plan.left_out] == ["1 muted track ignored: Lead Vox."]


def test_microphones_of_one_source_share_a_card_and_a_move() -> None:
    tracks = [
        make_track(number=n, name=name, items=[make_item("a.wav")], fader_db=f, pan=p)
        for n, (name, f, p) in enumerate(
            [("Bass DI", -5.0, 1.0), ("Bass Amp", -6.0, 1.0), ("Kick", -3.0, 0.0), ("Keys", -4.0, 0.0)], start=1
        )
    ]
    session = make_session(tracks)
    plan = planned(session, make_analysis(session, [Sound(lufs=-22)] * 4), Brief())
    pans = [r for r in plan.recommendations if r.kind == "pan"]
    assert [r.track_name for r in pans] == ["Bass DI", "Bass Amp"]
    assert len({r.card for r in pans}) == 1


def test_the_order_of_tracks_does_not_matter() -> None:
    session = band(**BURIED, **ASIDE)
    shuffled = replace(
        session, tracks=tuple(replace(t, number=n) for n, t in enumerate(reversed(session.tracks), start=1))
    )
    assert values(plan_of(shuffled)) == pytest.approx(values(plan_of(session)), abs=1e-4)


def test_names_do_not_matter_when_roles_are_pinned() -> None:
    session = band(**BURIED, **ASIDE)
    roles = {"Kick": "kick", "Snare": "snare", "Bass": "bass", "Keys": "keys", "BGV": "backing_vocal",
             "Lead Vox": "lead_vocal", "Gtr L": "electric_guitar", "Gtr R": "electric_guitar"}  # fmt: skip
    brief = Brief(pinned_roles=tuple((track.guid, roles[track.name]) for track in session.tracks))
    sounds = {f"Audio {track.number:02d}": SOUNDS[track.name] for track in session.tracks}
    renamed = replace(session, tracks=tuple(replace(t, name=f"Audio {t.number:02d}") for t in session.tracks))
    pinned = planned(renamed, make_analysis(renamed, sounds), brief)
    assert values(pinned) == values(plan_of(session, brief))


def values(plan: Plan) -> dict[str, float]:
    return {recommendation.id: recommendation.change.after for recommendation in plan.recommendations}


@settings(max_examples=25)
@given(st.lists(st.tuples(st.floats(-30, 6), st.floats(-1, 1)), min_size=8, max_size=8))
def test_no_plan_has_two_moves_for_one_control_a_bad_word_or_a_wild_value(settings_: list[tuple[float, float]]) -> None:
    names = [name.replace(" ", "_") for name in SOUNDS]
    session = band(**{n: {"fader_db": f, "pan": p} for n, (f, p) in zip(names, settings_, strict=True)})
    plan = plan_of(session)
    targets = [r.change.target for r in plan.recommendations]
    assert len(set(targets)) == len(targets)
    for recommendation in plan.recommendations:
        assert wording_faults(recommendation) == []
        assert recommendation.change.after <= 12.0
        assert recommendation.change.desired_raw != recommendation.change.expected_raw
    assert len({r.card for r in plan.recommendations}) <= 12
    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan, session)))) == plan


@pytest.mark.parametrize("count", [1, 2, 24, 128])
def test_any_number_of_tracks_works(count: int) -> None:
    tracks = [
        make_track(number=n, name=f"Gtr {n}", items=[make_item("a.wav")], fader_db=-n % 7 * -1.0)
        for n in range(1, count + 1)
    ]
    session = make_session(tracks)
    plan = planned(session, make_analysis(session, [Sound(lufs=-20 - n % 9) for n in range(count)]), Brief())
    assert plan.summary


def test_no_tracks_silence_and_mutes_each_get_a_sentence() -> None:
    empty = make_session([])
    assert "no tracks" in planned(empty, make_analysis(empty, []), Brief()).summary
    silent = plan_of(band(), sounds={name: Sound(lufs=-150.0) for name in SOUNDS})
    assert "Nothing sounds" in silent.summary
    muted = plan_of(band(**{name.replace(" ", "_"): {"muted": True} for name in SOUNDS}))
    assert "All 8 tracks are muted" in muted.summary
    unheard = plan_of(band(), sounds={name: Sound(heard=False) for name in SOUNDS})
    assert "could be heard" in unheard.summary


def test_scope_by_tracks_keeps_proposals_there() -> None:
    session = band(**BURIED, **ASIDE)
    plan = plan_of(session, Brief(scope=Scope.parse("tracks=Lead Vox")))
    assert {r.track_name for r in plan.recommendations} == {"Lead Vox"}


@pytest.mark.parametrize("scope", ["selection", "region=Bridge", "tracks=Nobody"])
def test_a_scope_that_is_not_there_is_one_sentence(scope: str) -> None:
    with pytest.raises(InputError, match=r"There is no"):
        plan_of(band(), Brief(scope=Scope.parse(scope)))


def test_an_edited_plan_file_is_refused() -> None:
    session = band(**BURIED)
    data = plan_to_json(plan_of(session), session)
    data["recommendations"][0]["desired_raw"] = 4.0
    with pytest.raises(InputError, match="was edited"):
        plan_from_json(data)


def test_the_target_of_a_move_names_its_control() -> None:
    plan = plan_of(band(**BURIED))
    track: Track = next(t for t in band().tracks if t.name == "Lead Vox")
    assert plan.recommendations[0].change.target == TrackTarget(track_guid=track.guid, field="fader_gain")
    assert track.guid == make_guid(8)


def test_the_engineer_is_asked_about_a_role_with_the_likeliest_ones() -> None:
    session = band()
    unclear = replace(
        session, tracks=tuple(replace(t, name="Gtr Vox") if t.name == "Keys" else t for t in session.tracks)
    )
    asked = [left.reason for left in plan_of(unclear).left_out if "unclear" in left.reason]
    assert len(asked) == 1
    assert "Gtr Vox (perhaps electric guitar " in asked[0]
    assert "% or " in asked[0]

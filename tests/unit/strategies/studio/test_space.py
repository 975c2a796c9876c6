"""Reverb for dry voices only, and never unasked on kick and bass."""

from dataclasses import replace
from typing import Any

import pytest

from dawassist.plan.brief import Brief
from dawassist.plan.constraints import FewMoves
from dawassist.plan.effect_priors import effect_priors
from dawassist.plan.model import Plan
from dawassist.plan.wording import wording_faults
from dawassist.realize.plan import realize
from dawassist.session.edits import SetValue
from dawassist.strategies.studio import Studio
from dawassist.strategies.studio.space import MOST_USE_IT
from tests.analyses import Sound, make_analysis
from tests.sessions import make_guid, make_item, make_send, make_session, make_track
from tests.tools import make_fx
from tests.unit.analysis.test_tempo_fit import at, curve, grid

NAMES = ("Kick", "Bass", "Snare", "Gtr", "BGV", "Lead Vox")
VERB = make_fx("VST: ReaVerbate (Cockos)")


def plan_of(
    *, fader_db: float, returns: tuple[str, ...] = (), brief: Brief | None = None, **fields: dict[str, Any]
) -> Plan:
    """All tracks at `fader_db`, with `returns` behind them; `fields` of tracks by name with spaces as underscores."""
    tracks = [
        make_track(
            number=n, name=name, items=[make_item("a.wav")], fader_db=fader_db,
            **fields.get(name.replace(" ", "_"), {}),
        )
        for n, name in enumerate(NAMES, start=1)
    ]  # fmt: skip
    tracks += [make_track(number=n, name=name, fx=(VERB,)) for n, name in enumerate(returns, start=len(NAMES) + 1)]
    session = make_session(tracks)
    analysis = make_analysis(session, {name: Sound(lufs=-22) for name in NAMES})
    brief = brief or Brief()
    draft = Studio().suggest(session, analysis, brief)
    return realize(session, analysis, brief, draft, strategy="studio")


def sends(plan: Plan) -> dict[str, float]:
    return {r.track_name: r.change.after for r in plan.recommendations if r.kind == "send"}


TO_RETURN = {"sends": (make_send(make_guid(7), level_db=-11.0),)}


def test_dry_voices_of_a_raw_session_get_one_proposed_return_well_under_the_dry_sound() -> None:
    plan = plan_of(fader_db=0.0)
    moves = [r for r in plan.recommendations if r.kind == "send"]
    assert {r.track_name for r in moves} == {"BGV", "Lead Vox"}
    assert len({r.card for r in moves}) == 1
    assert all(r.basis == "taste" for r in moves)
    assert all(r.predicted[0].after <= -5.0 and "modelled" in r.predicted[0].metric for r in moves)
    assert any("Modelled" in line.text for line in moves[0].rationale.evidence)
    assert [fault for r in moves for fault in wording_faults(r)] == []


def test_in_progress_only_a_lead_that_is_left_dry_where_others_go_to_a_reverb() -> None:
    assert sends(plan_of(fader_db=-5.0)) == {}
    assert sends(plan_of(fader_db=-5.0, returns=("Plate",))) == {}
    plan = plan_of(fader_db=-5.0, returns=("Plate",), Snare=TO_RETURN)
    assert sends(plan) == {"Lead Vox": -11.0}


@pytest.mark.parametrize("fields", [{"fx": (VERB,)}, TO_RETURN])
def test_a_voice_that_has_reverb_is_left_alone(fields: dict[str, Any]) -> None:
    plan = plan_of(fader_db=0.0, returns=("Plate",), Lead_Vox=fields, BGV=fields)
    assert sends(plan) == {}


def test_after_the_send_it_is_not_proposed_again() -> None:
    first = sends(plan_of(fader_db=-5.0, returns=("Plate",), Snare=TO_RETURN))
    done = {"sends": (make_send(make_guid(7), level_db=first["Lead Vox"]),)}
    assert sends(plan_of(fader_db=-5.0, returns=("Plate",), Snare=TO_RETURN, Lead_Vox=done)) == {}


def test_by_default_only_voices_have_it_in_most_mixes() -> None:
    usual = {role for role, prior in effect_priors().by_role.items() if prior.reverb_share >= MOST_USE_IT}
    assert usual == {"lead_vocal", "backing_vocal"}


def test_sends_count_where_the_brief_wants_few_moves() -> None:
    plan = plan_of(fader_db=0.0, brief=Brief(constraints=(FewMoves(most=1),)))
    assert sends(plan) == {}
    assert any("no more than 1 moves" in left.reason for left in plan.left_out)


@pytest.mark.parametrize(
    ("played_bpm", "late", "ms"), [(96.0, "a 1/64 note at 96 BPM", 39.1), (83.0, "at any tempo", 20.0)]
)
def test_the_pre_delay_is_a_note_value_only_where_the_tempo_is_played(played_bpm: float, late: str, ms: float) -> None:
    tracks = [make_track(number=n, name=name, items=[make_item("a.wav")]) for n, name in enumerate(NAMES, start=1)]
    session = replace(make_session(tracks), tempo=(at(96.0),))
    analysis = make_analysis(session, {name: Sound(lufs=-22) for name in NAMES})
    heard = tuple(replace(t, levels=curve(grid(played_bpm, 4, seed=k))) for k, t in enumerate(analysis.tracks))
    analysis = replace(analysis, tracks=heard)
    plan = realize(session, analysis, Brief(), Studio().suggest(session, analysis, Brief()), strategy="studio")
    move = next(r for r in plan.recommendations if r.kind == "send")
    said = [line.text for line in move.rationale.evidence]
    assert any("low cut of the return at 200 Hz" in text for text in said)
    assert any(f"Pre-delay {ms:g} ms" in text and late in text for text in said)
    values = {e.target.param_ident: e.desired_raw for e in move.change.setup if isinstance(e, SetValue)}  # type: ignore[union-attr]
    assert values["5:_Initial_delay"] == pytest.approx(ms / 500.0, abs=1e-4)
    assert wording_faults(move) == []

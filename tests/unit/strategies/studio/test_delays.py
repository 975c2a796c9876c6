"""Echoes only where the brief asks for them, tied to the tempo only where it is the one that is played."""

from dataclasses import replace
from typing import Any

import pytest

from dawassist.plan.brief import Brief
from dawassist.plan.model import Plan, Recommendation
from dawassist.plan.wording import wording_faults
from dawassist.realize.plan import realize
from dawassist.session.edits import CreateTrack, InsertFx, SetValue
from dawassist.session.targets import FxTarget
from dawassist.strategies.studio import Studio
from tests.analyses import Sound, make_analysis
from tests.sessions import make_guid, make_item, make_send, make_session, make_track
from tests.tools import make_fx
from tests.unit.analysis.test_tempo_fit import at, curve, grid

NAMES = ("Kick", "Bass", "Gtr", "Lead Vox")
ECHOES = Brief(extras=frozenset({"delay"}))
_ECHO = make_fx("VST3: EchoBoy (Soundtoys)")


def plan_of(
    brief: Brief, *, bpm: float = 120.0, played_bpm: float | None = None, with_return: bool = False, **fields: Any
) -> Plan:
    """All faders at 0 dB. `fields` are those of the lead; all tracks play on the grid of `played_bpm`."""
    tracks = [
        make_track(number=n, name=name, items=[make_item("a.wav")], **(fields if name == "Lead Vox" else {}))
        for n, name in enumerate(NAMES, start=1)
    ]
    if with_return:
        tracks.append(make_track(number=len(NAMES) + 1, name="Echo", fx=(_ECHO,)))
    session = replace(make_session(tracks), tempo=(at(bpm),))
    analysis = make_analysis(session, {name: Sound(lufs=-22) for name in NAMES})
    if played_bpm is not None:
        measured = tuple(
            replace(track, levels=curve(grid(played_bpm, 4, seed=seed))) for seed, track in enumerate(analysis.tracks)
        )
        analysis = replace(analysis, tracks=measured)
    return realize(session, analysis, brief, Studio().suggest(session, analysis, brief), strategy="studio")


def echoes(plan: Plan) -> list[Recommendation]:
    return [r for r in plan.recommendations if r.kind == "send" and r.reason_class == "echo"]


def words(move: Recommendation) -> str:
    return " ".join((move.rationale.headline, *(line.text for line in move.rationale.evidence)))


def time_ms(move: Recommendation) -> float:
    (edit,) = [
        edit
        for edit in move.change.setup
        if isinstance(edit, SetValue)
        and isinstance(edit.target, FxTarget)
        and edit.target.param_ident.startswith("3:")
        and "ReaDelay" in edit.label
    ]
    return 10_000.0 * edit.desired_raw


def test_nothing_echoes_unasked() -> None:
    assert echoes(plan_of(Brief())) == []


def test_asked_for_only_the_lead_gets_one_and_never_kick_and_bass() -> None:
    (move,) = echoes(plan_of(ECHOES))
    assert (move.track_name, move.change.after, move.basis) == ("Lead Vox", -14.0, "taste")
    assert [e.name for e in move.change.setup if isinstance(e, CreateTrack)] == ["Delay"]
    assert [e.fx_name for e in move.change.setup if isinstance(e, InsertFx)] == ["VST: ReaDelay (Cockos)"]
    assert "Modelled" in words(move)
    assert "low cut of the return at 200 Hz" in words(move)
    assert wording_faults(move) == []


def test_the_level_goes_by_role_for_what_the_brief_focuses_on() -> None:
    focus = ECHOES.changed(focus_tracks=tuple(make_guid(n) for n in range(1, 5)))
    assert {m.track_name: m.change.after for m in echoes(plan_of(focus))} == {"Gtr": -16.0, "Lead Vox": -14.0}


def test_a_time_is_a_note_value_where_the_tempo_is_the_one_that_is_played() -> None:
    (move,) = echoes(plan_of(ECHOES, bpm=110.0, played_bpm=110.0))
    assert time_ms(move) == pytest.approx(60000.0 / 110.0 * 0.75, abs=0.2)
    assert "dotted 1/8 note" in move.rationale.headline
    assert "110 BPM" in words(move)


@pytest.mark.parametrize("played_bpm", [None, 97.0])
def test_free_time_at_the_default_tempo_gets_milliseconds_and_no_note(played_bpm: float | None) -> None:
    (move,) = echoes(plan_of(ECHOES, played_bpm=played_bpm))
    assert time_ms(move) == pytest.approx(110.0, abs=0.1)
    assert "BPM" not in words(move)
    assert "1/8" not in words(move)
    assert "sync" not in words(move).lower()


@pytest.mark.parametrize("fields", [{"fx": (_ECHO,)}, {"sends": (make_send(make_guid(5), level_db=-11.0),)}])
def test_a_lead_that_has_an_echo_gets_no_second_one(fields: dict[str, Any]) -> None:
    assert echoes(plan_of(ECHOES, with_return=True, **fields)) == []


def test_the_sessions_own_delay_is_used() -> None:
    (move,) = echoes(plan_of(ECHOES, with_return=True))
    assert not any(isinstance(edit, CreateTrack | InsertFx) for edit in move.change.setup)
    assert move.change.parameter == "Send to Echo"

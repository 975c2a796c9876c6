"""What belongs together moves on the fader of its folder, which comes after the folder's plug-ins."""

from dataclasses import replace

import pytest

from dawassist.plan.brief import Brief
from dawassist.plan.mix_problem import folder_of
from dawassist.plan.mix_state import MixState
from dawassist.plan.model import Recommendation
from dawassist.session.model import Session, Track
from tests.analyses import Sound, make_analysis
from tests.sessions import make_guid, make_item, make_send, make_session, make_track
from tests.tools import make_fx
from tests.unit.strategies.studio.test_strategy import BURIED, SOUNDS, band, planned

BUS = make_guid(77)
LEAD = make_guid(80)
COMPRESSOR, UNKNOWN, EQUALIZER = "VST: ReaComp (Cockos)", "VST3: CLA-76 (Waves)", "VST: ReaEQ (Cockos)"


def in_vox_bus(leads: int, fx: str) -> Session:
    """The band with its buried lead, once or doubled, in a folder of its own with that plug-in."""
    *others, lead = band(**BURIED).tracks
    chain = (make_fx(fx),) if fx else ()
    bus = make_track(guid=BUS, number=8, name="Vox Bus", folder_depth=1, fx=chain)
    names = [f"Lead Vox {place + 1}" for place in range(leads)] if leads > 1 else ["Lead Vox"]
    inside = [
        replace(lead, guid=make_guid(80 + place), number=9 + place, name=name, folder_depth=-(place + 1 == leads))
        for place, name in enumerate(names)
    ]
    return make_session([*others, bus, *inside])


def first_moves(session: Session) -> list[Recommendation]:
    sounds = SOUNDS | {track.name: SOUNDS["Lead Vox"] for track in session.tracks if track.name.startswith("Lead")}
    plan = planned(session, make_analysis(session, sounds), Brief())
    return [each for each in plan.recommendations if each.reason_class == "hidden_lead"]


@pytest.mark.parametrize("fx", [COMPRESSOR, UNKNOWN])
@pytest.mark.parametrize("leads", [1, 2])
def test_a_buried_lead_rises_on_the_folder_whose_plug_ins_it_drives(leads: int, fx: str) -> None:
    lead, *room = first_moves(in_vox_bus(leads, fx))
    assert (lead.track_name, lead.kind) == ("Vox Bus", "fader")
    assert lead.change.after - lead.change.before > 4.0
    assert all(each.change.after < each.change.before for each in room)


@pytest.mark.parametrize("fx", ["", EQUALIZER])
def test_a_single_track_moves_itself_where_its_folder_works_at_any_level(fx: str) -> None:
    assert first_moves(in_vox_bus(1, fx))[0].track_name == "Lead Vox"


def folder_name(*tracks: Track) -> str:
    """The folder that moves the tracks whose name starts with Lead, "" for none."""
    session = make_session(list(tracks))
    covariance = make_analysis(session, [Sound()] * sum(bool(track.items) for track in tracks)).covariance
    assert covariance is not None
    found = folder_of(MixState(session, covariance), [t.guid for t in tracks if t.name.startswith("Lead")])
    return found.name if found else ""


def folder(number: int, name: str, fx: str = "", **fields: object) -> Track:
    return make_track(number=number, name=name, folder_depth=1, fx=(make_fx(fx),) if fx else (), **fields)


def lead(number: int, closes: int = 1, **fields: object) -> Track:
    return make_track(number=number, name=f"Lead {number}", items=[make_item("a.wav")], folder_depth=-closes, **fields)


def test_it_is_the_last_folder_that_is_driven_or_else_the_nearest_of_several_tracks() -> None:
    assert folder_name(folder(1, "Outer", COMPRESSOR), folder(2, "Inner"), lead(3, closes=2)) == "Outer"
    assert folder_name(folder(1, "Outer"), folder(2, "Inner", COMPRESSOR), lead(3, closes=2)) == "Inner"
    assert folder_name(folder(1, "Outer"), folder(2, "Inner"), lead(3, closes=0), lead(4, closes=2)) == "Inner"
    assert folder_name(folder(1, "Outer"), folder(2, "Inner"), lead(3, closes=2)) == ""


def test_a_folder_that_moves_more_or_less_than_the_tracks_is_not_used() -> None:
    keys = make_track(number=9, name="Keys", items=[make_item("b.wav")])
    bus = folder(1, "Bus", COMPRESSOR)
    assert folder_name(bus, keys, lead(3)) == ""
    assert folder_name(bus, lead(3), replace(keys, sends=(make_send(bus.guid),))) == ""
    assert folder_name(replace(bus, items=keys.items), lead(3)) == ""
    assert folder_name(bus, lead(3, main_send=False, sends=(make_send(keys.guid),)), keys) == ""
    assert folder_name(replace(bus, main_send=False, sends=(make_send(keys.guid),)), lead(3), keys) == ""


def test_what_drives_the_busses_behind_the_folder_is_kept_all_the_same() -> None:
    session = in_vox_bus(1, UNKNOWN)
    outer = make_track(guid=make_guid(90), number=1, name="Mix Bus", folder_depth=1, fx=(make_fx(COMPRESSOR),))
    *others, last = session.tracks
    held = make_session([outer, *others, replace(last, folder_depth=-2)])
    mix = MixState(held, made) if (made := make_analysis(held, SOUNDS).covariance) else None
    assert mix is not None
    moves = first_moves(held)
    assert moves[0].track_name == "Vox Bus"
    after = mix.changed({each.change.target: each.change.desired_raw for each in moves})
    assert after.input_lufs(outer.guid) == pytest.approx(mix.input_lufs(outer.guid), abs=0.5)
    assert after.input_lufs(BUS) == pytest.approx(mix.input_lufs(BUS), abs=0.01)


def test_what_a_bus_does_unheard_makes_a_judgement_of_levels_less_sure() -> None:
    heard, unheard = (first_moves(in_vox_bus(1, fx))[0] for fx in ("", UNKNOWN))
    assert unheard.confidence == pytest.approx(0.8 * heard.confidence, abs=0.001)
    lines = [line.text for line in unheard.rationale.evidence]
    assert "Judged without CLA-76 on “Vox Bus”: what is on busses is not heard here." in lines
    assert not any("Judged without" in line.text for line in heard.rationale.evidence)


def test_a_lead_that_is_a_little_under_may_be_clear_behind_its_bus() -> None:
    def moves(fx: str) -> list[str]:
        session = in_vox_bus(1, fx)
        nearer = [replace(t, fader_db=-11.0) if t.name == "Lead Vox" else t for t in session.tracks]
        return [each.track_name for each in first_moves(make_session(nearer))]

    assert moves("")
    assert not moves(UNKNOWN)

"""Plug-ins, sends and tracks that a transaction creates: on every adapter applied, read back, repeated, taken back."""

from pathlib import Path

import pytest

from dawassist.plan.raw_laws import raw_of, value_of
from dawassist.projectfile import ProjectFile
from dawassist.session.edits import Edit
from dawassist.session.model import Fx, Session, Track
from dawassist.session.targets import FxTarget, TrackTarget
from dawassist.transaction import Receipt, Transaction
from tests.contract.conftest import Adapter
from tests.contract.test_daw import BASS, KICK, LEAD, REVERB, SNARE, plain, setting, transaction
from tests.creations import EQ, compressor, config, echo, equalizer, parameter, plate, sending

TWO_KINDS = pytest.mark.parametrize(
    "adapter", ["file", "agent"], indirect=True
)  # the same agent answers in every profile
KICK_EQ, KICK_COMP = (f"{{F000000{n}-0000-4000-8000-00000000000{n}}}" for n in (1, 2))


def chain(session: Session, guid: str) -> tuple[Fx, ...]:
    return track(session, guid).fx


def track(session: Session, guid: str) -> Track:
    found = session.track(guid)
    assert found is not None
    return found


def applied(adapter: Adapter, *edits: Edit) -> tuple[Transaction, Receipt]:
    sent = transaction(adapter.session(), *edits)
    receipt = adapter.daw.apply(sent)
    assert receipt.outcome == "applied", receipt
    assert {result.status for result in receipt.results} == {"applied"}
    return sent, receipt


def values(fx: Fx) -> dict[str, float]:
    return {p.ident: p.normalized for p in fx.parameters or ()}


@TWO_KINDS
def test_a_new_equalizer_stands_where_it_was_asked_for_with_its_band_on(adapter: Adapter) -> None:
    _, receipt = applied(adapter, *equalizer(KICK, after=KICK_EQ))
    first, new, last = chain(adapter.session(), KICK)
    assert (first.guid, last.guid) == (KICK_EQ, KICK_COMP)
    assert new.guid == receipt.results[0].created_guid
    assert new.name == "VST: ReaEQ (Cockos)"
    assert dict(new.config) == {
        "BANDTYPE0": "8", "BANDENABLED0": "1", "BANDTYPE1": "8", "BANDENABLED1": "0", "BANDTYPE2": "8",
        "BANDENABLED2": "0", "BANDTYPE3": "1", "BANDENABLED3": "0", "BANDTYPE4": "4", "BANDENABLED4": "0",
    }  # fmt: skip
    assert values(new)["0:_Freq_Band"] == pytest.approx(raw_of("ReaEQ Freq", 320.0), abs=1e-5)
    assert values(new)["1:_Gain_Band"] == pytest.approx(raw_of("ReaEQ Gain", -3.0), abs=1e-5)


@TWO_KINDS
def test_a_track_without_plug_ins_gets_a_chain_of_two(adapter: Adapter) -> None:
    bare = next(t for t in adapter.session().tracks if not t.fx and t.items)
    _, receipt = applied(adapter, *equalizer(bare.guid), *compressor(bare.guid, after=EQ))
    eq, comp = chain(adapter.session(), bare.guid)
    assert ["ReaEQ" in eq.name, "ReaComp" in comp.name] == [True, True]
    assert values(comp)["0:_Threshold"] == pytest.approx(raw_of("ReaComp Threshold", -18.0), abs=1e-5)
    assert [r.created_guid for r in receipt.results if r.created_guid] == [eq.guid, comp.guid]


@TWO_KINDS
def test_a_new_send_has_its_level_and_tap(adapter: Adapter) -> None:
    applied(adapter, *sending(KICK, REVERB))
    (send,) = [s for s in track(adapter.session(), KICK).sends if s.destination_guid == REVERB]
    assert (send.level_db, send.tap, send.muted) == (pytest.approx(-14.0, abs=1e-4), "pre_fader", False)


@TWO_KINDS
def test_a_second_send_to_the_same_track_is_told_apart(adapter: Adapter) -> None:
    applied(adapter, *sending(SNARE, REVERB, occurrence=1))
    levels = [s.level_db for s in track(adapter.session(), SNARE).sends if s.destination_guid == REVERB]
    assert levels == [pytest.approx(-6.0206, abs=1e-3), pytest.approx(-14.0, abs=1e-4)]


@TWO_KINDS
def test_a_new_return_comes_last_with_its_reverb_and_its_sends(adapter: Adapter) -> None:
    before = adapter.session()
    _, receipt = applied(adapter, *plate(KICK, LEAD))
    after = adapter.session()
    new = after.tracks[-1]
    assert (len(after.tracks), new.name, new.number) == (len(before.tracks) + 1, 'Plate "A"', len(after.tracks))
    assert (new.guid, new.fx[0].guid) == tuple(r.created_guid for r in receipt.results[:2])
    assert (new.fader_db, new.pan, new.folder_depth, new.main_send) == (0.0, 0.0, 0, True)
    assert new.fx[0].name == "VST: ReaVerbate (Cockos)"
    for guid in (KICK, LEAD):
        assert track(after, guid).sends[-1].destination_guid == new.guid
    untouched = [t for t in before.tracks if t.guid not in (KICK, LEAD)]
    assert [t for t in after.tracks[:-1] if t.guid not in (KICK, LEAD)] == untouched


@TWO_KINDS
def test_a_new_delay_return_holds_its_time_its_feedback_and_nothing_dry(adapter: Adapter) -> None:
    before = adapter.session()
    sent, receipt = applied(adapter, *echo(KICK, LEAD))
    after = adapter.session()
    new = after.tracks[-1]
    assert (new.name, new.fx[0].name) == ("Echo", "VST: ReaDelay (Cockos)")
    held = {ident: value_of(f"ReaDelay {name}", values(new.fx[0])[ident]) for ident, name in _DELAYED.items()}
    assert held == pytest.approx(
        {"1:_Dry": -150.0, "3:_1__Length__time_": 375.0, "4:_1__Length__musical_": 0.0, "5:_1__Feedback": -10.0},
        rel=1e-3,
    )
    assert all(track(after, guid).sends[-1].destination_guid == new.guid for guid in (KICK, LEAD))
    undone = adapter.daw.undo(sent.with_created(receipt.results))
    assert undone.outcome == "undone", undone
    assert plain(adapter.session()) == plain(before)


_DELAYED = {"1:_Dry": "Dry", "3:_1__Length__time_": "1: Length (time)", "4:_1__Length__musical_": "1: Length (musical)",
            "5:_1__Feedback": "1: Feedback"}  # fmt: skip
EVERYTHING = (
    *equalizer(KICK, after=KICK_EQ), *compressor(KICK, after=EQ), *sending(KICK, REVERB), *plate(SNARE, BASS),
    *echo(LEAD), config(KICK, KICK_EQ, "BANDTYPE0", "4", "0"),
)  # fmt: skip


def whole(session: Session) -> list[Edit]:
    """Everything that creates, with moves of what is there among it."""
    fader = setting(session, TrackTarget(track_guid=KICK, field="fader_gain"), 0.5)
    ratio = FxTarget(track_guid=KICK, fx_guid=KICK_COMP, fx_ident="", param_ident="1:_Ratio")
    return [fader, *EVERYTHING, setting(session, ratio, 0.1)]


def test_everything_at_once_is_taken_back_whole(adapter: Adapter) -> None:
    before = adapter.session()
    sent, receipt = applied(adapter, *whole(before))
    assert plain(adapter.session()) != plain(before)
    undone = adapter.daw.undo(sent.with_created(receipt.results))
    assert undone.outcome == "undone", undone
    assert plain(adapter.session()) == plain(before)


@TWO_KINDS
def test_a_repeat_is_a_no_op(adapter: Adapter) -> None:
    sent, receipt = applied(adapter, *whole(adapter.session()))
    after = adapter.session()
    assert adapter.daw.apply(sent) == receipt
    assert adapter.daw.status(sent.id) == receipt
    assert plain(adapter.session()) == plain(after)


@pytest.mark.parametrize(
    "edits",
    [
        equalizer("{DEAD}"),
        equalizer(KICK, after="{DEAD}"),
        sending(KICK, "{DEAD}"),
        sending(SNARE, REVERB),  # there is one already
        sending(KICK, REVERB, occurrence=1),  # there is none
        compressor(KICK, after=EQ),  # nothing before it makes that
        [config(KICK, KICK_EQ, "BANDTYPE0", "8", "0")],
        [config(KICK, "{DEAD}", "BANDTYPE0", "8", "0")],
    ],
    ids=["track", "plug-in", "destination", "send there", "send missing", "placeholder", "setting", "no plug-in"],
)
@TWO_KINDS
def test_what_does_not_fit_the_session_stops_everything(adapter: Adapter, edits: list[Edit]) -> None:
    before = adapter.session()
    fader = setting(before, TrackTarget(track_guid=KICK, field="fader_gain"), 0.5)
    receipt = adapter.daw.apply(transaction(before, fader, *plate(SNARE), *edits))
    assert receipt.outcome == "conflict", receipt
    assert any(result.status == "conflicted" and result.reason for result in receipt.results)
    assert plain(adapter.session()) == plain(before)


@TWO_KINDS
def test_a_band_that_changes_its_type_is_set_and_taken_back(adapter: Adapter) -> None:
    before = adapter.session()
    old = values(chain(before, KICK)[0])
    edits: list[Edit] = [
        config(KICK, KICK_EQ, "BANDTYPE0", "4", "0"),
        parameter(KICK, KICK_EQ, "0:_Freq_Low_Shelf", 0.3, old["0:_Freq_High_Pass"]),
        parameter(KICK, KICK_EQ, "1:_Gain_Low_Shelf", 0.2, old["1:_Gain_High_Pass"]),
    ]
    sent, receipt = applied(adapter, *edits)
    assert values(chain(adapter.session(), KICK)[0])["1:_Gain_Low_Shelf"] == pytest.approx(0.2, abs=1e-5)
    assert adapter.daw.undo(sent.with_created(receipt.results)).outcome == "undone"
    assert plain(adapter.session()) == plain(before)


@TWO_KINDS
def test_a_setting_that_is_there_already_is_unchanged(adapter: Adapter) -> None:
    edit = config(KICK, KICK_EQ, "BANDTYPE0", "4", "4")
    receipt = adapter.daw.apply(transaction(adapter.session(), edit))
    assert [result.status for result in receipt.results] == ["unchanged"]


def test_a_file_is_taken_back_byte_for_byte(tmp_path: Path) -> None:
    from tests.contract.conftest import HANDMADE

    project, out = tmp_path / "handmade.rpp", tmp_path / "out.rpp"
    project.write_bytes(HANDMADE.read_bytes())
    daw = ProjectFile(project, out)
    sent = transaction(daw.snapshot(), *whole(daw.snapshot()))
    assert daw.apply(sent).outcome == "applied"
    assert ProjectFile(project, out).undo(sent).outcome == "undone"
    assert not out.exists()
    assert project.read_bytes() == HANDMADE.read_bytes()

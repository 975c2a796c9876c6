"""What the engineer demands of every plan: edited, tried, kept; moves beyond the first are folded."""

from dataclasses import replace
from typing import Any

import pytest

from dawassist.analysis.model import Analysis
from dawassist.learning import TasteFile
from dawassist.plan.brief import Brief
from dawassist.plan.constraints import Centered, Limit, Order, constraints_from_toml, constraints_to_toml
from dawassist.plan.model import Plan
from dawassist.plan.taste import LevelVerdict, Taste
from dawassist.session.model import Marker, Session
from tests.panel.conftest import BASS, KICK, Panel
from tests.plans import make_plan

ORDER = Order(above=("role:lead_vocal",), below=("Bässe “2”",), by_db=4.0)
LIMIT = Limit(tracks=("Kick",), most=1.5)


@pytest.fixture
def briefs(panel: Panel) -> list[Brief]:
    """The briefs of every plan that was asked for."""
    asked: list[Brief] = []
    plain = panel.assistant.suggest

    def suggest(session: Session, analysis: Analysis, brief: Brief) -> Plan:
        asked.append(brief)
        return plain(session, analysis, brief)

    panel.assistant.suggest = suggest  # type: ignore[method-assign]
    return asked


def test_text_and_constraints_are_the_same_both_ways() -> None:
    constraints = (ORDER, LIMIT, Centered(tracks=("3",)))
    assert constraints_from_toml(constraints_to_toml(constraints)) == constraints
    assert constraints_from_toml("") == ()


def test_demands_make_another_plan_from_what_was_heard(panel: Panel, briefs: list[Brief]) -> None:
    panel.suggest()
    listened: list[Any] = []
    panel.assistant.listening = lambda *_: listened.append(1)
    panel.window.demands.text.setPlainText(constraints_to_toml((ORDER,)))
    panel.window.demands.use.click()
    panel.settle()
    assert [brief.constraints for brief in briefs] == [(), (ORDER,)]
    assert listened == []
    assert panel.assistant.kept_constraints() == ()


def test_demands_are_kept_with_the_project_and_come_back(panel: Panel, briefs: list[Brief]) -> None:
    panel.suggest()
    panel.window.demands.text.setPlainText(constraints_to_toml((LIMIT,)))
    panel.window.demands.keep.click()
    panel.settle()
    assert panel.assistant.kept_constraints() == (LIMIT,)
    panel.workspace.brief = Brief()
    panel.workspace.rescan()
    panel.settle()
    assert panel.workspace.brief.constraints == (LIMIT,)
    assert 'kind = "limit"' in panel.window.demands.text.toPlainText()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[constraints]]\nkind = 3", "has the kind 3, which is unknown"),
        ("kind = ", "not valid TOML"),
        ('tracks = ["Kick"]', "'tracks' is no constraint"),
    ],
)
def test_text_that_cannot_be_read_changes_nothing(panel: Panel, briefs: list[Brief], text: str, problem: str) -> None:
    panel.suggest()
    panel.window.demands.text.setPlainText(text)
    panel.window.demands.use.click()
    panel.settle()
    assert problem in panel.window.demands.problem.text()
    assert len(briefs) == 1
    assert panel.window.demands.text.toPlainText() == text


def test_locked_tracks_and_rejected_moves_are_left_out_of_the_next_plan(panel: Panel, briefs: list[Brief]) -> None:
    panel.suggest()
    panel.workspace.toggle_lock(KICK.track_guid, "Kick")
    panel.settle()
    panel.workspace.reject([BASS.id])
    panel.workspace.propose_again()
    panel.settle()
    assert briefs[-1].locked_tracks == {KICK.track_guid}
    assert BASS.id in briefs[-1].rejected


def test_rejections_are_remembered_with_the_project_when_something_is_applied(panel: Panel) -> None:
    panel.suggest()
    panel.workspace.accept([KICK.id])
    panel.workspace.reject([BASS.id])
    panel.workspace.apply()
    panel.settle()
    panel.workspace.brief = Brief()
    panel.workspace.rescan()
    panel.settle()
    assert BASS.id in panel.workspace.brief.rejected


def test_moves_beyond_the_first_are_folded(panel: Panel) -> None:
    panel.assistant.plan = make_plan([KICK, replace(BASS, is_folded=True)])
    panel.suggest()
    model, more = panel.window.changes.changes, panel.window._more
    assert (model.rowCount(), more.isVisible(), more.text()) == (1, True, "Show 1 more")
    more.setChecked(True)
    assert (model.rowCount(), more.text()) == (2, "Show fewer")


def test_the_scope_is_chosen_in_the_panel_and_the_next_plan_follows_it(panel: Panel, briefs: list[Brief]) -> None:
    first, *rest = panel.daw.session.tracks
    panel.daw.session = replace(
        panel.daw.session,
        time_selection=(1.0, 2.5),
        tracks=(replace(first, selected=True), *rest),
        markers=(Marker(number=1, name="Chorus", start_seconds=10.0, end_seconds=20.0),),
    )
    panel.suggest()
    scope = panel.window.brief_bar.scope
    assert [scope.itemText(place) for place in range(scope.count())] == [
        "Whole project", "Time selection 0:01–0:02", "Selected: 1 track", "Region “Chorus” 0:10–0:20",
    ]  # fmt: skip
    for place in (2, 3):
        scope.setCurrentIndex(place)
        scope.activated.emit(place)
        panel.settle()
    assert [str(brief.scope.kind) for brief in briefs] == ["project", "selected", "region"]
    assert scope.currentText().startswith("Region")


def test_the_material_is_shown_and_corrected_in_the_panel(panel: Panel, briefs: list[Brief]) -> None:
    panel.assistant.plan = replace(panel.assistant.plan, material="live", material_reason="Crowd hears an audience.")
    panel.suggest()
    material = panel.window.brief_bar.material
    assert (material.currentText(), material.toolTip()) == ("as heard: live", "Crowd hears an audience.")
    material.setCurrentIndex(2)
    material.activated.emit(2)
    panel.settle()
    assert [brief.material for brief in briefs] == [None, "speech"]
    assert material.currentText() == "speech"


def test_an_extra_is_proposed_from_what_was_heard_already(panel: Panel, briefs: list[Brief]) -> None:
    panel.suggest()
    analysis = panel.workspace.analysis
    extras = panel.window.brief_bar.extras
    menu = extras.menu()
    assert menu is not None
    echo = menu.actions()[0]
    for text in ("Extras: 1", "Extras"):
        echo.trigger()
        panel.settle()
        assert extras.text() == text
    assert [brief.extras for brief in briefs] == [frozenset(), {"delay"}, frozenset()]
    assert panel.workspace.analysis is analysis


def test_what_was_learned_is_shown_beside_the_demands_and_can_be_forgotten(panel: Panel, briefs: list[Brief]) -> None:
    panel.assistant._tastes = TasteFile(panel.assistant._reviews.path.with_name("taste.json"))
    panel.assistant._tastes.store(Taste().learned([LevelVerdict(role="lead_vocal", beyond_db=2.0)] * 8))
    panel.suggest()
    demands = panel.window.demands
    panel.window._demands.setChecked(True)
    assert demands.learned.text() == "Learned from your verdicts: lead vocal +1.68 dB (8)."
    demands.forget.click()
    panel.settle()
    assert demands.learned.text() == "Nothing was learned from your verdicts yet."
    assert not demands.forget.isEnabled()
    assert [brief.taste.offset_db("lead_vocal") for brief in briefs] == [pytest.approx(1.68, abs=0.01), 0.0]


def test_every_lock_is_followed_at_once_even_two_in_a_row(panel: Panel, briefs: list[Brief]) -> None:
    panel.suggest()
    panel.workspace.toggle_lock(KICK.track_guid, "Kick")
    panel.workspace.toggle_lock(BASS.track_guid, "Bass")
    panel.settle()
    assert [len(brief.locked_tracks) for brief in briefs] == [0, 1, 2]


def test_a_rejection_that_is_undone_after_its_row_went_brings_it_back(panel: Panel, briefs: list[Brief]) -> None:
    panel.suggest()
    panel.workspace.reject([KICK.id])
    panel.assistant.plan = make_plan([BASS])
    panel.workspace.propose_again()
    panel.settle()
    panel.assistant.plan = make_plan([KICK, BASS])
    panel.workspace.undo()
    panel.settle()
    assert briefs[-1].rejected == frozenset()
    assert panel.workspace.plan is not None
    assert KICK.id in {r.id for r in panel.workspace.plan.recommendations}


def test_a_target_is_chosen_in_the_panel_and_one_of_the_brief_is_shown(panel: Panel, briefs: list[Brief]) -> None:
    panel.suggest()
    target = panel.window.brief_bar.target
    assert target.currentText() == "none"
    target.setCurrentIndex(target.findText("-16 LUFS"))
    target.activated.emit(target.currentIndex())
    panel.settle()
    assert [brief.target_loudness_lufs for brief in briefs] == [None, -16.0]
    panel.workspace.ask_for(target_loudness_lufs=-19.5)
    panel.settle()
    assert target.currentText() == "-19.5 LUFS"


def test_a_fader_moved_by_hand_after_apply_is_told_and_left_alone_by_the_next_plan(
    panel: Panel, briefs: list[Brief]
) -> None:
    notices: list[str] = []
    panel.workspace.notice.connect(notices.append)
    panel.suggest()
    panel.workspace.accept([KICK.id])
    panel.workspace.apply()
    panel.settle()
    panel.daw.set(KICK.change.target, 0.9)
    panel.suggest()
    panel.suggest()
    assert [str(each) for each in briefs[-1].constraints] == ["Kick · Fader as it was set by hand since Apply"]
    assert len([each for each in notices if each.startswith("Set by hand since Apply")]) == 1
    assert panel.workspace.brief.constraints == ()

"""What a plan is asked for: where to listen and propose, for which kind of material, and what besides."""

from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from dawassist.plan.brief import Extra, Scope
from dawassist.plan.material_kinds import MATERIALS
from dawassist.session.model import Session
from dawassist.session.ruler import Places
from dawassist.units import counted
from dawassist_ui.naming import named
from dawassist_ui.workspace import Workspace

TARGETS_LUFS = (-14.0, -16.0, -18.0, -23.0, -24.0)  # streaming, podcasts, AES streams, EBU R 128, ATSC A/85
EXTRAS: dict[Extra, str] = {
    "delay": "An echo return for lead vocals and focus tracks",
    "new_envelopes": "Rides on tracks that have no volume envelope yet",
    "reference_tone": "The tone of the reference on the master, part of the way",
}


class BriefBar(QWidget):
    """A choice is heard at once when there is a plan already, else by the next one."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._scopes: list[Scope] = []
        self.scope = named(QComboBox(), spoken="Scope: where to listen and propose")
        self.scope.setToolTip("Where to listen and propose; everything that is measured follows it")
        self.material = named(QComboBox(), spoken="Material: which rules apply")
        self.material.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.material.addItems(["as heard", *MATERIALS])
        self._targets: list[float | None] = []
        self.target = named(QComboBox(), spoken="Target: the loudness of the whole mix")
        self.target.setToolTip("The loudness that the mix is for; the master's fader goes there as far as peaks allow")
        self.extras = named(QPushButton(), spoken="Extras: what is proposed only where it is asked for")
        self.extras.setToolTip("What is proposed only where it is asked for")
        menu = QMenu(self.extras)
        self._extra_actions = {extra: self._extra_action(menu, extra, text) for extra, text in EXTRAS.items()}
        self.extras.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for name, box in (("Scope", self.scope), ("Material", self.material), ("Target", self.target)):
            row.addWidget(named(QLabel(name), style="muted"))
            row.addWidget(box)
        row.addWidget(self.extras)
        row.addStretch(1)
        self.scope.activated.connect(self._choose_scope)
        self.material.activated.connect(self._choose_material)
        self.target.activated.connect(lambda place: workspace.ask_for(target_loudness_lufs=self._targets[place]))
        workspace.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        workspace = self._workspace
        choices = scope_choices(workspace.session) if workspace.session else {Scope(): "Whole project"}
        choices.setdefault(workspace.brief.scope, scope_text(workspace.brief.scope))
        if list(choices) != self._scopes:
            self._scopes = list(choices)
            self.scope.clear()
            self.scope.addItems(list(choices.values()))
        self.scope.setCurrentIndex(self._scopes.index(workspace.brief.scope))
        plan, told = workspace.plan, workspace.brief.material
        self.material.setItemText(0, f"as heard: {plan.material}" if plan and told is None else "as heard")
        self.material.setCurrentIndex(0 if told is None else 1 + MATERIALS.index(told))
        self.material.setToolTip(plan.material_reason if plan else "Which rules apply")
        targets = target_choices(workspace.brief.target_loudness_lufs)
        if list(targets) != self._targets:
            self._targets = list(targets)
            self.target.clear()
            self.target.addItems(list(targets.values()))
        self.target.setCurrentIndex(self._targets.index(workspace.brief.target_loudness_lufs))
        asked = workspace.brief.extras
        for extra, action in self._extra_actions.items():
            action.setChecked(extra in asked)
        self.extras.setText(f"Extras: {len(asked)}" if asked else "Extras")
        self.setEnabled(workspace.assistant is not None and not workspace.busy)

    def _extra_action(self, menu: QMenu, extra: Extra, text: str) -> QAction:
        action = QAction(text, menu)
        action.setCheckable(True)
        action.triggered.connect(lambda is_wanted: self._choose_extra(extra, is_wanted))
        menu.addAction(action)
        return action

    def _choose_extra(self, extra: Extra, is_wanted: bool) -> None:
        others = self._workspace.brief.extras - {extra}
        self._workspace.ask_for(extras=others | {extra} if is_wanted else others)

    def _choose_scope(self, place: int) -> None:
        self._workspace.choose(scope=self._scopes[place])

    def _choose_material(self, place: int) -> None:
        self._workspace.choose(material=None if place == 0 else MATERIALS[place - 1])


def scope_choices(session: Session) -> dict[Scope, str]:
    """What this session offers, with its text."""
    choices = {Scope(): "Whole project"}
    if session.time_selection is not None:
        start, end = session.time_selection
        choices[Scope(kind="selection")] = f"Time selection {Places(session=session).span(start, end)}"
    selected = sum(track.selected for track in session.tracks)
    if selected:
        choices[Scope(kind="selected")] = f"Selected: {counted(selected, 'track')}"
    for marker in session.markers:
        if marker.end_seconds is not None and marker.name:
            where = Places(session=session).span(marker.start_seconds, marker.end_seconds)
            choices.setdefault(Scope(kind="region", region=marker.name), f"Region “{marker.name}” {where}")
    return choices


def target_choices(own: float | None) -> dict[float | None, str]:
    """The usual targets, and that of the brief, with their texts."""
    known = sorted({*TARGETS_LUFS, *(() if own is None else (own,))}, reverse=True)
    return {None: "none", **{lufs: f"{lufs:g} LUFS" for lufs in known}}


def scope_text(scope: Scope) -> str:
    """A scope that the session does not offer (any more)."""
    if scope.kind == "tracks":
        return f"Tracks {', '.join(scope.tracks)}"
    words = {"project": "Whole project", "selection": "Time selection", "selected": "Selected tracks"}
    return words.get(scope.kind, f"Region “{scope.region}”")

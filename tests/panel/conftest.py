"""The panel offscreen, over a session in memory; every failure inside a slot fails the test."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PyQt6.QtCore import QEventLoop, QTimer
from PyQt6.QtGui import QStandardItemModel
from PyQt6.QtWidgets import QApplication

from dawassist.analysis.model import Analysis
from dawassist.assistant import Assistant
from dawassist.journal import Journal
from dawassist.kept_review import ReviewFile
from dawassist.plan.brief import Brief
from dawassist.plan.model import LeftOut, Plan
from dawassist.session.model import Session
from dawassist_ui.main_window import MainWindow
from dawassist_ui.tasks import Lanes
from dawassist_ui.theme import apply_theme
from dawassist_ui.workspace import Workspace
from tests.analyses import Sound, make_analysis
from tests.memory_daw import MemoryDaw
from tests.plans import FINGERPRINT, guid, make_fader, make_pan, make_plan
from tests.sessions import make_item, make_session, make_track


@pytest.fixture(scope="session")
def app() -> QApplication:
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    apply_theme(app)
    return app


@pytest.fixture(autouse=True)
def no_lost_exceptions(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    lost: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: lost.append(error))
    yield
    assert lost == []


class ScriptedAssistant(Assistant):
    """The real use cases over a session in memory, with a plan that the test wrote."""

    def __init__(self, daw: MemoryDaw, journal: Journal, plan: Plan) -> None:
        super().__init__(daw, journal, place="a session in memory")
        self.plan = plan
        self.listening: Callable[[Any, Any], None] = lambda _progress, _is_cancelled: None

    def analyze(self, session: Session, brief: Brief, **options: Any) -> Analysis:
        self.listening(options["progress"], options["is_cancelled"])
        return make_analysis(session, [Sound()] * len(session.tracks))

    def suggest(self, session: Session, analysis: Analysis, brief: Brief) -> Plan:
        return self.plan


@dataclass
class Panel:
    window: MainWindow
    workspace: Workspace
    daw: MemoryDaw
    assistant: ScriptedAssistant

    def settle(self) -> None:
        """Run the event loop until no task runs."""
        wait_until(lambda: not self.workspace.busy)

    def suggest(self) -> None:
        self.workspace.suggest()
        self.settle()


def wait_until(holds: Callable[[], bool], seconds: float = 5.0) -> None:
    """Handle events until a condition holds; fails after `seconds`."""
    loop = QEventLoop()
    ticker, limit = QTimer(), QTimer()
    ticker.timeout.connect(lambda: loop.quit() if holds() else None)
    limit.setSingleShot(True)
    limit.timeout.connect(loop.quit)
    ticker.start(2)
    limit.start(round(seconds * 1000))
    if not holds():
        loop.exec()
    ticker.stop()
    limit.stop()
    assert holds()


def rows_of(model: QStandardItemModel) -> list[str]:
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


KICK = make_fader(1, "Kick", -6.0, -3.0)
BASS = make_pan(2, "Bass", 1.0, 0.0, card="bass")
BASS_FADER = make_fader(2, "Bass", -4.0, -7.0, card="bass", requires=(BASS.id,))
LEFT_OUT = LeftOut(track_guid=guid(3), track_name="Keys", reason="It could not be heard from its files.")


@pytest.fixture
def panel(app: QApplication, tmp_path: Path) -> Iterator[Panel]:
    item = make_item("a.wav")
    tracks = [
        make_track(guid=guid(1), number=1, name="Kick", fader_db=-6.0, items=[item]),
        make_track(guid=guid(2), number=2, name="Bass", fader_db=-4.0, pan=1.0, items=[item]),
        make_track(guid=guid(3), number=3, name="Keys", items=[item]),
    ]
    daw = MemoryDaw(make_session(tracks).with_fingerprint(FINGERPRINT))
    plan = replace(make_plan([KICK, BASS, BASS_FADER]), left_out=(LEFT_OUT,))
    assistant = ScriptedAssistant(daw, Journal(tmp_path / "journal.jsonl"), plan)
    assistant._reviews = ReviewFile(tmp_path / "reviews.json")
    workspace = Workspace(Lanes())
    window = MainWindow(workspace)
    window.resize(1280, 800)
    window.show()
    opened = Panel(window, workspace, daw, assistant)
    workspace.open(lambda: assistant)
    opened.settle()
    yield opened
    window.close()

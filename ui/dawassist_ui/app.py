"""The panel as a program: `python -m dawassist_ui [--session FILE.rpp | --demo]`, else the live REAPER."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PyQt6.QtCore import QSettings, QTimer
from PyQt6.QtWidgets import QApplication

from dawassist.assistant import Assistant
from dawassist.opening import open_demo, open_file, open_live
from dawassist_ui.main_window import MainWindow
from dawassist_ui.tasks import Lanes
from dawassist_ui.theme import apply_theme
from dawassist_ui.workspace import Workspace


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("dawassist")
    apply_theme(app)
    workspace = Workspace(Lanes())
    settings = QSettings("dawassist", "panel")
    window = MainWindow(workspace, settings)
    geometry = settings.value("geometry")
    if geometry is not None and not arguments.screenshot:
        window.restoreGeometry(geometry)
    else:
        window.resize(*arguments.size)
    window.show()
    sys.excepthook = lambda kind, error, _trace: window.banner.show_notice(
        f"A defect of ours: {kind.__name__}: {error}. Your decisions are kept."
    )
    if arguments.screenshot:
        _take_screenshot(app, window, arguments.screenshot)
    else:
        window.watch()
    suggests = arguments.suggest or arguments.demo or arguments.screenshot
    workspace.open(_source(arguments), workspace.suggest_after_reading if suggests else None)
    return app.exec()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dawassist-panel", description=__doc__)
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--session", type=Path, metavar="FILE.rpp", help="a project file; Apply writes a copy beside it"
    )
    source.add_argument("--demo", action="store_true", help="the bundled session on the stand-in host")
    parser.add_argument("--instance", help="one of several running REAPERs, by process id")
    parser.add_argument("--web-port", type=int, help="of a stock reapy server")
    parser.add_argument("--discovery-folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--suggest", action="store_true", help="press Suggest mix at once")
    parser.add_argument("--screenshot", type=Path, metavar="FILE.png", help="save a picture of the plan and quit")
    parser.add_argument("--size", type=_size, default=(1360, 800), metavar="WxH")
    return parser


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


def _source(arguments: argparse.Namespace) -> Callable[[], Assistant]:
    if arguments.demo:
        return open_demo
    if arguments.session is not None:
        path: Path = arguments.session
        return lambda: open_file(path, out=_free_name(path))
    return lambda: open_live(
        instance=arguments.instance, web_port=arguments.web_port, discovery_folder=arguments.discovery_folder
    )


def _free_name(path: Path) -> Path:
    """Where Apply writes for a project file: beside it, under a name that is free."""
    candidates = (path.with_name(f"{path.stem} (dawassist{n or ''}){path.suffix}") for n in ("", *range(2, 1000)))
    return next(candidate for candidate in candidates if not candidate.exists())


def _take_screenshot(app: QApplication, window: MainWindow, path: Path) -> None:
    def grab() -> None:
        app.processEvents()
        window.grab().save(str(path))
        window.close()
        app.quit()

    window.workspace.plan_changed.connect(lambda: QTimer.singleShot(200, grab))
    window.workspace.problem.connect(lambda _error: QTimer.singleShot(200, grab))

"""The ruler of a project is read alike through every adapter, and cards tell places in its unit."""

from collections.abc import Callable

from dawassist.session.model import Session
from dawassist.session.ruler import Places
from tests.golden.projects import item, project, track

Opened = Callable[[str], Session]


def test_unit_start_and_frame_rate_of_the_ruler(opened: Opened) -> None:
    film = opened(project(track("A", items=[item("tone.wav")]), lines="TIMEMODE 5 2 0 25 0 -1\nPROJOFFS 3600 -3 0\n"))
    assert (film.ruler_mode, film.ruler_offset_seconds, film.measure_offset, film.frame_rate) == (5, 3600.0, -3, 25)
    assert Places(session=film).text(10.2) == "1:00:10:05"


def test_a_project_that_says_nothing_shows_bars_above_minutes(opened: Opened) -> None:
    plain = opened(project(track("A", items=[item("tone.wav")])))
    assert (plain.ruler_mode, plain.ruler_offset_seconds, plain.measure_offset, plain.frame_rate) == (1, 0.0, 0, 30)

"""Places as the project's ruler shows them; bars only where they are known to fit."""

import pytest

from dawassist.session.model import Session, TempoPoint
from dawassist.session.ruler import Places, bar_and_beat, quarters_at
from tests.sessions import make_session


def session_of(*tempo: tuple[float, float, int, int], **fields: object) -> Session:
    points = tuple(
        TempoPoint(time_seconds=at, bpm=bpm, numerator=above, denominator=below) for at, bpm, above, below in tempo
    )
    return make_session(tempo=points, **fields)


PLAIN = (0.0, 120.0, 4, 4)


@pytest.mark.parametrize(
    ("mode", "text", "span"),
    [
        (0, "1:04", "1:04–1:21"), (1, "bar 33.1", "bars 33.1–41.3"), (2, "bar 33.1", "bars 33.1–41.3"),
        (3, "64.0 s", "64.0 s–81.0 s"), (4, "sample 3072000", "samples 3072000–3888000"),
        (5, "0:01:04:00", "0:01:04:00–0:01:21:00"), (8, "frame 1600", "frames 1600–2025"), (11, "1:04", "1:04–1:21"),
        (99, "1:04", "1:04–1:21"),
    ],
)  # fmt: skip
def test_every_unit_of_the_ruler(mode: int, text: str, span: str) -> None:
    places = Places(session=session_of(PLAIN, ruler_mode=mode, frame_rate=25), has_bars=True)
    assert (places.text(64.0), places.span(64.0, 81.0)) == (text, span)


def test_bars_that_are_not_known_to_fit_are_minutes_and_seconds() -> None:
    assert Places(session=session_of(PLAIN, ruler_mode=2)).text(64.0) == "1:04"
    assert Places().text(64.0) == "1:04"


def test_the_rulers_own_start_counts() -> None:
    film = session_of(PLAIN, ruler_mode=5, ruler_offset_seconds=3600.0, frame_rate=24)
    assert Places(session=film).text(1.5) == "1:00:01:12"
    assert Places(session=session_of(PLAIN, ruler_mode=0, ruler_offset_seconds=-10.0)).text(4.0) == "-0:06"
    assert Places(session=session_of(PLAIN, measure_offset=-2), has_bars=True).text(0.0) == "bar -1.1"


@pytest.mark.parametrize(
    ("seconds", "bar", "beat"), [(0.0, 1, 1), (1.99, 1, 4), (8.0, 5, 1), (11.0, 7, 1), (11.5, 7, 2), (14.0, 9, 1)]
)
def test_bars_follow_tempo_and_time_signature(seconds: float, bar: int, beat: int) -> None:
    """Four bars of 4/4 at 120, then 3/4."""
    assert bar_and_beat(session_of(PLAIN, (8.0, 120.0, 3, 4)), seconds) == (bar, beat)


def test_quarters_follow_the_tempo_map() -> None:
    session = session_of(PLAIN, (10.0, 60.0, 4, 4))
    assert [quarters_at(session, at) for at in (0.0, 5.0, 10.0, 14.0)] == [0.0, 10.0, 20.0, 24.0]
    assert bar_and_beat(session_of((0.0, 120.0, 6, 8)), 1.5) == (2, 1)

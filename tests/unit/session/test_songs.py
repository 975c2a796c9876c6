"""Which regions are songs of a set, and which are parts of one song."""

import pytest

from dawassist.session.model import Marker, TempoPoint
from dawassist.session.songs import songs_of
from tests.sessions import make_session

Region = tuple[str, float, float]
SET: list[Region] = [("Opener", 0.0, 200.0), ("Ballad", 210.0, 430.0), ("Closer", 440.0, 700.0)]


def names(*regions: Region, tempo: tuple[tuple[float, float], ...] = ((0.0, 120.0),)) -> list[str]:
    markers = tuple(
        Marker(number=number, name=name, start_seconds=start, end_seconds=end)
        for number, (name, start, end) in enumerate(regions, start=1)
    )
    points = tuple(TempoPoint(time_seconds=at, bpm=bpm, numerator=4, denominator=4) for at, bpm in tempo)
    return [song.name for song in songs_of(make_session(markers=markers, tempo=points))]


def test_long_regions_with_pauses_between_them_are_songs_in_the_order_of_time() -> None:
    assert names(*reversed(SET)) == ["Opener", "Ballad", "Closer"]


def test_the_region_of_the_whole_set_and_the_parts_of_a_song_do_not_count() -> None:
    assert names(("Whole set", 0.0, 700.0), *SET, ("Solo", 250.0, 330.0)) == ["Opener", "Ballad", "Closer"]


@pytest.mark.parametrize(
    "regions",
    [
        [("Intro", 0.0, 62.0), ("Verse 1", 62.0, 130.0), ("Chorus", 130.0, 195.0)],
        [("A", 0.0, 62.0), ("B", 62.0, 130.0), ("C", 130.0, 195.0)],
        [("Mix this", 0.0, 15.0), ("And this", 30.0, 44.0)],
        [("Song", 0.0, 200.0)],
        [("One", 0.0, 200.0), ("Other", 150.0, 350.0)],
    ],
)
def test_parts_of_one_song_short_stretches_single_and_crossing_regions_are_no_songs(regions: list[Region]) -> None:
    assert names(*regions) == []


def test_another_tempo_parts_songs_that_follow_without_a_pause() -> None:
    medley: list[Region] = [("A", 0.0, 70.0), ("B", 70.0, 140.0), ("", 140.0, 220.0)]
    assert names(*medley, tempo=((0.0, 120.0), (70.0, 96.0), (140.0, 140.0))) == ["A", "B", "Region 3"]
    assert names(*[(name, 2 * start, 2 * end) for name, start, end in medley]) == ["A", "B", "Region 3"]

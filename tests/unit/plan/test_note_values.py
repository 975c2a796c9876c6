"""Note values for pre-delays and echoes."""

import pytest

from dawassist.analysis.tempo_fit import TempoFit
from dawassist.plan.note_values import LEAST_PRE_DELAY_MS, NoteValue, echo, pre_delay


def fit(bpm: float) -> TempoFit:
    return TempoFit(bpm=bpm, agreement=0.5, onsets=400)


@pytest.mark.parametrize(
    ("bpm", "name", "ms"),
    [(120.0, "1/64", 31.25), (90.0, "1/64", 41.67), (60.0, "1/128", 31.25), (140.0, "1/32", 53.57)],
)
def test_a_pre_delay_is_the_shortest_halved_beat_of_at_least_30_ms(bpm: float, name: str, ms: float) -> None:
    found = pre_delay(fit(bpm))
    assert found == NoteValue(name=name, ms=pytest.approx(ms, abs=0.01))
    assert found.ms >= LEAST_PRE_DELAY_MS > found.ms / 2.0


@pytest.mark.parametrize(
    ("bpm", "name", "ms"),
    [(120.0, "dotted 1/8", 375.0), (160.0, "1/4", 375.0), (75.0, "1/8", 400.0), (100.0, "dotted 1/8", 450.0)],
)
def test_an_echo_is_the_note_value_next_to_375_ms(bpm: float, name: str, ms: float) -> None:
    assert echo(fit(bpm)) == NoteValue(name=name, ms=pytest.approx(ms))


@pytest.mark.parametrize("bpm", [50.0, 300.0])
def test_where_no_note_value_is_an_echo_there_is_none(bpm: float) -> None:
    assert echo(fit(bpm)) is None

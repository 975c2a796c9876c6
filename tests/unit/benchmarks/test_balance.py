"""Scrambled balances: the truth is what was not scrambled, and the product takes the sessions for what they are."""

from pathlib import Path

import pytest
from benchmarks.balance import rows
from benchmarks.support.balance_trial import Balanced, State, run_balance
from benchmarks.support.stems import Song

_SECONDS = 3.0


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAWASSIST_CACHE_DIR", str(tmp_path))


@pytest.mark.parametrize("state", ["raw", "in progress"])
def test_sessions_are_taken_for_what_they_are_and_unity_is_off_by_the_scramble(song: Song, state: State) -> None:
    found = run_balance(song, 1, 0, state, _SECONDS)
    assert found.is_taken_so
    assert 1.0 < found.errors_db["unity"] < 9.0
    assert found.nearer <= found.moves


def test_the_bar_compares_the_mean_of_what_is_proposed_with_every_baseline() -> None:
    def result(song: str, proposed: float) -> Balanced:
        errors = {"proposed": proposed, "target": 1.0, "unity": 4.0, "equal loudness": 3.0, "role prior": 2.5}
        return Balanced(
            song=song, state="raw", is_taken_so=True, errors_db=errors, moves=3, nearer=2, shown=1
        )  # fmt: skip

    ahead = next(iter(rows("raw", [result("a", 1.0), result("b", 3.0)])))
    behind = next(iter(rows("raw", [result("a", 2.0), result("b", 3.2)])))
    assert (ahead.ours, ahead.ok) == (2.0, True)
    assert (behind.ours, behind.ok) == (2.6, False)

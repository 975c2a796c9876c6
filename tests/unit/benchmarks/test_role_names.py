"""The labelled names that `scripts/bench roles` scores."""

import json
from collections import Counter
from pathlib import Path

import pytest
from benchmarks.support.role_names import mixology_names, written_names

from dawassist.plan.lexicon import known_roles

HELD_OUT = [(name.group, name.name) for name in written_names("held_out")]
INDEPENDENT = [(name.group, name.name) for name in written_names("independent")]
DEVELOPMENT = [(name.group, name.name) for name in written_names("development")]


def test_no_held_out_name_was_used_for_development() -> None:
    assert not set(HELD_OUT) & set(DEVELOPMENT)


@pytest.mark.parametrize("names", [HELD_OUT, DEVELOPMENT, INDEPENDENT])
def test_ten_languages_have_enough_names(names: list[tuple[str, str]]) -> None:
    counts = Counter(language for language, _ in names)
    assert len(counts) >= 10
    assert min(counts.values()) >= 25
    assert len(names) == len(set(names))


def test_every_label_is_a_role() -> None:
    labels = {role for name in (*written_names("held_out"), *written_names("development")) for role in name.roles}
    assert labels <= set(known_roles())


def test_a_name_has_the_label_that_most_mixes_of_its_song_give_it(tmp_path: Path) -> None:
    def track(name: str, kind: str, subtype: str | None) -> dict[str, str | None]:
        return {"track-name": name, "track-instrument-type": kind, "track-instrument-subtype": subtype}

    kick, snare, none = track("X", "DRUMS", "KICK"), track("X", "DRUMS", "SNARE"), track("Y", "MISC", None)
    mixes = [{"song-name": "A", "tracks": [kick, none]}, {"song-name": "A", "tracks": [snare]}]
    mixes += [{"song-name": "A", "tracks": [kick]}, {"song-name": "B", "tracks": [snare]}]
    path = tmp_path / "mixes.json"
    path.write_text(json.dumps({"mixes": mixes}))
    assert [(n.group, n.name, n.roles) for n in mixology_names(path)] == [("A", "X", ("kick",)), ("B", "X", ("snare",))]

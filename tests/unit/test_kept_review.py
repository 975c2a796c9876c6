"""What was rejected and locked outlives the panel, project by project, without a word in the project."""

from pathlib import Path

import pytest

from dawassist.kept_review import ReviewFile
from dawassist.plan.brief import Brief
from dawassist.review import Decisions

REVIEWED = (
    Decisions().lock("{BASS}").with_role("{KEYS}", "synth").toggle_yielding("{GTR}").reject(["a1"]).accept(["b2"])
)


def test_rejections_locks_and_roles_come_back_and_all_else_is_pending(tmp_path: Path) -> None:
    file = ReviewFile(tmp_path / "new" / "reviews.json")
    file.store("/songs/one.rpp", REVIEWED)
    assert ReviewFile(file.path).load("/songs/one.rpp") == Decisions().lock("{BASS}").with_role(
        "{KEYS}", "synth"
    ).toggle_yielding("{GTR}").reject(["a1"])
    assert file.load("/songs/two.rpp") == Decisions()


def test_what_is_taken_back_is_forgotten(tmp_path: Path) -> None:
    file = ReviewFile(tmp_path / "reviews.json")
    file.store("/songs/one.rpp", REVIEWED)
    file.store("/songs/one.rpp", Decisions())
    assert file.load("/songs/one.rpp") == Decisions()


def test_a_project_that_was_never_saved_is_not_kept(tmp_path: Path) -> None:
    file = ReviewFile(tmp_path / "reviews.json")
    file.store("", REVIEWED)
    assert not file.path.exists()


@pytest.mark.parametrize(
    "text", ["", "[1]", '{"/songs/one.rpp": 3}', '{"/songs/one.rpp": {"locked": 1, "rejected": [], "roles": {}}}']
)
def test_a_damaged_file_holds_nothing_and_is_replaced(tmp_path: Path, text: str) -> None:
    file = ReviewFile(tmp_path / "reviews.json")
    file.path.write_text(text, encoding="utf-8")
    assert file.load("/songs/one.rpp") == Decisions()
    file.store("/songs/one.rpp", REVIEWED)
    assert file.load("/songs/one.rpp").rejected == {"a1"}


def test_the_projects_reviewed_longest_ago_go_first(tmp_path: Path) -> None:
    file = ReviewFile(tmp_path / "reviews.json")
    for number in range(201):
        file.store(f"/songs/{number}.rpp", REVIEWED)
    assert file.load("/songs/0.rpp") == Decisions()
    assert file.load("/songs/1.rpp").rejected == {"a1"}


def test_a_review_adds_to_what_a_brief_leaves_alone() -> None:
    before = Brief(locked_tracks=frozenset({"Drums"}), rejected=frozenset({"c3"}), pinned_roles=(("{KEYS}", "keys"),))
    brief = REVIEWED.in_brief(before)
    assert (brief.locked_tracks, brief.rejected) == ({"Drums", "{BASS}"}, {"a1", "c3"})
    assert brief.unyielding_tracks == {"{GTR}"}
    assert dict(brief.pinned_roles) == {"{KEYS}": "synth"}

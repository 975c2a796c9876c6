"""Rejections and locks of every project, kept on this machine from the moment they are made.

What is applied keeps them with the project too; until then nothing may be written there.
"""

from pathlib import Path

from dawassist.journal import data_folder
from dawassist.kept_files import load_json, store_json
from dawassist.review import Decisions

_MOST_PROJECTS = 200


class ReviewFile:
    """By project path; those that were reviewed longest ago go first. A project that was never saved is not kept."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self, project_path: str) -> Decisions:
        """What was rejected and locked there; all else is pending."""
        kept = load_json(self.path).get(project_path, {})
        try:
            return Decisions(locked_tracks=frozenset(map(str, kept["locked"]))).reject(map(str, kept["rejected"]))
        except (KeyError, TypeError):
            return Decisions()

    def store(self, project_path: str, decisions: Decisions) -> None:
        """In place of what was kept of this project. Raises InputError when it cannot be written."""
        kept = {"rejected": sorted(decisions.rejected), "locked": sorted(decisions.locked_tracks)}
        projects = load_json(self.path)
        before = projects.pop(project_path, {"rejected": [], "locked": []})
        if not project_path or kept == before:
            return
        projects[project_path] = kept
        store_json(self.path, dict(list(projects.items())[-_MOST_PROJECTS:]), "What you rejected and locked")


def default_review_file() -> ReviewFile:
    """In the user's data folder."""
    return ReviewFile(data_folder() / "reviews.json")

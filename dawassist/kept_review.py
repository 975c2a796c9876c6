"""Rejections, locks, told roles and who does not yield, of every project: kept on this machine from the first moment.

What is applied keeps them with the project too; until then nothing may be written there.
"""

from pathlib import Path
from types import MappingProxyType

from dawassist.journal import data_folder
from dawassist.kept_files import load_json, store_json
from dawassist.review import Decisions

_MOST_PROJECTS = 200


class ReviewFile:
    """By project path; those that were reviewed longest ago go first. A project that was never saved is not kept."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self, project_path: str) -> Decisions:
        """What was rejected, locked and told there; all else is pending."""
        kept = load_json(self.path).get(project_path, {})
        try:
            locked, told = frozenset(map(str, kept["locked"])), MappingProxyType(dict(kept["roles"]))
            unyielding = frozenset(map(str, kept.get("unyielding", ())))
            decisions = Decisions(locked_tracks=locked, told_roles=told, unyielding_tracks=unyielding)
            return decisions.reject(map(str, kept["rejected"]))
        except (KeyError, TypeError, ValueError):
            return Decisions()

    def store(self, project_path: str, decisions: Decisions) -> None:
        """In place of what was kept of this project. Raises InputError when it cannot be written."""
        kept = _kept(decisions)
        projects = load_json(self.path)
        if not project_path or kept == projects.pop(project_path, _kept(Decisions())):
            return
        projects[project_path] = kept
        store_json(self.path, dict(list(projects.items())[-_MOST_PROJECTS:]), "What you rejected and locked")


def _kept(decisions: Decisions) -> dict[str, object]:
    return {
        "rejected": sorted(decisions.rejected),
        "locked": sorted(decisions.locked_tracks),
        "unyielding": sorted(decisions.unyielding_tracks),
        "roles": dict(sorted(decisions.told_roles.items())),
    }


def default_review_file() -> ReviewFile:
    """In the user's data folder."""
    return ReviewFile(data_folder() / "reviews.json")

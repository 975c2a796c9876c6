"""Learning from verdicts: what an engineer accepted, edited or rejected becomes their taste, kept on this machine only.

Only faders that were proposed as taste teach anything: a fault that is left alone says nothing about levels.
"""

from collections.abc import Collection, Iterator
from pathlib import Path
from types import MappingProxyType

from dawassist.journal import data_folder
from dawassist.kept_files import load_json, store_json
from dawassist.plan.model import Plan
from dawassist.plan.taste import LevelVerdict, RoleTaste, Taste
from dawassist.review import Decisions

_REJECTED_WEIGHT = 0.5  # a move may be rejected for other reasons than its size


def level_verdicts(plan: Plan, decisions: Decisions, identities: Collection[str]) -> Iterator[LevelVerdict]:
    """What the verdicts on those of these recommendations that are taste faders say about the levels of roles."""
    for recommendation in plan.recommendations:
        if recommendation.id not in identities:
            continue
        role = plan.role(recommendation.track_guid)
        decision = decisions.of(recommendation.id)
        if recommendation.kind != "fader" or recommendation.basis != "taste" or role is None:
            continue
        proposed_db = recommendation.change.after
        if decision.verdict == "accepted":
            yield LevelVerdict(role=role.role, beyond_db=decisions.change(recommendation).after - proposed_db)
        elif decision.verdict == "rejected":
            beyond_db = recommendation.change.before - proposed_db
            yield LevelVerdict(role=role.role, beyond_db=beyond_db, weight=_REJECTED_WEIGHT)


class TasteFile:
    """Where a taste is kept. A file that is absent or damaged is no taste."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Taste:
        try:
            kept = load_json(self.path)
            return Taste(by_role=MappingProxyType({role: RoleTaste(**values) for role, values in kept.items()}))
        except TypeError:
            return Taste()

    def store(self, taste: Taste) -> None:
        """Replace the file whole. Raises InputError when it cannot be written."""
        data = {role: {"sum_db": each.sum_db, "verdicts": each.verdicts} for role, each in taste.by_role.items()}
        store_json(self.path, data, "What was learned")

    def forget(self) -> None:
        """Back to what engineers in general do."""
        self.path.unlink(missing_ok=True)


def default_taste_file() -> TasteFile:
    """In the user's data folder."""
    return TasteFile(data_folder() / "taste.json")

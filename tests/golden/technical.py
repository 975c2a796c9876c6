"""What the technical pass says of a hand-made session with the band of `band`."""

from collections.abc import Sequence
from pathlib import Path

from dawassist.journal import Journal
from dawassist.opening import open_file
from dawassist.plan.brief import Brief
from dawassist.plan.model import Plan
from dawassist.session.findings import TECHNICAL, Finding
from dawassist.session.model import Session
from tests.golden.band import SECONDS
from tests.golden.projects import item, reacomp, track, write

CRUSH = reacomp({0: 0.02, 1: 0.1})


class Told:
    """The technical findings of a session, by numbers of tracks, and its plan."""

    def __init__(self, folder: Path, text: str, brief: Brief | None = None) -> None:
        chosen = brief or Brief()
        with open_file(write(folder, text), journal=Journal(folder / "journal.jsonl")) as assistant:
            self.session: Session = assistant.snapshot()
            analysis = assistant.analyze(self.session, chosen)
            self.plan: Plan = assistant.suggest(self.session, analysis, chosen)
            findings = assistant.findings(self.session, analysis, chosen)
        self.findings: list[Finding] = [finding for finding in findings if finding.kind in TECHNICAL]

    @property
    def faults(self) -> set[tuple[str, frozenset[int]]]:
        numbers = {track.guid: track.number for track in self.session.tracks}
        return {
            (f.kind, frozenset(numbers[guid] for guid in (f.track_guid, f.other_guid) if guid in numbers))
            for f in self.findings
        }

    @property
    def technical_moves(self) -> set[tuple[int, str, float]]:
        return {
            (move.track_number, move.kind, round(move.change.after, 2))
            for move in self.plan.recommendations
            if move.basis == "technical"
        }


def part(name: str, file: str, **fields: object) -> str:
    return track(name, items=[item(f"{file}.wav", length=SECONDS)], **fields)  # type: ignore[arg-type]


def rest() -> Sequence[str]:
    return part("Bass", "bass"), part("Guitar", "guitar"), part("Lead", "voice")

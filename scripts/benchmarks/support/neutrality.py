"""What a plan leaves of the loudness into the master, and whether what it says of a change is so, by re-rendering."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from benchmarks.support.independent_render import IndependentRender
from benchmarks.support.prediction_measures import loudness_lufs
from benchmarks.support.written_project import WrittenProject, read_written

from dawassist.apply import apply, transaction_of
from dawassist.journal import Journal
from dawassist.plan.model import Plan
from dawassist.projectfile import ProjectFile
from dawassist.review import Decisions

KEPT_LU = 0.3
_OF_A_CARD = re.compile(r"The mix into the master changes by ([+-]\d+\.\d) LU")
_OF_ALL = re.compile(r"All together change the mix by ([+-]\d+\.\d) LU")


def neutrality(path: Path, plan: Plan, render: IndependentRender) -> Iterator[tuple[str, float]]:
    """By name, LU: what changes without a word; how far from the truth is what cards say, and what is said of all."""
    before = read_written(path)
    now = loudness_lufs(render.mix(before), before.rate_hz)

    def changed_lu(made: Collection[str]) -> float:
        return loudness_lufs(render.mix(with_moves(path, plan, made)), before.rate_hz) - now if made else 0.0

    stated = stated_lu(plan)
    silent = [r.id for r in plan.recommendations if r.card not in stated]
    yield "a change that no card states", abs(changed_lu(silent))
    for card, said in stated.items():
        yield "a stated change, off by", abs(changed_lu([r.id for r in plan.recommendations if r.card == card]) - said)
    said_of_all = _OF_ALL.search(plan.summary)
    total = changed_lu([r.id for r in plan.recommendations])
    yield "all together, off what is said", abs(total - (float(said_of_all[1]) if said_of_all else 0.0))


def stated_lu(plan: Plan) -> dict[str, float]:
    """By card, the change of the mix that its words give a number of."""
    lines = ((r.card, line.text) for r in plan.recommendations for line in r.rationale.evidence)
    return {card: float(found[1]) for card, text in lines if (found := _OF_A_CARD.search(text))}


def with_moves(path: Path, plan: Plan, made: Collection[str]) -> WrittenProject:
    """The session with these moves made, written beside its media."""
    out = path.with_name(f"{path.stem} {len(list(path.parent.glob('*.rpp')))}.rpp")
    journal = Journal(path.with_name("neutrality.jsonl"))
    apply(ProjectFile(path, out), journal, transaction_of(plan, Decisions().accept(made)))
    return read_written(out)

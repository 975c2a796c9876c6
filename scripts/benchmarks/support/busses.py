"""Sessions whose rhythm and voices go through folders with a compressor, and what a plan does to its drive."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.support.independent_render import IndependentRender
from benchmarks.support.neutrality import with_moves
from benchmarks.support.prediction_measures import loudness_lufs
from benchmarks.support.written_project import read_written
from demo_session.plugins import compressor
from demo_session.project import TrackSpec

from dawassist.plan.model import Plan

KEPT_DRIVE_LU, SAID_WITHIN_LU = 0.5, 0.3
_INSIDE = {
    "Drum Bus": ("kick", "hat", "drum", "beat", "snare", "prc", "tops", "toms", "k & sn", "hh "), "Vox Bus": ("vox",),
}  # fmt: skip
_SAID = re.compile(r"What drives the plug-ins of “(.+?)” changes by ([+-]\d+\.\d) dB")
Folders = Sequence[tuple[TrackSpec, Collection[str]]]


def busses_of(names: Collection[str]) -> Folders:
    """The folders, with the names of the strips inside."""
    chain = (compressor(threshold_db=-24.0, ratio=3.0, attack_ms=15.0, release_ms=120.0),)
    return [
        (TrackSpec(key=bus, name=bus, color=(0, 0, 0), fx=chain), [n for n in names if any(w in n.lower() for w in of)])
        for bus, of in _INSIDE.items()
    ]


def changes_of_drive(path: Path, plan: Plan, render: IndependentRender) -> Iterator[tuple[str, float, float]]:
    """By name, LU and the limit: what folders with plug-ins get more or less without a word, and how far off a word is.

    What stands before a plug-in is measured without it.
    """
    before = read_written(path)
    busses = {track.guid: track.name for track in before.tracks if track.is_folder and track.fx}
    said = _said(plan)
    for guid, name in busses.items():
        now = loudness_lufs(render.into(before, guid), before.rate_hz)
        of_cards = said[name]
        silent = [r.id for r in plan.recommendations if r.card not in of_cards]
        after = loudness_lufs(render.into(with_moves(path, plan, silent), guid), before.rate_hz)
        yield "a change of drive that no card states", abs(after - now), KEPT_DRIVE_LU
        for card, change in of_cards.items():
            made = [r.id for r in plan.recommendations if r.card == card]
            after = loudness_lufs(render.into(with_moves(path, plan, made), guid), before.rate_hz)
            yield "a stated change of drive, off by", abs(after - now - change), SAID_WITHIN_LU


def _said(plan: Plan) -> Mapping[str, dict[str, float]]:
    """By bus and card, the change that its words give a number of."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for recommendation in plan.recommendations:
        for line in recommendation.rationale.evidence:
            for bus, change in _SAID.findall(line.text):
                found[bus][recommendation.card] = float(change)
    return found

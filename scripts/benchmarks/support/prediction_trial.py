"""Every move of a plan written into a file of its own, rendered again from what that file says, and measured again."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.support.independent_render import IndependentRender, Samples, band_db, is_modelled, loudness_lufs
from benchmarks.support.written_project import WrittenProject, read_written

from dawassist.apply import apply, transaction_of
from dawassist.assistant import open_file
from dawassist.journal import Journal
from dawassist.plan.brief import Brief
from dawassist.plan.mix_state import MixState
from dawassist.plan.model import Plan, Prediction, Recommendation
from dawassist.projectfile import ProjectFile
from dawassist.realize.demands import balance_of
from dawassist.review import Decisions
from dawassist.session.graph import Graph, build_graph

_ENERGY = re.compile(r"energy at (\d+)–(\d+) Hz of (.+)")
_UNDER = re.compile(r"level under (\d+) Hz")
_MIX, _TRACK = "mix loudness", "track loudness"
_MODELLED_KINDS = frozenset({"send"})
_TAIL_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A predicted change beside the re-rendered one. `is_modelled`: a reverb, or a plug-in nobody verified, is in it.

    `measured` is None where the words of the prediction name nothing that could be measured here.
    """

    kind: str
    metric: str
    predicted: float
    measured: float | None
    is_modelled: bool
    session: str


def compare_plan(path: Path, name: str, folder: Path) -> list[Compared]:
    """All predictions of the plan of the session at `path`, and what its moves do together."""
    with open_file(path, journal=Journal(folder / "journal.jsonl")) as assistant:
        session, brief = assistant.snapshot(), Brief()
        analysis = assistant.analyze(session, brief)
        plan = assistant.suggest(session, analysis, brief)
    if not plan.recommendations:
        return []
    assert analysis.covariance is not None
    frames = round((session.length_seconds + _TAIL_SECONDS) * session.sample_rate_hz)
    rendered = _Renders(path, plan, folder, IndependentRender(frames), build_graph(session))
    found = [each for r in plan.recommendations for each in rendered.of(r, name)]
    now = MixState(session, analysis.covariance)
    together = now.changed(balance_of(each.change for each in plan.recommendations)).mix_lufs - now.mix_lufs
    everything = [each.id for each in plan.recommendations]
    if all(each.kind in ("fader", "pan", "polarity", "mute") for each in plan.recommendations):
        found.append(
            Compared(kind="whole plan", metric=_MIX, predicted=together, measured=rendered.mix_change_lu(everything),
                     is_modelled=False, session=name)
        )  # fmt: skip
    return found


class _Renders:
    """The session as it is and with some of its moves made."""

    def __init__(self, path: Path, plan: Plan, folder: Path, render: IndependentRender, graph: Graph) -> None:
        self._path, self._plan, self._folder, self._graph = path, plan, folder, graph
        self._render = render
        self._before = read_written(path)
        self._mix_before = self._lufs(self._before, None)
        self._files: dict[frozenset[str], WrittenProject] = {}

    def of(self, recommendation: Recommendation, session: str) -> Iterator[Compared]:
        """What names a band is said of the whole card; what names a loudness of the move with what it requires."""
        alone = frozenset({recommendation.id, *recommendation.requires})
        card = frozenset(each.id for each in self._plan.recommendations if each.card == recommendation.card)
        inside = [recommendation.track_guid, *self._graph.descendants(recommendation.track_guid)]
        concerned = [track for track in self._before.tracks if track.guid in inside]
        modelled = recommendation.kind in _MODELLED_KINDS or any(map(is_modelled, concerned))
        for prediction in recommendation.predicted:
            yield Compared(
                kind=recommendation.kind, metric=re.sub(r" of .+|(?<=under) .+", "", prediction.metric),
                predicted=prediction.after - prediction.before,
                measured=self._measured(prediction, alone, card, inside),
                is_modelled=modelled, session=session,
            )  # fmt: skip

    def mix_change_lu(self, identities: Iterable[str]) -> float:
        return self._lufs(self._with(frozenset(identities)), None) - self._mix_before

    def _measured(
        self, prediction: Prediction, alone: frozenset[str], card: frozenset[str], inside: Sequence[str]
    ) -> float | None:
        if prediction.metric == _MIX:
            return self.mix_change_lu(alone)
        if prediction.metric == _TRACK:
            return self._lufs(self._with(alone), inside) - self._lufs(self._before, inside)
        if under := _UNDER.fullmatch(prediction.metric):
            return self._band_change_db(alone, inside, 0.0, float(under.group(1)))
        band = _ENERGY.fullmatch(prediction.metric)
        named = self._named(band.group(3)) if band else []
        return self._band_change_db(card, named, float(band.group(1)), float(band.group(2))) if band and named else None

    def _band_change_db(self, made: frozenset[str], guids: Collection[str], low_hz: float, high_hz: float) -> float:
        before, after = (
            band_db(self._mix(project, guids), project.rate_hz, low_hz, high_hz)
            for project in (self._before, self._with(made))
        )
        return after - before

    def _named(self, text: str) -> list[str]:
        """The tracks of "A + B"; none where a name is no track's or that of several."""
        found = [[track.guid for track in self._before.tracks if track.name == name] for name in text.split(" + ")]
        return [guids[0] for guids in found] if all(len(guids) == 1 for guids in found) else []

    def _with(self, identities: frozenset[str]) -> WrittenProject:
        if identities not in self._files:
            out = self._path.with_name(f"variant {len(self._files)}.rpp")  # beside its media
            transaction = transaction_of(self._plan, Decisions().accept(identities))
            apply(ProjectFile(self._path, out), Journal(self._folder / "journal.jsonl"), transaction)
            self._files[identities] = read_written(out)
        return self._files[identities]

    def _mix(self, project: WrittenProject, only: Collection[str] | None) -> Samples:
        return self._render.mix(project, only)

    def _lufs(self, project: WrittenProject, only: Collection[str] | None) -> float:
        return loudness_lufs(self._mix(project, only), project.rate_hz)

"""Every move of a plan written into a file of its own, rendered again from what that file says, and measured again."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from benchmarks.support.independent_render import IndependentRender, Samples, is_modelled, makeup_db
from benchmarks.support.prediction_measures import (
    against_rest_db,
    band_db,
    lines_db,
    loudness_lufs,
    mean_reduction_db,
    offset_dbfs,
    over_own_spectrum_db,
    spread_change_db,
    while_playing,
)
from benchmarks.support.written_project import WrittenProject, read_written

from dawassist.analysis.model import Analysis
from dawassist.apply import apply, transaction_of
from dawassist.journal import Journal
from dawassist.opening import open_file
from dawassist.plan.brief import Brief
from dawassist.plan.mix_state import MixState
from dawassist.plan.model import Plan, Prediction, Recommendation
from dawassist.projectfile import ProjectFile
from dawassist.realize.demands import balance_of
from dawassist.review import Decisions
from dawassist.session.edits import SetEnvelopePoints
from dawassist.session.graph import Graph, build_graph

_ENERGY = re.compile(r"energy while playing at (\d+)–(\d+) Hz of (.+)")
_ITS_ENERGY = re.compile(r"its energy at (\d+)–(\d+) Hz")
_UNDER = re.compile(r"level under (\d+) Hz")
_OWN_SPECTRUM = re.compile(r".+ over its own spectrum")
_RIDE = re.compile(r"against the rest at .+")
_REVERB = "reverb against dry, modelled"
_MIX, _TRACK, _REDUCTION, _SPREAD = "mix loudness", "track loudness", "mean gain reduction", "spread of 400 ms levels"
_THE_KIT = "the kit"
_LOWEST_RUMBLE_HZ = 4.5  # as the product counts it
_SHAPES = ("high-pass", "low shelf", "bell", "high shelf")
_DISTURBANCE = re.compile(r"(DC offset|rumble|hum) of (.+?)(?: under (\d+) Hz)?")
_DECIBELS = frozenset({"dB", "LU", "LUFS", "dBFS"})
_INAUDIBLE_DBFS = -90.0  # what is lower is gone
_TAIL_SECONDS = 1.0
Made = frozenset[str]


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
    unit: str = "dB"


def compare_plan(path: Path, name: str, folder: Path, brief: Brief | None = None) -> list[Compared]:
    """All predictions of the plan of the session at `path`, and what its moves do together."""
    brief = brief or Brief()
    with open_file(path, journal=Journal(folder / "journal.jsonl")) as assistant:
        session = assistant.snapshot()
        analysis = assistant.analyze(session, brief)
        plan = assistant.suggest(session, analysis, brief)
    if not plan.recommendations:
        return []
    assert analysis.mix_covariance is not None
    frames = round((session.length_seconds + _TAIL_SECONDS) * session.sample_rate_hz)
    rendered = _Renders(path, plan, analysis, folder, IndependentRender(frames), build_graph(session))
    found = [each for r in plan.recommendations for each in rendered.of(r, name)]
    now = MixState(session, analysis.mix_covariance)
    together = now.changed(balance_of(each.change for each in plan.recommendations)).mix_lufs - now.mix_lufs
    everything = frozenset(each.id for each in plan.recommendations)
    if all(each.kind in ("fader", "pan", "polarity", "mute") for each in plan.recommendations):
        found.append(
            Compared(kind="whole plan", metric=_MIX, predicted=together, measured=rendered.mix_change_lu(everything),
                     is_modelled=False, session=name)
        )  # fmt: skip
    return found


def kind_of(recommendation: Recommendation) -> str:
    """The kind, an equalizer's with its shape."""
    about = recommendation.change.about
    shape = next((shape for shape in _SHAPES if about.startswith(shape)), "")
    return f"{recommendation.kind} {shape}".strip()


class _Renders:
    """The session as it is and with some of its moves made."""

    def __init__(
        self, path: Path, plan: Plan, analysis: Analysis, folder: Path, render: IndependentRender, graph: Graph
    ) -> None:
        self._path, self._plan, self._analysis, self._folder, self._graph = path, plan, analysis, folder, graph
        self._render = render
        self._files: dict[Made, WrittenProject] = {frozenset(): read_written(path)}
        self._levels: dict[tuple[Made, frozenset[str] | None], float] = {}

    def of(self, recommendation: Recommendation, session: str) -> Iterator[Compared]:
        """What a proposal predicts is said of all its moves on the track; a loudness of the move with what it
        requires; what names several tracks of the whole card."""
        inside = [recommendation.track_guid, *self._graph.descendants(recommendation.track_guid)]
        written = self._files[frozenset()]
        modelled = recommendation.kind == "send" or any(is_modelled(written, guid) for guid in inside)
        for prediction in recommendation.predicted:
            is_reverb = prediction.metric == _REVERB
            yield Compared(
                kind=kind_of(recommendation), metric=_short(prediction.metric),
                predicted=_floored(prediction.after) - (0.0 if is_reverb else _floored(prediction.before)),
                measured=self._measured(prediction, recommendation, inside),
                is_modelled=modelled, session=session, unit="dB" if prediction.unit in _DECIBELS else prediction.unit,
            )  # fmt: skip

    def mix_change_lu(self, made: Made) -> float:
        return self._lufs(made, None) - self._lufs(frozenset(), None)

    def _measured(self, prediction: Prediction, of: Recommendation, inside: Sequence[str]) -> float | None:
        metric, alone = prediction.metric, frozenset({of.id, *of.requires})
        if metric == _MIX:
            return self.mix_change_lu(alone)
        if metric == _TRACK:
            made = self._on_track(of) if of.kind in ("eq", "compressor") else alone
            return self._lufs(made, inside) - self._lufs(frozenset(), inside)
        if metric == _REVERB:
            return self._reverb_db(of)
        if band := _ENERGY.fullmatch(metric):
            return self._energy_change_db(of, band.group(3), float(band.group(1)), float(band.group(2)))
        before, after = (self._mix(made, inside) for made in (frozenset[str](), self._on_track(of)))
        return self._change_of_track(metric, of, before, after)

    def _change_of_track(self, metric: str, of: Recommendation, before: Samples, after: Samples) -> float | None:
        rate = self._files[frozenset()].rate_hz
        if under := _UNDER.fullmatch(metric):
            edge_hz = float(under.group(1))
            return band_db(after, rate, 0.0, edge_hz) - band_db(before, rate, 0.0, edge_hz)
        if own := _ITS_ENERGY.fullmatch(metric):
            low_hz, high_hz = (float(each) for each in own.groups())
            return band_db(after, rate, low_hz, high_hz) - band_db(before, rate, low_hz, high_hz)
        if metric == _REDUCTION:
            return mean_reduction_db(before, after, rate, makeup_db(self._with(self._on_track(of)), of.track_guid))
        if metric == _SPREAD:
            return spread_change_db(before, after, rate)
        if _OWN_SPECTRUM.fullmatch(metric):
            center_hz = next(change.after for change in of.change.also if change.parameter == "Frequency")
            return over_own_spectrum_db(after, rate, center_hz) - over_own_spectrum_db(before, rate, center_hz)
        if found := _DISTURBANCE.fullmatch(metric):
            return self._disturbance_change_db(of, *found.groups())
        return self._ride_db(of) if _RIDE.fullmatch(metric) else None

    def _disturbance_change_db(self, of: Recommendation, kind: str, name: str, under_hz: str | None) -> float | None:
        """At the fader input of the track of that name, by all moves of the card."""
        card = frozenset(each.id for each in self._plan.recommendations if each.card == of.card)
        track = next(t for t in self._files[frozenset()].tracks if t.guid == of.track_guid)
        if not track.name.startswith(name.rstrip("…")) or not track.gain:
            return None
        rate = self._files[frozenset()].rate_hz
        before, after = (self._render.stem(self._with(made), of.track_guid) for made in (frozenset[str](), card))
        if kind == "DC offset":
            return _floored(offset_dbfs(after)) - _floored(offset_dbfs(before))
        if kind == "rumble":
            levels = (band_db(each, rate, _LOWEST_RUMBLE_HZ, float(under_hz or 0.0)) for each in (after, before))
            return float(np.subtract(*levels))
        measured = self._analysis.track(of.track_guid)
        hum = measured.disturbances.hum if measured and measured.disturbances else None
        lines = [hertz for hertz, _ in hum.lines_dbfs] if hum else []
        return lines_db(after, rate, lines) - lines_db(before, rate, lines) if lines else None

    def _on_track(self, of: Recommendation) -> Made:
        """The moves of the same proposal on the track of `of`, and what they require."""
        same = [r for r in self._plan.recommendations if (r.card, r.track_guid, r.kind, r.reason_class)
                == (of.card, of.track_guid, of.kind, of.reason_class)]  # fmt: skip
        return frozenset(identity for each in same for identity in (each.id, *each.requires))

    def _energy_change_db(self, of: Recommendation, names: str, low_hz: float, high_hz: float) -> float | None:
        """Of a kit, beside what the plan corrects of its tracks already."""
        card = frozenset(each.id for each in self._plan.recommendations if each.card == of.card)
        if names == _THE_KIT:
            guids = max((low.track_guids for low in self._analysis.whole_low_ends if of.track_guid in low.track_guids),
                        key=len, default=())  # fmt: skip
            beside = frozenset(
                each.id for each in self._plan.recommendations
                if each.track_guid in guids and each.kind in ("polarity", "delay")
            ) - card  # fmt: skip
        else:
            guids, beside = tuple(self._named(names)), frozenset()
        if not guids:
            return None
        rate = self._files[frozenset()].rate_hz
        before, after = (
            band_db(while_playing(self._mix(made, guids), rate, self._segments(guids)), rate, low_hz, high_hz)
            for made in (beside, beside | card)
        )
        return after - before

    def _segments(self, guids: Iterable[str]) -> list[tuple[float, float]]:
        """When the plan says that one of them plays."""
        activities = [track.activity for guid in guids if (track := self._analysis.track(guid)) and track.activity]
        return [segment for activity in activities for segment in activity.segments]

    def _ride_db(self, of: Recommendation) -> float:
        (edit,) = of.change.setup
        assert isinstance(edit, SetEnvelopePoints)
        _, start, *_, end, _ = (point.time_seconds for point in edit.desired_points)
        card = [each for each in self._plan.recommendations if each.card == of.card]
        ridden = {each.track_guid for each in card}
        others = [track.guid for track in self._files[frozenset()].tracks if track.guid not in ridden]
        rate = self._files[frozenset()].rate_hz
        margins = [
            against_rest_db(self._mix(made, ridden), self._mix(made, others), rate, start, end)
            for made in (frozenset[str](), frozenset(each.id for each in card))
        ]
        return margins[1] - margins[0]

    def _reverb_db(self, of: Recommendation) -> float:
        """What comes back of the track, its dry sound taken out, against that."""
        dry, both = (self._mix(made, [of.track_guid]) for made in (frozenset[str](), frozenset({of.id})))
        rate = self._files[frozenset()].rate_hz
        return loudness_lufs(both - dry, rate) - loudness_lufs(dry, rate)

    def _named(self, text: str) -> list[str]:
        """The tracks of "A + B"; none where a name is no track's or that of several."""
        tracks = self._files[frozenset()].tracks
        found = [[track.guid for track in tracks if track.name == name] for name in text.split(" + ")]
        return [guids[0] for guids in found] if all(len(guids) == 1 for guids in found) else []

    def _with(self, made: Made) -> WrittenProject:
        if made not in self._files:
            out = self._path.with_name(f"variant {len(self._files)}.rpp")  # beside its media
            transaction = transaction_of(self._plan, Decisions().accept(made))
            apply(ProjectFile(self._path, out), Journal(self._folder / "journal.jsonl"), transaction)
            self._files[made] = read_written(out)
        return self._files[made]

    def _mix(self, made: Made, only: Collection[str] | None) -> Samples:
        return self._render.mix(self._with(made), only)

    def _lufs(self, made: Made, only: Iterable[str] | None) -> float:
        place = made, None if only is None else frozenset(only)
        if place not in self._levels:
            self._levels[place] = loudness_lufs(self._mix(*place), self._files[frozenset()].rate_hz)
        return self._levels[place]


def _floored(level: float) -> float:
    return max(level, _INAUDIBLE_DBFS)


def _short(metric: str) -> str:
    """Without the names, places and frequencies of a session."""
    if _OWN_SPECTRUM.fullmatch(metric):
        return "over its own spectrum"
    if _ITS_ENERGY.fullmatch(metric):
        return "its energy in the band"
    return re.sub(r" of [^0-9].+|(?<=under) .+|(?<=against the rest) .+|(?<=covered) .+", "", metric)

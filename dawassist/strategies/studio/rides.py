"""Passages in which a lead disappears, or gets louder itself and sticks out: a ride on its volume envelope, on a card
of its own and never more than 3 dB. The microphones of one lead, or the sides of a pair, are ridden together.

Where a lead has no volume envelope yet, one is made only if the brief asks for it (`new_envelopes`). A voice that
stands alone over a thin passage is left as it is: that is how songs are written.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.intents import EnvelopeIntent
from dawassist.plan.draft import Proposal
from dawassist.plan.mix_problem import Situation, own_segments
from dawassist.plan.mix_state import MixState
from dawassist.plan.model import Prediction, Rationale
from dawassist.plan.objects import MixObject
from dawassist.plan.rationale import shortened
from dawassist.plan.roles import FIRM
from dawassist.session.findings import Evidence, PlotSeries
from dawassist.session.ruler import Places

Values = npt.NDArray[np.float64]
SUNK_DB = -6.0  # against the rest, K-weighted: nearer than that it is heard
SUNK_UNDER_OWN_DB = 5.0  # under its own median margin
OUT_DB = 6.0  # over its own median margin, while the lead itself is that much louder than its median, too
SHORTEST_SECONDS = 2.0
LARGEST_RIDE_DB = 3.0
_SMOOTHED_BLOCKS = 15
_PAUSE_SECONDS = 1.0  # sung blocks further apart belong to two phrases
_MOST_RIDES = 2
_CONFIDENCE = 0.4  # a taste: how loud a voice is to be in a passage is for its engineer to say
_RAMP_SECONDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Passage:
    start_seconds: float
    end_seconds: float
    margin_db: float


def rides(situation: Situation, mix: MixState) -> Iterator[Proposal]:
    """The passages that sink furthest, of every lead. `mix` is the one that is judged."""
    for each in situation.objects:
        if each.role.role != "lead_vocal" or each.role.confidence < FIRM or not _is_heard(situation, each):
            continue
        seconds, margins_db = mix.margins_db(each.guids, own_segments(situation, each.guids))
        if not len(margins_db):
            continue
        own_db = float(np.median(margins_db))
        found = sorted(_sunk(seconds, margins_db, own_db), key=lambda passage: passage.margin_db)[:_MOST_RIDES]
        creates = "new_envelopes" in situation.brief.extras
        found += sorted(_sticking_out(mix, each, seconds, margins_db, own_db), key=lambda p: -p.margin_db)[:_MOST_RIDES]
        for passage in sorted(found, key=lambda passage: passage.start_seconds):
            yield _proposal(each, passage, own_db, (seconds, margins_db), situation.places, creates=creates)


def _is_heard(situation: Situation, each: MixObject) -> bool:
    """Behind the plug-ins of all of its tracks."""
    measured = [situation.analysis.track(guid) for guid in each.guids]
    return all(m is not None and m.measured_at == "after_chain" for m in measured)


def _sunk(seconds: Values, margins_db: Values, own_db: float) -> Iterator[_Passage]:
    limit_db = min(SUNK_DB, own_db - SUNK_UNDER_OWN_DB)
    yield from _passages(seconds, margins_db, margins_db, lambda level_db: level_db < limit_db)


def _sticking_out(
    mix: MixState, each: MixObject, seconds: Values, margins_db: Values, own_db: float
) -> Iterator[_Passage]:
    """Where both the margin and the lead itself rise: over a thin passage only the margin does."""
    places = np.searchsorted(mix.covariance.block_seconds, seconds)
    level_db = 10.0 * np.log10(np.maximum(mix.part_powers(each.guids)[places], 1e-15))
    rise_db = np.minimum(margins_db - own_db, level_db - np.median(level_db))
    yield from _passages(seconds, margins_db, rise_db, lambda rise: rise > OUT_DB)


def _passages(
    seconds: Values, margins_db: Values, judged_db: Values, is_off: Callable[[Values], npt.NDArray[np.bool_]]
) -> Iterator[_Passage]:
    """Stretches of a phrase in which what is judged, smoothed, is off."""
    phrases = np.split(np.arange(len(seconds)), np.flatnonzero(np.diff(seconds) > _PAUSE_SECONDS) + 1)
    for phrase in phrases:
        off = is_off(_smoothed(judged_db[phrase]))
        edges = np.flatnonzero(np.diff(np.concatenate(([0], off.astype(np.int8), [0]))))
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            inside = phrase[first:last]
            start, end = float(seconds[inside[0]]), float(seconds[inside[-1]])
            if end - start >= SHORTEST_SECONDS:
                yield _Passage(start_seconds=start, end_seconds=end, margin_db=float(np.median(margins_db[inside])))


def _smoothed(values: Values) -> Values:
    """Running median; the ends are continued."""
    half = _SMOOTHED_BLOCKS // 2
    padded = np.pad(values, half, mode="edge")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, _SMOOTHED_BLOCKS), axis=1))


def _proposal(
    each: MixObject, passage: _Passage, own_db: float, curve: tuple[Values, Values], places: Places, *, creates: bool
) -> Proposal:
    gain_db = round(float(np.clip((own_db - passage.margin_db) / 2.0, -LARGEST_RIDE_DB, LARGEST_RIDE_DB)), 1)
    reason, verb = ("lead_sinks", "sinks to") if gain_db > 0.0 else ("lead_sticks_out", "sticks out at")
    verb = verb if len(each.tracks) == 1 else verb.replace("s ", " ", 1)
    where = places.span(passage.start_seconds, passage.end_seconds)
    return Proposal(
        intents=tuple(
            EnvelopeIntent(
                track_guid=guid, start_seconds=passage.start_seconds, end_seconds=passage.end_seconds,
                gain_db=gain_db, ramp_seconds=_RAMP_SECONDS, creates=creates,
            )
            for guid in each.guids
        ),
        reason_class=reason,
        basis="taste",
        confidence=each.role.confidence * _CONFIDENCE,
        rationale=Rationale(
            headline=f"{shortened(each.name)} {verb} {passage.margin_db:.1f} dB against the rest at {where}",
            evidence=(
                Evidence(
                    text=f"Elsewhere it lies at {own_db:.1f} dB against the rest (median of its 400 ms blocks).",
                    value=own_db, unit="dB",
                ),
                Evidence(
                    text=f"{gain_db:+.1f} dB take back half of the difference, and never more than "
                    f"{LARGEST_RIDE_DB:.0f} dB.",
                    value=gain_db, unit="dB",
                ),
                *_together(each),
            ),
            sources=("ITU-R BS.1770-4 weighting",),
            plot_kind="lines",
            plot=(PlotSeries(label=each.name, x=tuple(curve[0].tolist()), y=tuple(curve[1].tolist())),),
        ),
        card=f"ride {each.guids[0]} {passage.start_seconds:.1f}",
        predicted=(
            Prediction(
                metric=f"against the rest at {where}", before=round(passage.margin_db, 1),
                after=round(passage.margin_db + gain_db, 1), unit="dB",
            ),
        ),
    )  # fmt: skip


def _together(each: MixObject) -> Iterator[Evidence]:
    if len(each.tracks) > 1:
        text = f"One source on {len(each.tracks)} tracks: their envelopes get the same ride."
        yield Evidence(text=text, value=float(len(each.tracks)), unit="tracks")

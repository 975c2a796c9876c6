"""What is said of two tracks, from the alignment of their excerpts: the verdict, its evidence and its plot."""

from collections.abc import Iterator, Sequence

import numpy as np

from dawassist.analysis.alignment.drift import Drift, drift_of
from dawassist.analysis.alignment.estimator import CERTAIN, Alignment, align
from dawassist.analysis.alignment.evidence import SAME_SAMPLES
from dawassist.analysis.alignment.excerpts import WINDOW_SECONDS
from dawassist.analysis.alignment.likeness import unlike_db
from dawassist.analysis.alignment.spectra import Mono, half_phat
from dawassist.analysis.pairs import PairVerdict, Stretch, TrackPair
from dawassist.session.findings import Evidence, PlotSeries
from dawassist.session.model import Track
from dawassist.units import counted, distance_text

DUPLICATE_RESIDUAL_DB = -30.0  # gentle parallel compression leaves more: see the benchmark
_SAME_FILE_RESIDUAL_DB = -60.0  # no two recordings leave so little, however low or even their sound is
_DUPLICATE_SAMPLES = 8.0
_DUPLICATE_CONFIDENCE = 0.99  # that much is left of nothing but a copy
_FEWEST_HITS = 8
_FEWEST_EXCERPTS, _MOST_EXCERPTS_AGREE = 4, 0.9  # of what two tracks have in common, however little of them it is
_PLOT_MARGIN_SECONDS = 0.002
_PLOT_POINTS = 240
Excerpts = Sequence[tuple[Mono, Mono]]


def track_pair(
    reference: Track,
    other: Track,
    found: Alignment,
    excerpts: Excerpts,
    starts: Sequence[float],
    without: Sequence[Track] = (),
) -> TrackPair | None:
    """`starts` are the times of the excerpts; `without` are the tracks whose bleed was taken away for `found`.

    None for tracks that have nothing in common.
    """
    rate_hz = found.spectra.rate_hz
    stretches = tuple(_stretches(reference, other, found, excerpts, starts))
    drift = None if stretches else drift_of(found, starts)
    is_related = found.is_possible or found.residual_db <= _SAME_FILE_RESIDUAL_DB
    is_copy = is_related and found.residual_db <= DUPLICATE_RESIDUAL_DB
    if not (stretches or drift or is_related or _have_something_in_common(found)):
        return None
    confidence = found.confidence
    if stretches:
        confidence = min(stretch.confidence for stretch in stretches)
    elif drift:
        confidence = drift.confidence
    elif is_copy:
        confidence = max(confidence, _DUPLICATE_CONFIDENCE)
    return TrackPair(
        reference_guid=reference.guid,
        other_guid=other.guid,
        verdict=_verdict(found, confidence, is_related=is_related, is_copy=is_copy, varies=bool(stretches or drift)),
        delay_seconds=found.delay_samples / rate_hz,
        inverted=found.inverted,
        confidence=round(confidence, 4),
        low_end_gain_db=found.low_end_gain_db,
        residual_db=found.residual_db,
        gain_db=found.gain_db,
        unlike_db=unlike_db(found.recorded),
        drift_ppm=drift.ppm if drift else 0.0,
        without_guids=tuple(track.guid for track in without),
        stretches=stretches,
        evidence=tuple(_evidence(found, drift, without)),
        plot=_plot(found),
    )


def _have_something_in_common(found: Alignment) -> bool:
    """Nearly all excerpts agree on the delay, each on its own."""
    total = len(found.spectra.excerpts)
    return total >= _FEWEST_EXCERPTS and found.agreeing >= _MOST_EXCERPTS_AGREE * total


def _verdict(found: Alignment, confidence: float, *, is_related: bool, is_copy: bool, varies: bool) -> PairVerdict:
    if varies:
        return "varies"
    if not is_related:
        return "common"
    if confidence < CERTAIN:
        return "unsure"
    if is_copy and abs(found.delay_samples) <= _DUPLICATE_SAMPLES:
        return "duplicate"
    return "offset" if found.inverted or abs(found.delay_samples) > SAME_SAMPLES else "aligned"


def _stretches(
    reference: Track, other: Track, found: Alignment, excerpts: Excerpts, starts: Sequence[float]
) -> Iterator[Stretch]:
    """The delay of each run of items, where items of the two tracks lie differently; nothing where all agree."""
    groups = _grouped(reference, other, starts)
    if len(groups) < 2:
        return
    own = {part.number: place for place, part in enumerate(found.spectra.excerpts)}
    agreeing = np.abs(found.candidates.own_lags - found.delay_samples) <= SAME_SAMPLES
    agreeing &= found.candidates.own_signs == (-1 if found.inverted else 1)
    known: list[tuple[list[int], Alignment]] = []
    for group in groups:
        if found.is_certain and any(number in own and agreeing[own[number]] for number in group):
            known.append((group, found))
        elif (alone := align([excerpts[number] for number in group], found.spectra.rate_hz)) and alone.is_certain:
            known.append((group, alone))
    if len(known) < 2 or not _differ([alignment for _, alignment in known]):
        return
    for group, alignment in known:
        yield Stretch(
            start_seconds=starts[group[0]],
            end_seconds=starts[group[-1]] + WINDOW_SECONDS,
            delay_seconds=alignment.delay_samples / alignment.spectra.rate_hz,
            inverted=alignment.inverted,
            confidence=round(alignment.confidence, 4),
        )


def _grouped(reference: Track, other: Track, starts: Sequence[float]) -> list[list[int]]:
    """Numbers of the excerpts between two edits of either track."""
    items = [item for track in (reference, other) for item in track.items]
    edits = np.unique([edge for i in items for edge in (i.position_seconds, i.position_seconds + i.length_seconds)])
    groups: dict[int, list[int]] = {}
    for number, start in enumerate(starts):
        groups.setdefault(int(np.searchsorted(edits, start + WINDOW_SECONDS / 2)), []).append(number)
    return list(groups.values())


def _differ(found: Sequence[Alignment]) -> bool:
    delays = [each.delay_samples for each in found]
    return max(delays) - min(delays) > SAME_SAMPLES or len({each.inverted for each in found}) > 1


def _evidence(found: Alignment, drift: Drift | None, without: Sequence[Track]) -> Iterator[Evidence]:
    rate_hz = found.spectra.rate_hz
    if drift is not None:
        text = f"{drift.agreeing} of {drift.excerpts} excerpts lie on one line of {drift.ppm:+.1f} ppm."
        yield Evidence(text=text, value=drift.ppm, unit="ppm")
        return
    seconds = found.delay_samples / rate_hz
    where = f"{abs(seconds) * 1000.0:.2f} ms ({abs(found.delay_samples):.1f} samples, {distance_text(seconds)})"
    polarity = "inverted" if found.inverted else "the same polarity"
    if found.hits >= _FEWEST_HITS and 2 * found.agreeing_hits > found.hits:  # else the excerpts tell more
        text = f"{found.agreeing_hits} of {found.hits} hits agree on {where} and {polarity}."
        yield Evidence(text=text, value=float(found.agreeing_hits), unit="hits")
    total = len(found.spectra.excerpts)
    text = f"{found.agreeing} of {total} excerpts, each on its own, agree on {where} and {polarity}."
    yield Evidence(text=text, value=float(found.agreeing), unit="excerpts")
    if without:
        text = f"That is told after what both hear of {counted(len(without), 'other track')} was taken away."
        yield Evidence(text=text, value=float(len(without)), unit="tracks")


def _plot(found: Alignment) -> tuple[PlotSeries, ...]:
    """How alike the tracks are at each delay in milliseconds; negative where one is the other upside down."""
    spectra = found.spectra
    curve = spectra.correlation(half_phat(spectra, spectra.total))
    reach = min(round(abs(found.delay_samples) + _PLOT_MARGIN_SECONDS * spectra.rate_hz), spectra.search)
    part = curve[spectra.search - reach : spectra.search + reach + 1] / (np.abs(curve).max() + 1e-30)
    lags = np.arange(-reach, reach + 1)
    cells = np.array_split(np.arange(len(part)), min(_PLOT_POINTS, len(part)))
    peaks = [int(cell[np.argmax(np.abs(part[cell]))]) for cell in cells]
    return (
        PlotSeries(
            label="likeness by delay, ms",
            x=tuple(round(float(lags[peak]) / spectra.rate_hz * 1000.0, 4) for peak in peaks),
            y=tuple(round(float(part[peak]), 4) for peak in peaks),
        ),
    )

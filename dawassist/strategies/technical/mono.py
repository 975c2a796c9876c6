"""What a lead, a kick or a bass loses in mono by its own width: how much, in which band, and where.

Sides that know nothing of each other lose 3 dB; a track that belongs into the center and loses more is carried by sides
against each other, so that a phone or a club plays the song without it. Width that the engineer has named is meant.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from dawassist.analysis.model import Analysis, BlockCovariance
from dawassist.console.gains import Console
from dawassist.plan.names import name_parts
from dawassist.plan.objects import MixObject
from dawassist.session.findings import Evidence, Finding, PlotSeries
from dawassist.session.model import Session, Track
from dawassist.strategies.centered import centered_objects

_MOST_LOST_DB = 3.5
_WIDE_WORDS = frozenset({"wide", "width", "side", "sides", "spread", "double", "dbl", "stereo", "chorus", "room"})
_EXPLAINED = frozenset({"stereo_polarity", "dead_side"})
_MOST_PLACES = 3
_PAUSE = 0.01  # of the loudest block: what lies under it is not heard
_NOTHING = 1e-15
_CONFIDENCE = 0.9
Powers = npt.NDArray[np.float64]


def mono_findings(session: Session, analysis: Analysis, objects: Sequence[MixObject]) -> Iterator[Finding]:
    """Of single tracks that belong into the center, as they stand at their pans."""
    covariance = analysis.covariance
    if covariance is None:
        return
    console = Console(session)
    for each in centered_objects(objects):
        track = each.tracks[0]
        measured = analysis.track(track.guid)
        if each.kind != "single" or track.guid not in covariance.track_guids or measured is None:
            continue
        is_told = any(found.kind in _EXPLAINED for found in measured.findings)
        if measured.is_mono or is_told or not _WIDE_WORDS.isdisjoint(name_parts(track.name).words):
            continue
        found = _finding(track, covariance, console.gain_matrix(track.guid))
        if found is not None:
            yield found


def _finding(track: Track, covariance: BlockCovariance, gains: Powers) -> Finding | None:
    place = covariance.track_guids.index(track.guid)
    own = slice(2 * place, 2 * place + 2)
    blocks = _at_the_output(covariance.tensor[:, own, own], gains)
    lost_db = _lost_db(_mean(blocks, covariance))
    if lost_db < _MOST_LOST_DB:
        return None
    band, line = _worst_band(covariance, own, gains)
    text = f"The sum of its sides is {lost_db:.1f} dB softer than they are, K-weighted."
    return Finding(
        kind="mono_unsafe",
        track_guid=track.guid,
        sentence=f"{track.display_name} loses {lost_db:.1f} dB in mono{band}: its sides are against each other.",
        confidence=_CONFIDENCE,
        evidence=(Evidence(text=text, value=lost_db, unit="dB"), *line),
        at_seconds=_places(blocks, covariance.block_seconds),
        plot=_plot(covariance, own, gains),
    )


def _at_the_output(products: npt.NDArray[np.float32], gains: Powers) -> Powers:
    return np.asarray(np.einsum("lc,...cd,rd->...lr", gains, products, gains, optimize=True), dtype=np.float64)


def _mean(blocks: Powers, covariance: BlockCovariance) -> Powers:
    weights = np.broadcast_to(covariance.weights, len(blocks))
    return np.asarray(np.einsum("b,blr->lr", weights, blocks) / max(float(np.sum(weights)), 1.0))


def _lost_db(products: Powers) -> float:
    """What (L + R) / √2 lacks of L² + R²."""
    both = float(products[0, 0] + products[1, 1])
    mono = 0.5 * (both + float(products[0, 1] + products[1, 0]))
    return 10.0 * float(np.log10(max(both, _NOTHING) / max(mono, _NOTHING)))


def _by_band(covariance: BlockCovariance, own: slice, gains: Powers) -> list[tuple[str, float, float]]:
    """Name, loss in dB and lost power of every band; nothing where bands were not measured."""
    if covariance.bands is None:
        return []
    edges = covariance.bands.edges_hz
    means = _at_the_output(covariance.bands.tensor[:, :, own, own], gains).mean(axis=1)
    return [
        (_band_text(low, high), _lost_db(mean), 0.5 * float(mean[0, 0] + mean[1, 1] - mean[0, 1] - mean[1, 0]))
        for low, high, mean in zip(edges[:-1], edges[1:], means, strict=True)
    ]


def _worst_band(covariance: BlockCovariance, own: slice, gains: Powers) -> tuple[str, tuple[Evidence, ...]]:
    bands = _by_band(covariance, own, gains)
    if not bands:
        return "", ()
    name, lost_db, _ = max(bands, key=lambda band: band[2])
    return f", most of it {name}", (Evidence(text=f"{lost_db:.1f} dB are lost {name}.", value=lost_db, unit="dB"),)


def _band_text(low_hz: float, high_hz: float) -> str:
    if low_hz <= 0.0:
        return f"below {high_hz:.0f} Hz"
    return f"above {low_hz:.0f} Hz" if np.isinf(high_hz) else f"at {low_hz:.0f}–{high_hz:.0f} Hz"


def _places(blocks: Powers, block_seconds: Powers) -> tuple[float, ...]:
    """Where it plays and loses most."""
    power = blocks[:, 0, 0] + blocks[:, 1, 1]
    lost = np.where(power > _PAUSE * power.max(), 0.5 * (power - blocks[:, 0, 1] - blocks[:, 1, 0]), 0.0)
    parts = [part for part in np.array_split(np.arange(len(lost)), _MOST_PLACES) if len(part)]
    return tuple(float(block_seconds[part[int(np.argmax(lost[part]))]]) for part in parts if lost[part].any())


def _plot(covariance: BlockCovariance, own: slice, gains: Powers) -> tuple[PlotSeries, ...]:
    bands = _by_band(covariance, own, gains)
    edges = covariance.bands.edges_hz[:-1] if covariance.bands else ()
    return (PlotSeries(label="Lost in mono, dB", x=edges, y=tuple(lost for _, lost, _ in bands)),) if bands else ()

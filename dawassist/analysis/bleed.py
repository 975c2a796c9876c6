"""Bleed: what a microphone hears of other sources, told from the pauses of its own.

Block powers at fader inputs, K-weighted. Where a track's own source pauses, its power follows those of the tracks that
it hears: p(t) = Σ r_x p_x(t), r ≥ 0; where its own source plays, it has more. So the ratios are the lower envelope of
its power over that of the others, found by non-negative least squares on the blocks that lie near it, again and again.
No track may lie far under its bleed: of two tracks that merely play together, one pauses while the other plays.
And the signals themselves have to be related: levels alone also go alike in parts that are arranged to do so.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dawassist.analysis.model import Activity, Analysis, BlockCovariance
from dawassist.analysis.pairs import Bleed, TrackPair
from dawassist.errors import Cancelled

Values = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
_BLOCK_SECONDS = 0.4
_MOST_BLOCKS = 1200
_ROUNDS = 12
_QUIETER_SHARE, _MOST_CANDIDATES = 0.4, 8  # of the blocks, and of the sources that are tried
_FIRST_SHARE = 0.15  # of the quietest blocks: the first guess of the pauses
_NEAR_RATIO = 2.0  # own source and bleed alike: above it the own source dominates
_FEWEST_BLOCKS, _LEAST_SHARE = 20, 0.05  # of pauses in which others play
_MOST_SOURCES = 3  # more fit anything
_LEAST_OWN_SHARE = 0.1  # of the time: a room that hears nothing but others has no source of its own
_LOUDEST_DB = -6.0  # louder than that against its own track it is another microphone of the source, not bleed
_QUIETEST_DB = -40.0
_DEAF_RATIO = 1e-5  # of the loudest other track: a pause in which it hears less is no open microphone's
_MOST_UNDER = 0.05  # of the blocks lie more than 3 dB under the bleed
_LEAST_MOVING_DB = 2.0  # standard deviation in the pauses: steady noise is no bleed
_LARGEST_SCATTER_DB = 1.7  # about the bleed in the pauses
_LEAST_CORRELATION = 0.9
_ALIKE_RESIDUAL_DB = -6.0  # microphones of one source
_LEAST_COHERENCE = 1e-3  # the bundled kit's bleed has 0.002 and more, parts that only go alike 0.0002
_SILENT = 1e-9  # −90 LUFS


@dataclass(frozen=True, slots=True, eq=False)
class _Heard:
    """Ratios by source, and the bleed's power in every block."""

    ratios: Values
    bleed: Values
    pauses: Mask


def with_bleed(analysis: Analysis, *, is_cancelled: Callable[[], bool] = lambda: False) -> Analysis:
    """With what every microphone hears of others; activity is then when its own source dominates, not when there is
    level. Pairs that have no more than that in common are left out. Raises Cancelled."""
    covariance = analysis.covariance
    of_one_source = tuple(pair for pair in analysis.pairs if pair.verdict != "common")
    if covariance is None or len(covariance.track_guids) < 2 or len(covariance.tensor) < _FEWEST_BLOCKS:
        return replace(analysis, pairs=of_one_source)
    powers = track_powers(covariance)
    found = {}
    for place in range(len(powers)):
        if is_cancelled():
            raise Cancelled
        heard = _heard(powers, place, _alike(analysis, place))
        if heard is not None and _is_related(analysis, covariance, place, heard):
            found[place] = heard
    tracks = {
        covariance.track_guids[place]: _own_activity(analysis, powers[place], heard) for place, heard in found.items()
    }
    return replace(
        analysis,
        pairs=of_one_source,
        bleed=tuple(each for place, heard in found.items() for each in _bleeds(covariance, powers, place, heard)),
        tracks=tuple(replace(t, activity=tracks.get(t.track_guid, t.activity)) for t in analysis.tracks),
    )


def track_powers(covariance: BlockCovariance) -> Values:
    """Power of both channels of every track in every block, shape (n, blocks)."""
    channels = np.diagonal(covariance.tensor, axis1=1, axis2=2).astype(np.float64)
    powers: Values = np.add(channels[:, ::2], channels[:, 1::2]).T
    return powers


def _alike(analysis: Analysis, place: int) -> Collection[int]:
    """The tracks that are microphones of the same source or copies."""
    assert analysis.covariance is not None
    guids = analysis.covariance.track_guids
    own = guids[place]
    others = {_other(pair, own) for pair in analysis.pairs if pair.residual_db <= _ALIKE_RESIDUAL_DB}
    return {other for other, guid in enumerate(guids) if guid in others}


def _other(pair: TrackPair, guid: str) -> str:
    if guid not in (pair.reference_guid, pair.other_guid):
        return ""
    return pair.other_guid if guid == pair.reference_guid else pair.reference_guid


def _heard(powers: Values, place: int, alike: Collection[int]) -> _Heard | None:
    others = np.array([other for other in range(len(powers)) if other != place and other not in alike], dtype=int)
    own = powers[place]
    used = np.flatnonzero((own > _SILENT) & (powers[others].max(axis=0, initial=0.0) > _SILENT))
    used = used[:: max(len(used) // _MOST_BLOCKS, 1)]
    if len(used) < _FEWEST_BLOCKS or len(others) == 0:
        return None
    sources, level = powers[others][:, used], own[used]
    if _is_deaf(level, sources.max(axis=0)):
        return None
    ratios, near = _lower_envelope(sources, level, _following(sources, level))
    parts = ratios * sources[:, near].mean(axis=1) if near.any() else ratios
    largest = np.argsort(-parts)[:_MOST_SOURCES]
    ratios, near = _lower_envelope(sources, level, largest[parts[largest] > 0.0])
    if not _is_bleed(level, ratios @ sources, near, ratios):
        return None
    whole = np.zeros(len(powers))
    whole[others] = ratios
    bleed = whole @ powers
    return _Heard(ratios=whole, bleed=bleed, pauses=(own <= _NEAR_RATIO * bleed) & (own > _SILENT))


def _is_related(analysis: Analysis, covariance: BlockCovariance, place: int, heard: _Heard) -> bool:
    """Whether one of the sources is there as a signal: told by the pairs of tracks, or without any delay."""
    own = covariance.track_guids[place]
    paired = {_other(pair, own) for pair in analysis.pairs}
    pauses = covariance.tensor[heard.pauses].astype(np.float64).sum(axis=0)
    for source in np.flatnonzero(heard.ratios):
        if covariance.track_guids[source] in paired:
            return True
        of_both = pauses[2 * place : 2 * place + 2, 2 * source : 2 * source + 2]
        powers = np.outer(pauses.diagonal()[2 * place : 2 * place + 2], pauses.diagonal()[2 * source : 2 * source + 2])
        if float(np.max(of_both**2 / np.maximum(powers, 1e-30))) >= _LEAST_COHERENCE:
            return True
    return False


def _is_deaf(level: Values, loudest: Values) -> bool:
    """It hears nothing where others are loud: gated, edited, or recorded alone."""
    loud = loudest > np.median(loudest)
    return bool(np.mean(level[loud] < _DEAF_RATIO * loudest[loud]) > _MOST_UNDER)


def _following(sources: Values, level: Values) -> npt.NDArray[np.intp]:
    """The sources whose level goes most alike in the quieter part of a track."""
    quiet = level <= np.quantile(level, _QUIETER_SHARE)
    own = np.log10(level[quiet])
    others = np.log10(np.maximum(sources[:, quiet], _SILENT))
    own, others = own - own.mean(), others - others.mean(axis=1, keepdims=True)
    alike = others @ own / np.maximum(np.linalg.norm(others, axis=1) * max(float(np.linalg.norm(own)), 1e-9), 1e-9)
    return np.asarray(np.argsort(-alike)[:_MOST_CANDIDATES], dtype=np.intp)


def _lower_envelope(sources: Values, level: Values, chosen: npt.NDArray[np.intp]) -> tuple[Values, Mask]:
    """Ratios of the chosen sources, and the blocks that lie near their sum."""
    from scipy.optimize import nnls

    near = level <= np.quantile(level, _FIRST_SHARE)
    ratios = np.zeros(len(sources))
    for _ in range(_ROUNDS if len(chosen) else 0):
        if near.sum() < _FEWEST_BLOCKS:
            return np.zeros(len(sources)), np.zeros(len(level), dtype=np.bool_)
        ratios[chosen], _residual = nnls((sources[np.ix_(chosen, near)] / level[near]).T, np.ones(int(near.sum())))
        ratios[ratios < 10.0 ** (_QUIETEST_DB / 10.0)] = 0.0
        fit = ratios @ sources
        again = (level <= _NEAR_RATIO * fit) & (fit > 0.0)
        if np.array_equal(again, near):
            break
        near = again
    return ratios, near


def _is_bleed(level: Values, fit: Values, near: Mask, ratios: Values) -> bool:
    if near.sum() < max(_FEWEST_BLOCKS, _LEAST_SHARE * len(level)) or not ratios.any():
        return False
    if ratios.max() > 10.0 ** (_LOUDEST_DB / 10.0) or float(np.mean(level < fit / _NEAR_RATIO)) > _MOST_UNDER:
        return False
    if float(np.mean(level > _NEAR_RATIO * fit)) < _LEAST_OWN_SHARE:
        return False
    level_db, fit_db = 10.0 * np.log10(level[near]), 10.0 * np.log10(fit[near])
    if min(float(level_db.std()), float(fit_db.std())) < _LEAST_MOVING_DB:
        return False
    follows = float(np.corrcoef(level_db, fit_db)[0, 1]) >= _LEAST_CORRELATION
    return follows and float((level_db - fit_db).std()) <= _LARGEST_SCATTER_DB


def _bleeds(covariance: BlockCovariance, powers: Values, place: int, heard: _Heard) -> Iterator[Bleed]:
    """How the bleed of each source lies in the channels of the track, and how it goes with the source's own track."""
    weights = np.broadcast_to(covariance.weights, powers.shape[1])[heard.pauses]
    tensor = covariance.tensor[heard.pauses].astype(np.float64) * weights[:, None, None]
    own = slice(2 * place, 2 * place + 2)
    image = tensor[:, own, own].sum(axis=0)
    image /= max(float(np.trace(image)), 1e-30)
    for source in np.flatnonzero(heard.ratios):
        other = slice(2 * source, 2 * source + 2)
        power = float((powers[source, heard.pauses] * weights).sum())
        yield Bleed(
            track_guid=covariance.track_guids[place],
            source_guid=covariance.track_guids[source],
            level_db=float(10.0 * np.log10(heard.ratios[source])),
            image=_matrix(image),
            cross=_matrix(tensor[:, own, other].sum(axis=0) / max(power, 1e-30)),
        )


def _matrix(values: Values) -> tuple[tuple[float, float], tuple[float, float]]:
    return (float(values[0, 0]), float(values[0, 1])), (float(values[1, 0]), float(values[1, 1]))


def _own_activity(analysis: Analysis, own: Values, heard: _Heard) -> Activity:
    """Blocks in which the own source dominates; pauses under half a second are bridged."""
    assert analysis.covariance is not None
    starts = analysis.covariance.block_seconds
    dominates = (own > _NEAR_RATIO * heard.bleed) & (own > np.percentile(own, 95) * 10.0**-2.5)
    segments = joined([(float(at), float(at) + _BLOCK_SECONDS) for at in starts[dominates]])
    length = max(analysis.end_seconds - analysis.start_seconds, 1e-9)
    return Activity(share=min(sum(b - a for a, b in segments) / length, 1.0), segments=segments)


def joined(segments: Sequence[tuple[float, float]], bridge_seconds: float = 0.5) -> tuple[tuple[float, float], ...]:
    """Segments in order, those that nearly touch made one."""
    found: list[tuple[float, float]] = []
    for start, end in segments:
        if found and start - found[-1][1] < bridge_seconds:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)

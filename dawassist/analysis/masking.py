"""Who masks whom in a session as it is mixed now: in which bands, how much, how often and when.

From the band powers over time that every track's analysis keeps, and the gains of the console. Both channels count as
one: what panning gains is not in it. Times are those of the analysis's frames (200 ms, coarser in long sessions).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.masking_measures import (
    excitation,
    k_weights,
    loudness_loss_db,
    mask_to_signal_db,
    masked_amount,
    rank_masking_db,
    total_loss_db,
)
from dawassist.analysis.model import Analysis, TrackAnalysis
from dawassist.console.gains import Console

Power = npt.NDArray[np.float32]
Times = npt.NDArray[np.float64]
MASKED_DB = 10.0  # loss from which a band counts as covered: the masker has 9 times its energy there
_PLAYS_DB = -40.0  # frames further under a track's loudest are pauses
_MATTERS_DB = -20.0  # bands further under the strongest of their frame are not what a track is heard by
_FEWEST_SHARE = 0.05  # of the time: rarer masking is not listed
_MOST_MASKERS = 3
_MOST_PLACES = 3
_APART_SECONDS = 2.0
_NO_GROUPS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedBand:
    """`loss_db` is the mean loss while the band is covered, `share` the part of the playing time in which it is."""

    center_hz: float
    loss_db: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Masker:
    """What one track covers of another. `share` is its part of all energy that covers the maskee, 0..1.

    `bands` (ERB) are those that it covers alone, `at_seconds` where that is worst. `rank_masking` lists (center in Hz,
    M in dB) of third octaves that the maskee needs and the masker does not, largest first: where a cut costs least.
    """

    track_guid: str
    share: float
    bands: tuple[MaskedBand, ...]
    at_seconds: tuple[float, ...]
    rank_masking: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackMasking:
    """How much of a track the others cover. `loss_db` is the K-weighted loudness loss, power mean over its time.

    `mask_to_signal_db` is the MSR per band of `center_hz` over the time it plays, `amount` M_n of Ronan et al. (2018).
    """

    track_guid: str
    loss_db: float
    bands: tuple[MaskedBand, ...]
    maskers: tuple[Masker, ...]
    center_hz: tuple[float, ...]
    mask_to_signal_db: tuple[float, ...]
    amount: float


@dataclass(frozen=True, slots=True, eq=False)
class _Heard:
    """Power at the master output of tracks that are heard: `erb` and its excitation (tracks, frames, bands)."""

    guids: tuple[str, ...]
    erb_center_hz: tuple[float, ...]
    center_hz: tuple[float, ...]
    erb: Power
    excited: Power
    third_octave: npt.NDArray[np.float64]
    groups: tuple[str, ...]
    start_seconds: float
    frame_seconds: float


def measure_masking(
    analysis: Analysis,
    console: Console,
    *,
    track_guids: Collection[str] | None = None,
    groups: Mapping[str, str] = _NO_GROUPS,
) -> tuple[TrackMasking, ...]:
    """Masking of every track that is heard, in the order of the analysis; other tracks are left out.

    `track_guids` restricts the maskees; `groups` names what belongs together (the microphones of one source), whose
    members do not mask each other.
    """
    heard = _heard(analysis, console, groups)
    if heard is None:
        return ()
    total = heard.excited.sum(axis=0)
    return tuple(
        _track_masking(heard, place, total)
        for place, guid in enumerate(heard.guids)
        if track_guids is None or guid in track_guids
    )


def _heard(analysis: Analysis, console: Console, groups: Mapping[str, str]) -> _Heard | None:
    present = [(track, track.bands) for track in analysis.tracks if track.bands and console.is_heard(track.track_guid)]
    if not present:
        return None
    first = present[0][1]
    present = [(track, bands) for track, bands in present if bands.erb.shape == first.erb.shape]  # all of one pass
    tracks = [track for track, _ in present]
    times = np.asarray(analysis.start_seconds + (np.arange(len(first.erb)) + 0.5) * first.frame_seconds)
    gains = [power_gain(track, console, times)[:, None] for track in tracks]
    erb = np.stack([gain * bands.erb for gain, (_, bands) in zip(gains, present, strict=True)])
    thirds = [
        (gain * bands.third_octave).mean(axis=0, dtype=np.float64)
        for gain, (_, bands) in zip(gains, present, strict=True)
    ]
    return _Heard(
        guids=tuple(track.track_guid for track in tracks), erb_center_hz=first.erb_center_hz, center_hz=first.center_hz,
        erb=erb, excited=np.asarray(excitation(erb, first.erb_center_hz), dtype=np.float32),
        third_octave=np.stack(thirds), groups=tuple(groups.get(t.track_guid, t.track_guid) for t in tracks),
        start_seconds=analysis.start_seconds, frame_seconds=first.frame_seconds,
    )  # fmt: skip


def power_gain(track: TrackAnalysis, console: Console, at_seconds: Times) -> Power:
    """Of the sum of both channels' powers, at every time; channels are taken as equal or as unlike."""
    guid = track.track_guid
    if console.is_moving(guid):
        matrices = console.moving_matrices((guid,), at_seconds)[:, 0]
    else:
        matrices = np.broadcast_to(console.gain_matrix(guid), (len(at_seconds), 2, 2))
    if track.is_mono:
        return np.asarray(np.square(matrices.sum(axis=-1)).sum(axis=-1) / 2.0, dtype=np.float32)
    return np.asarray(np.square(matrices).sum(axis=(-2, -1)) / 2.0, dtype=np.float32)


def _track_masking(heard: _Heard, place: int, total: Power) -> TrackMasking:
    own = heard.erb[place]
    others = [other for other, group in enumerate(heard.groups) if group != heard.groups[place]]
    members = [other for other, group in enumerate(heard.groups) if group == heard.groups[place]]
    rest = np.maximum(total - heard.excited[members].sum(axis=0), 0.0) if others else np.zeros_like(total)
    plays = _plays(own)
    maskee, masker = own[plays], rest[plays]
    covered = _covered(maskee, masker)
    weight = k_weights(heard.erb_center_hz).astype(np.float32)
    ratio_db = mask_to_signal_db(maskee.mean(axis=0), masker.mean(axis=0)) if plays.any() else np.zeros(own.shape[1])
    energy = (maskee * weight).sum(axis=1)
    lost = total_loss_db(maskee, masker, weight)
    kept = float((energy * 10.0 ** (-lost / 10.0)).sum()) if plays.any() else 0.0
    return TrackMasking(
        track_guid=heard.guids[place],
        loss_db=float(10.0 * np.log10(energy.sum() / kept)) if kept > 0.0 else 0.0,
        bands=_bands(heard.erb_center_hz, maskee, masker, covered),
        maskers=_maskers(heard, place, others, plays, np.asarray(covered / np.maximum(masker, 1e-20), np.float32)),
        center_hz=heard.erb_center_hz,
        mask_to_signal_db=tuple(ratio_db.tolist()),
        amount=masked_amount(ratio_db[_matters(maskee.mean(axis=0)[None])[0]]) if plays.any() else 0.0,
    )


def _maskers(
    heard: _Heard, place: int, others: Sequence[int], plays: npt.NDArray[np.bool_], weight: Power
) -> tuple[Masker, ...]:
    """Those with the largest part in the energy that covers the maskee; `weight` is 1 / that energy where covered."""
    parts = {other: float(np.einsum("fb,fb->", heard.excited[other][plays], weight)) for other in others}
    whole = sum(parts.values())
    ranked = sorted((other for other in others if parts[other] > 0.0), key=lambda other: (-parts[other], other))
    found = [_masker(heard, place, other, plays, parts[other] / whole) for other in ranked[:_MOST_MASKERS]]
    return tuple(masker for masker in found if masker.bands)


def _masker(heard: _Heard, place: int, other: int, plays: npt.NDArray[np.bool_], share: float) -> Masker:
    maskee, masker = heard.erb[place][plays], heard.excited[other][plays]
    covered = _covered(maskee, masker)
    ranks = rank_masking_db(heard.third_octave[other], heard.third_octave[place])
    strongest = [band for band in np.argsort(-ranks, kind="stable").tolist() if ranks[band] > 0.0]
    times = np.asarray(heard.start_seconds + np.flatnonzero(plays) * heard.frame_seconds)
    return Masker(
        track_guid=heard.guids[other], share=share, bands=_bands(heard.erb_center_hz, maskee, masker, covered),
        at_seconds=_worst(times, covered.sum(axis=1)),
        rank_masking=tuple((heard.center_hz[band], float(ranks[band])) for band in strongest[:_MOST_MASKERS]),
    )  # fmt: skip


def _plays(own: Power) -> npt.NDArray[np.bool_]:
    power = own.sum(axis=1)
    return np.asarray(power > max(float(power.max(initial=0.0)) * 10.0 ** (_PLAYS_DB / 10.0), 1e-18))


def _matters(maskee: Power) -> npt.NDArray[np.bool_]:
    return np.asarray(maskee > maskee.max(axis=-1, keepdims=True) * 10.0 ** (_MATTERS_DB / 10.0))


def _covered(maskee: Power, masker: Power) -> npt.NDArray[np.bool_]:
    """(frames, bands): bands that the maskee is heard by, in which it loses at least 10 dB."""
    return np.asarray(_matters(maskee) & (masker > (10.0 ** (MASKED_DB / 10.0) - 1.0) * maskee))


def _bands(
    center_hz: tuple[float, ...], maskee: Power, masker: Power, covered: npt.NDArray[np.bool_]
) -> tuple[MaskedBand, ...]:
    """Covered for at least 5 % of the playing time; by frequency."""
    if not covered.any():
        return ()
    shares = covered.mean(axis=0)
    chosen = np.flatnonzero(shares >= _FEWEST_SHARE).tolist()
    return tuple(
        MaskedBand(
            center_hz=center_hz[band],
            loss_db=float(loudness_loss_db(maskee[covered[:, band], band], masker[covered[:, band], band]).mean()),
            share=float(shares[band]),
        )
        for band in chosen
    )


def _worst(times: Times, counts: npt.NDArray[np.intp]) -> tuple[float, ...]:
    """Up to three times with the most covered bands, at least 2 s apart, in order."""
    found: list[float] = []
    for frame in np.argsort(-counts, kind="stable").tolist():
        if counts[frame] == 0 or len(found) == _MOST_PLACES:
            break
        if all(abs(times[frame] - other) >= _APART_SECONDS for other in found):
            found.append(float(times[frame]))
    return tuple(sorted(found))

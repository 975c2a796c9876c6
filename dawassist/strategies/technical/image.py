"""Where the mix leans, and what it loses in mono, at the present faders and pans.

Both are computed from the K-weighted covariance of the tracks' channels; nothing is rendered. Artists' mixes lean by at
most 0.4 dB and lose 0.2–0.9 LU in mono (four CC0 songs, ichbinsoftware and EVR), stretches of a few tracks up to 3 LU;
the thresholds lie outside. A track whose own finding says why is left to that.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from dawassist.analysis.model import Analysis, TrackAnalysis
from dawassist.plan.mix_state import MixState
from dawassist.plan.objects import MixObject
from dawassist.session.findings import Evidence, Finding, PlotSeries
from dawassist.session.model import Session, Track
from dawassist.strategies.centered import HARD_PAN, centered_objects, panned_away
from dawassist.units import pan_text

_LEAN_DB = 3.0
_FEWEST_TRACKS = 4
_MONO_LOSS_LU = 4.0  # sides that know nothing of each other lose 3
_FILE_LEAN_DB = 9.0  # of a file by itself, where the pan is in the middle
_ONE_SIDED = ("dead_side", "stereo_polarity")
_NOTHING = 1e-15
_CONFIDENCE = 0.9
Powers = npt.NDArray[np.float64]


def image_findings(
    session: Session, analysis: Analysis, objects: Sequence[MixObject], heard: Sequence[Track]
) -> tuple[Finding, ...]:
    """Off-center lead, kick and bass; a mix that leans without one of them; a mix that mono thins out."""
    aside = tuple(_off_center(analysis, objects))
    if analysis.mix_covariance is None or len(heard) < _FEWEST_TRACKS:
        return aside
    guids = analysis.mix_covariance.track_guids
    own = _at_the_output(MixState(session, analysis.mix_covariance))
    mix = own.sum(axis=(0, 1))
    tracks = [track for guid in guids if (track := session.track(guid))]
    leaning = () if aside else tuple(_imbalance(session, mix, own, tracks))
    both = (*leaning, *_mono_loss(session, mix, own, tracks))
    return (*aside, *(each for each in both if not _is_explained(analysis.track(each.other_guid))))


def _is_explained(measured: TrackAnalysis | None) -> bool:
    return measured is not None and any(each.kind in _ONE_SIDED for each in measured.findings)


def _off_center(analysis: Analysis, objects: Sequence[MixObject]) -> Iterator[Finding]:
    panned = list(panned_away(objects))
    for each, aside in panned:
        for track in aside:
            line = Evidence(text=f"It sits at {pan_text(track.pan)}.", value=track.pan, unit="pan")
            yield _aside(track, each, f"is panned {pan_text(track.pan)}", line)
    for each in centered_objects(objects):
        if each.kind != "single" or any(each is found.object for found in panned):
            continue
        track = each.tracks[0]
        measured = analysis.track(track.guid)
        balance_db = _own_balance_db(measured)
        if abs(track.pan) < HARD_PAN and abs(balance_db) >= _FILE_LEAN_DB:
            side = "right" if balance_db > 0.0 else "left"
            text = f"Its own {side} side is {abs(balance_db):.1f} dB louder."
            line = Evidence(text=text, value=balance_db, unit="dB")
            yield _aside(track, each, f"leans {abs(balance_db):.1f} dB to the {side} by itself", line)


def _own_balance_db(measured: TrackAnalysis | None) -> float:
    """0 where a dead side says it already."""
    if measured is None or measured.stereo is None or any(found.kind == "dead_side" for found in measured.findings):
        return 0.0
    return measured.stereo.balance_db


def _aside(track: Track, each: MixObject, how: str, line: Evidence) -> Finding:
    what = "voice" if each.role.role == "lead_vocal" else "low end"
    return Finding(
        kind="off_center",
        track_guid=track.guid,
        sentence=f"{track.display_name} {how}: its {what} is missing on the other side.",
        confidence=min(each.role.confidence, _CONFIDENCE),
        evidence=(line,),
    )


def _at_the_output(mix: MixState) -> Powers:
    """What every pair of tracks contributes to the products of left and right, (n, n, 2, 2), the mean over blocks."""
    covariance = mix.covariance
    count = len(covariance.track_guids)
    tensor = covariance.tensor.reshape(-1, count, 2, count, 2)
    weights = np.broadcast_to(covariance.weights, len(tensor)) / np.sum(
        np.broadcast_to(covariance.weights, len(tensor))
    )
    matrices = mix.matrices
    if matrices.ndim == 3:
        mean = np.einsum("b,bicjd->icjd", weights, tensor, optimize=True)
        return np.asarray(np.einsum("ilc,icjd,jrd->ijlr", matrices, mean, matrices, optimize=True))
    return np.asarray(
        np.einsum("b,bilc,bicjd,bjrd->ijlr", weights, matrices, tensor, matrices, optimize=True), dtype=np.float64
    )


def _imbalance(session: Session, mix: Powers, own: Powers, tracks: Sequence[Track]) -> Iterator[Finding]:
    lean_db = 10.0 * float(np.log10(max(mix[1, 1], _NOTHING) / max(mix[0, 0], _NOTHING)))
    if abs(lean_db) < _LEAN_DB:
        return
    side = "right" if lean_db > 0.0 else "left"
    parts = own[:, :, 1, 1].sum(axis=1) - own[:, :, 0, 0].sum(axis=1)
    heaviest = int(np.argmax(parts if lean_db > 0.0 else -parts))
    yield Finding(
        kind="imbalance",
        track_guid=session.master.guid,
        other_guid=tracks[heaviest].guid,
        sentence=f"The mix leans {abs(lean_db):.1f} dB to the {side}, most of it by {tracks[heaviest].display_name}.",
        confidence=_CONFIDENCE,
        evidence=(
            Evidence(text=f"K-weighted, the {side} side is {abs(lean_db):.1f} dB louder.", value=lean_db, unit="dB"),
        ),
        plot=(_parts("Right less left, power", parts),),
    )


def _mono_loss(session: Session, mix: Powers, own: Powers, tracks: Sequence[Track]) -> Iterator[Finding]:
    stereo = mix[0, 0] + mix[1, 1]
    mono = 0.5 * (stereo + mix[0, 1] + mix[1, 0])
    loss_lu = 10.0 * float(np.log10(max(stereo, _NOTHING) / max(mono, _NOTHING)))
    if loss_lu < _MONO_LOSS_LU:
        return
    lost = 0.5 * (own[..., 0, 0] + own[..., 1, 1] - own[..., 0, 1] - own[..., 1, 0]).sum(axis=1)
    widest = int(np.argmax(lost))
    yield Finding(
        kind="mono_unsafe",
        track_guid=session.master.guid,
        other_guid=tracks[widest].guid,
        sentence=f"In mono the mix loses {loss_lu:.1f} LU, most of it of {tracks[widest].display_name}.",
        confidence=_CONFIDENCE,
        evidence=(
            Evidence(text=f"The sum of both sides is {loss_lu:.1f} LU softer than they are.", value=loss_lu, unit="LU"),
        ),
        plot=(_parts("Lost in mono, power", lost),),
    )


def _parts(label: str, parts: Powers) -> PlotSeries:
    return PlotSeries(label=label, x=tuple(map(float, range(len(parts)))), y=tuple(parts.tolist()))

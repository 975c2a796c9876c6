"""A rough mix taken apart: which fader, pan and broad equalizer of every track make the stereo bounce.

The engineer's own bounce is the target; what moves of a console cannot explain (reverb, other plug-ins, automation) is
reported as the residual.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dawassist.analysis.equalizer_fit import fit_equalizer
from dawassist.analysis.listening import playing_stem
from dawassist.analysis.low_end import spread_excerpts
from dawassist.analysis.recovered_console import RecoveredTrack, RoughMix
from dawassist.analysis.transfers import TransferMeter, Transfers
from dawassist.audio.tracks import read_track
from dawassist.console.pan import pan_matrix, track_pan_law_db
from dawassist.errors import Cancelled, InputError
from dawassist.session.model import Session, Track
from dawassist.units import power_to_db

EXCERPT_SECONDS = 4.0
_MOST_EXCERPTS = 10
_MOST_TRACK_SECONDS = 1500.0  # 550 MiB at 48 kHz
_ROUNDS = 3  # of master gain and transfers by turns
_MASTER_GAINS = (0.1, 1.5)
_FOREIGN = 0.9  # of the bounce's power unexplained
_MOVING_DB = 0.3  # less than that is no compression, but noise of the estimate
_UNCOMPRESSED_PERCENTILE = 95
_MOST_CERTAIN = 1e6  # 60 dB: beyond it, the band's width limits, not noise
_LEAST_CERTAIN = 30.0  # |gain|² over variance under which a band says nothing
_LATEST_SECONDS = 2.0
_PANS = np.linspace(-1.0, 1.0, 801)
_HARD_DB = 34.0  # a side that lies further down is not there
Samples = npt.NDArray[np.float32]
Reals = npt.NDArray[np.float64]


def recover_rough_mix(
    session: Session,
    bounce: Path,
    segments: Sequence[tuple[float, float]],
    guids: Sequence[str],
    *,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _total: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> RoughMix:
    """Compare the tracks `guids` with the `bounce`, in excerpts spread over `segments` (start, end in seconds).

    Raises InputError when the bounce has nothing of the session in it, KnownError when it cannot be read, Cancelled.
    """
    tracks = [track for guid in guids if (track := session.track(guid)) is not None]
    count = max(min(_MOST_EXCERPTS, int(_MOST_TRACK_SECONDS // (EXCERPT_SECONDS * max(len(tracks), 1)))), 2)
    starts = list(spread_excerpts(segments, count=count, seconds=EXCERPT_SECONDS))
    if not tracks or not starts:
        raise InputError("There is no track that plays, so the rough mix cannot be matched.")
    played = playing_stem(tracks[0], bounce, max(end for _, end in segments) + 2.0 * _LATEST_SECONDS)
    late = _late_seconds(session, tracks, played, starts[len(starts) // 2])
    excerpts = []
    for done, start in enumerate(starts):
        progress("Matching the rough mix", done, len(starts))
        if is_cancelled():
            raise Cancelled
        sources = np.stack([_excerpt(session, track, start - track.delay_seconds) for track in tracks])
        excerpts.append((sources, _excerpt(session, played, start + late)))
    meter = TransferMeter(len(tracks), session.sample_rate_hz)
    transfers, moves_db = _without_compression(meter, excerpts)
    return _result(session, tracks, transfers, late, moves_db)


def _without_compression(meter: TransferMeter, excerpts: Sequence[tuple[Samples, Samples]]) -> tuple[Transfers, float]:
    """Transfers and the master's moving gain by turns; and how far that gain moves."""
    transfers = _transfers(meter, excerpts, [np.ones(1)] * len(excerpts))
    moves_db = 0.0
    for _ in range(_ROUNDS):
        gains = [meter.window_gains(sources, mix, transfers) for sources, mix in excerpts]
        found = np.concatenate(gains)
        playing = found[found > 0.0]
        loudest = float(np.percentile(playing, _UNCOMPRESSED_PERCENTILE)) if len(playing) else 1.0
        moves_db = -20.0 * float(np.log10(np.median(playing) / loudest)) if len(playing) else 0.0
        if moves_db < _MOVING_DB:
            return transfers, 0.0
        relative = [np.clip(np.where(each > 0.0, each, loudest) / loudest, *_MASTER_GAINS) for each in gains]
        transfers = _transfers(meter, excerpts, relative)
    return transfers, moves_db


def _transfers(meter: TransferMeter, excerpts: Sequence[tuple[Samples, Samples]], master: Sequence[Reals]) -> Transfers:
    meter.clear()
    for (sources, mix), gains in zip(excerpts, master, strict=True):
        meter.push(sources, mix, gains)
    return meter.transfers()


def _result(session: Session, tracks: Sequence[Track], transfers: Transfers, late: float, moves_db: float) -> RoughMix:
    left, whole = float(transfers.unexplained.sum()), float(transfers.power.sum())
    if whole <= 0.0 or left > _FOREIGN * whole:
        raise InputError(
            "The rough mix does not hold these tracks.",
            why=f"Faders, pans and equalizers of the session leave {left / max(whole, 1e-30):.0%} of it unexplained.",
            next_step="Choose a bounce of this session that starts where the project starts.",
        )
    found = [_recovered(session, track, transfers, place) for place, track in enumerate(tracks)]
    return RoughMix(
        tracks=tuple(each for each in found if each is not None),
        untold_guids=tuple(t.guid for t, each in zip(tracks, found, strict=True) if each is None),
        residual_db=power_to_db(left / whole),
        center_hz=tuple(transfers.center_hz.tolist()),
        band_residual_db=tuple(
            power_to_db(a / max(b, 1e-30)) for a, b in zip(transfers.unexplained, transfers.power, strict=True)
        ),
        late_seconds=late,
        compression_db=moves_db,
    )


def _recovered(session: Session, track: Track, transfers: Transfers, place: int) -> RecoveredTrack | None:
    """None for a track that the bounce says nothing about, and for pan modes that place channels apart."""
    certainty = np.minimum(transfers.certainty[:, :, place], _MOST_CERTAIN)
    certainty = np.where(certainty < _LEAST_CERTAIN, 0.0, certainty)
    if track.pan_mode not in ("classic", "balance") or not certainty.any():
        return None
    sides_db = 20.0 * np.log10(np.abs(transfers.gains[:, :, place]) + 1e-9)
    laws = pan_matrix(track.pan_mode, track_pan_law_db(session, track), _PANS, 1.0, (0.0, 0.0))
    law_db = 20.0 * np.log10(np.stack((laws[:, 0, 0], laws[:, 1, 1]), axis=1) + 1e-9)
    lean_db = _lean_db(sides_db, certainty)
    nearest = int(np.argmin(np.abs(law_db[:, 1] - law_db[:, 0] - lean_db)))
    pan = nearest if abs(lean_db) < _HARD_DB else (0 if lean_db < 0.0 else len(_PANS) - 1)
    weights = certainty * 10.0 ** (law_db[pan] / 10.0)  # the side that is turned down tells less
    curve_db = ((sides_db - law_db[pan]) * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-30)
    known = weights.sum(axis=1) > 0.0
    fitted = fit_equalizer(
        curve_db[known], np.sqrt(weights.sum(axis=1)[known]), transfers.center_hz[known], session.sample_rate_hz
    )
    return RecoveredTrack(
        track_guid=track.guid, gain_db=fitted.gain_db, pan=float(_PANS[pan]), bands=fitted.bands,
        error_db=fitted.error_db,
    )  # fmt: skip


def _lean_db(sides_db: Reals, certainty: Reals) -> float:
    """How much louder the right side is, where at least one side is well known."""
    weights = certainty.max(axis=1)
    return float(((sides_db[:, 1] - sides_db[:, 0]) * weights).sum() / weights.sum())


def _late_seconds(session: Session, tracks: Sequence[Track], played: Track, start: float) -> float:
    """How much later the bounce plays: the highest point of its whitened cross-correlation with the sum of all."""
    from scipy.fft import irfft, next_fast_len, rfft

    sources = sum(_excerpt(session, track, start - track.delay_seconds).sum(axis=0) for track in tracks)
    reach = round(_LATEST_SECONDS * session.sample_rate_hz)
    mix = _excerpt(session, played, start - _LATEST_SECONDS, EXCERPT_SECONDS + 2.0 * _LATEST_SECONDS).sum(axis=0)
    size = next_fast_len(len(mix) + reach, real=True)
    cross = rfft(mix, size) * np.conj(rfft(np.asarray(sources), size))
    magnitude = np.abs(cross)
    whitened = irfft(cross / (magnitude + 1e-2 * magnitude.max(initial=1e-30)), size)
    return float(int(np.argmax(whitened[: 2 * reach + 1])) - reach) / session.sample_rate_hz


def _excerpt(session: Session, track: Track, start: float, seconds: float = EXCERPT_SECONDS) -> Samples:
    """(2, frames) at the fader input; silence outside of what there is."""
    frames = round(seconds * session.sample_rate_hz)
    found = np.zeros((2, frames), dtype=np.float32)
    first = max(start, 0.0)
    offset = round((first - start) * session.sample_rate_hz)
    heard = read_track(session, track, first, start + seconds)[:, : frames - offset]
    found[:, offset : offset + heard.shape[1]] = np.nan_to_num(heard, nan=0.0, posinf=0.0, neginf=0.0)
    return found

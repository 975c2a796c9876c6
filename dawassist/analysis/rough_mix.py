"""A rough mix taken apart: which fader, pan and broad equalizer of every track make the stereo bounce.

The engineer's own bounce is the target; what moves of a console cannot explain (reverb, other plug-ins, automation) is
reported as the residual.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dawassist.analysis.channel_strip import PANS
from dawassist.analysis.console_match import LEAD_IN_SECONDS, Match, match_console
from dawassist.analysis.listening import playing_stem
from dawassist.analysis.low_end import spread_excerpts
from dawassist.analysis.recovered_console import RecoveredTrack, RoughMix
from dawassist.audio.tracks import read_track
from dawassist.console.pan import pan_matrix, track_pan_law_db
from dawassist.errors import Cancelled, InputError
from dawassist.session.model import Session, Track
from dawassist.units import power_to_db

EXCERPT_SECONDS = 4.0
_MOST_EXCERPTS = 10
_MOST_TRACK_SECONDS = 1500.0  # 550 MiB at 48 kHz
_FOREIGN = 0.9  # of the bounce's power unexplained
_LATEST_SECONDS = 2.0
_LAGS_TRIED, _APART_SECONDS = 8, 0.02
_AS_GOOD = 1.25  # times the least that is left unexplained
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
        progress("Reading the rough mix", done, len(starts))
        if is_cancelled():
            raise Cancelled
        lead = EXCERPT_SECONDS + LEAD_IN_SECONDS
        sources = [_excerpt(session, t, start - t.delay_seconds - LEAD_IN_SECONDS, lead) for t in tracks]
        excerpts.append((np.stack(sources), _excerpt(session, played, start + late - LEAD_IN_SECONDS, lead)))
    laws = [_pan_gains(session, track) for track in tracks]
    found = match_console(excerpts, laws, session.sample_rate_hz, progress=progress, is_cancelled=is_cancelled)
    return _result(tracks, found, late)


def _result(tracks: Sequence[Track], found: Match, late: float) -> RoughMix:
    left, whole = float(found.unexplained.sum()), float(found.power.sum())
    if whole <= 0.0 or left > _FOREIGN * whole:
        raise InputError(
            "The rough mix does not hold these tracks.",
            why=f"Faders, pans and equalizers of the session leave {left / max(whole, 1e-30):.0%} of it unexplained.",
            next_step="Choose a bounce of this session that starts where the project starts.",
        )
    return RoughMix(
        tracks=tuple(
            RecoveredTrack(track_guid=track.guid, gain_db=each.gain_db, pan=each.pan,
                           bands=each.bands, error_db=each.error_db)
            for track, each in zip(tracks, found.strips, strict=True)
            if each is not None
        ),
        untold_guids=tuple(t.guid for t, each in zip(tracks, found.strips, strict=True) if each is None),
        residual_db=power_to_db(left / whole),
        center_hz=tuple(found.center_hz.tolist()),
        band_residual_db=tuple(
            power_to_db(a / max(b, 1e-30)) for a, b in zip(found.unexplained, found.power, strict=True)
        ),
        late_seconds=late,
        compression_db=found.reduction_db,
    )  # fmt: skip


def _pan_gains(session: Session, track: Track) -> Reals | None:
    """Of both sides at every place of `PANS`; None for pan modes that place channels apart."""
    if track.pan_mode not in ("classic", "balance"):
        return None
    laws = pan_matrix(track.pan_mode, track_pan_law_db(session, track), PANS, 1.0, (0.0, 0.0))
    return np.stack((laws[:, 0, 0], laws[:, 1, 1]), axis=1)


def _late_seconds(session: Session, tracks: Sequence[Track], played: Track, start: float) -> float:
    """How much later the bounce plays: of the highest points of its whitened cross-correlation with the sum of all,
    the highest at which gains alone explain it about as well as anywhere. Loops may be higher a bar later, but not all
    that plays is one; or explain a little more there, where equalizers are heard."""
    from scipy.fft import irfft, next_fast_len, rfft

    rate_hz = session.sample_rate_hz
    sources = np.stack([_excerpt(session, t, start - t.delay_seconds).sum(axis=0) for t in tracks]).astype(np.float64)
    reach = round(_LATEST_SECONDS * rate_hz)
    mix = _excerpt(session, played, start - _LATEST_SECONDS, EXCERPT_SECONDS + 2.0 * _LATEST_SECONDS).sum(axis=0)
    size = next_fast_len(len(mix) + reach, real=True)
    cross = rfft(mix, size) * np.conj(rfft(sources.sum(axis=0), size))
    magnitude = np.abs(cross)
    whitened = irfft(cross / (magnitude + 1e-2 * magnitude.max(initial=1e-30)), size)[: 2 * reach + 1]
    products = sources @ sources.T
    products += (1e-9 * np.trace(products) + 1e-30) * np.eye(len(sources))
    left = {}
    for place in _highest(whitened, round(_APART_SECONDS * rate_hz)):
        there = mix[place : place + sources.shape[1]]
        shared, power = sources @ there, float(there @ there)
        left[place] = (
            1.0 - float(shared @ np.linalg.solve(products, shared)) / power if products.any() and power else 1.0
        )
    as_good = [place for place, each in left.items() if each <= _AS_GOOD * max(min(left.values()), 1e-6)]
    return float(max(as_good, key=lambda place: whitened[place]) - reach) / rate_hz


def _highest(values: Reals, apart: int) -> list[int]:
    """The places of the highest values, no two of them nearer than `apart`."""
    left, places = values.copy(), []
    for _ in range(_LAGS_TRIED):
        place = int(np.argmax(left))
        places.append(place)
        left[max(place - apart, 0) : place + apart + 1] = -np.inf
    return places


def _excerpt(session: Session, track: Track, start: float, seconds: float = EXCERPT_SECONDS) -> Samples:
    """(2, frames) at the fader input; silence outside of what there is."""
    frames = round(seconds * session.sample_rate_hz)
    found = np.zeros((2, frames), dtype=np.float32)
    first = max(start, 0.0)
    offset = round((first - start) * session.sample_rate_hz)
    heard = read_track(session, track, first, start + seconds)[:, : frames - offset]
    found[:, offset : offset + heard.shape[1]] = np.nan_to_num(heard, nan=0.0, posinf=0.0, neginf=0.0)
    return found

"""A reference recording beside the session's own mix: loudness, tonal balance, and how far a lead stands out.

Both are heard in the same way, in seconds spread over what plays, so that what the measures cannot tell (other
instruments in the center, say) weighs on both. The lead of a finished recording is not separable from the rest; what is
compared is the center of the voice's band, in seconds in which a voice is heard, against everything else.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from dawassist.analysis.low_end import spread_excerpts
from dawassist.analysis.masking_measures import k_weights
from dawassist.analysis.reference import MixSound
from dawassist.analysis.signal_meter import SignalMeter
from dawassist.analysis.voice import voice_shares
from dawassist.audio.tracks import DEFAULT_BLOCK_FRAMES, TrackReader, read_track
from dawassist.console.bus_chains import bus_inserts
from dawassist.console.busses import BusStage
from dawassist.console.gains import Console
from dawassist.console.mixing import Mixer
from dawassist.errors import Cancelled, InputError
from dawassist.session.model import Session, Track
from dawassist.units import SILENCE_DB

SECONDS = 1.0
MOST_SECONDS = 32  # of each, heard for balance and lead
_LOWEST_HZ, _HIGHEST_HZ = 40.0, 12500.0
_VOICE_HZ = (300.0, 4000.0)
_VOICED = 0.5  # of a second in which a voice is told
_FEWEST_VOICED = 4
_NARROWEST_DB = -20.0  # sides under the middle, in the voice's band: less and there is no center to tell apart
_SMOOTHING = (0.25, 0.5, 0.25)  # of neighboring third octaves
Samples = npt.NDArray[np.float32]
Reals = npt.NDArray[np.float64]
IsCancelled = Callable[[], bool]


def hear_reference(
    session: Session, played: Track, length_seconds: float, sample_rate_hz: int, *,
    is_cancelled: IsCancelled = lambda: False,
) -> MixSound:  # fmt: skip
    """What the items of `played` give, from 0 to `length_seconds`. Raises InputError for silence, and Cancelled."""
    meter = SignalMeter(sample_rate_hz)
    reader = TrackReader(session, played)
    for block in reader.blocks(0.0, length_seconds, DEFAULT_BLOCK_FRAMES):
        _look(is_cancelled)
        meter.push(np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0))
    meter.finish()
    loudness = meter.loudness().integrated_lufs
    if loudness <= SILENCE_DB:
        raise InputError(
            "The reference is silent.",
            why=reader.why_not_heard or (reader.findings[0].sentence if reader.findings else "Nothing is in it."),
            next_step="Choose another file or track.",
        )
    starts = spread_excerpts(meter.activity(0.0).segments, count=MOST_SECONDS, seconds=SECONDS)
    seconds = (read_track(session, played, at, at + SECONDS) for at in starts)
    return mix_sound(seconds, loudness, sample_rate_hz, is_cancelled=is_cancelled)


def hear_mix(
    session: Session, guids: Sequence[str], segments: Sequence[tuple[float, float]], loudness_lufs: float, *,
    is_cancelled: IsCancelled = lambda: False,
) -> MixSound:  # fmt: skip
    """The session's own mix of the tracks `guids`, before the master chain. Raises Cancelled."""
    tracks = [track for guid in guids if (track := session.track(guid)) is not None]
    console, heard_guids = Console(session), [track.guid for track in tracks]
    mixer = Mixer(console, heard_guids, session.sample_rate_hz)
    inserts = bus_inserts(session, console.graph)
    starts = list(spread_excerpts(segments, count=MOST_SECONDS, seconds=SECONDS))
    frames = round(SECONDS * session.sample_rate_hz)

    def mixed(start: float) -> Samples:
        read = (_exactly(read_track(session, track, start, start + SECONDS), frames) for track in tracks)
        heard = list(_until_cancelled(read, is_cancelled))
        samples = np.concatenate(heard)
        if inserts:
            samples = BusStage(console, heard_guids, inserts).hear_all(samples, start)
        return mixer.mix(samples, start)

    seconds = (mixed(start) for start in starts)
    return mix_sound(seconds, loudness_lufs, session.sample_rate_hz, is_cancelled=is_cancelled)


def _look(is_cancelled: IsCancelled) -> None:
    if is_cancelled():
        raise Cancelled


def _until_cancelled(seconds: Iterable[Samples], is_cancelled: IsCancelled) -> Iterator[Samples]:
    """Raises Cancelled."""
    for each in seconds:
        _look(is_cancelled)
        yield each


def mix_sound(
    seconds: Iterable[Samples], loudness_lufs: float, sample_rate_hz: int, *,
    is_cancelled: IsCancelled = lambda: False,
) -> MixSound:  # fmt: skip
    """Of stretches (2, frames) of a second each. Raises Cancelled."""
    center_hz, edges = _third_octaves(sample_rate_hz)
    powers, centers, rests, sides, middles = [], [], [], [], []
    weights = k_weights(tuple(center_hz.tolist()))
    in_voice = (center_hz >= _VOICE_HZ[0]) & (center_hz <= _VOICE_HZ[1])
    for stretch in _until_cancelled(seconds, is_cancelled):
        heard = np.nan_to_num(stretch, nan=0.0, posinf=0.0, neginf=0.0)
        middle, side = (heard[0] + heard[1]) / 2.0, (heard[0] - heard[1]) / 2.0
        of_middle, of_side = (_per_band(each, edges, sample_rate_hz) for each in (middle, side))
        own = np.maximum(of_middle - of_side, 0.0)[in_voice]  # what is alike on both sides
        whole = of_middle + of_side
        powers.append(whole)
        centers.append(float((weights[in_voice] * own).sum()))
        rests.append(float((weights * whole).sum()) - centers[-1])
        sides.append(float(of_side[in_voice].sum()))
        middles.append((float(of_middle[in_voice].sum()), middle.astype(np.float32)))
    if not powers or not np.sum(powers) > 0.0:
        return MixSound(loudness_lufs=loudness_lufs, center_hz=tuple(center_hz.tolist()),
                        balance_db=(0.0,) * len(center_hz), lead_db=None, no_lead="Nothing sounds.")  # fmt: skip
    lead_db, why = _lead(centers, rests, sides, middles, sample_rate_hz, is_cancelled)
    return MixSound(
        loudness_lufs=loudness_lufs, center_hz=tuple(center_hz.tolist()),
        balance_db=_balance(np.sum(powers, axis=0), weights), lead_db=lead_db, no_lead=why,
    )  # fmt: skip


def _lead(
    centers: Sequence[float], rests: Sequence[float], sides: Sequence[float],
    middles: Sequence[tuple[float, Samples]], sample_rate_hz: int, is_cancelled: IsCancelled,
) -> tuple[float | None, str]:  # fmt: skip
    narrow = sum(sides) < 10.0 ** (_NARROWEST_DB / 10.0) * sum(power for power, _ in middles)
    if narrow:
        return None, "It is nearly mono, so its center cannot be told from the rest."
    heard = _until_cancelled((middle for _, middle in middles), is_cancelled)
    shares = [share for middle in heard for share in voice_shares([middle], sample_rate_hz)]
    voiced = [place for place, share in enumerate(shares) if share >= _VOICED]
    if len(voiced) < _FEWEST_VOICED:
        return None, f"A voice is told in {len(voiced)} of {len(shares)} seconds that were heard."
    center, rest = (sum(each[place] for place in voiced) for each in (centers, rests))
    return 10.0 * float(np.log10(max(center, 1e-20) / max(rest, 1e-20))), ""


def _balance(power: Reals, weights: Reals) -> tuple[float, ...]:
    """In dB, smoothed over neighbors; levels do not count."""
    padded = np.pad(power, 1, mode="edge")
    smooth = sum(share * padded[place : place + len(power)] for place, share in enumerate(_SMOOTHING))
    whole = float((weights * power).sum())
    return tuple((10.0 * np.log10(np.maximum(smooth, 1e-20) / whole)).tolist())


def _third_octaves(sample_rate_hz: int) -> tuple[Reals, Reals]:
    top = min(_HIGHEST_HZ, 0.4 * sample_rate_hz)
    center_hz = 1000.0 * 2.0 ** (np.arange(-14, 12) / 3.0)
    center_hz = center_hz[(center_hz >= _LOWEST_HZ) & (center_hz <= top * 1.05)]
    return center_hz, np.append(center_hz, center_hz[-1] * 2.0 ** (1.0 / 3.0)) / 2.0 ** (1.0 / 6.0)


def _per_band(signal: Samples, edges: Reals, sample_rate_hz: int) -> Reals:
    power = np.abs(np.fft.rfft(signal * np.hanning(len(signal)))) ** 2
    places = np.searchsorted(np.fft.rfftfreq(len(signal), 1.0 / sample_rate_hz), edges)
    return np.asarray(np.add.reduceat(power, np.minimum(places, len(power) - 1))[:-1])


def _exactly(samples: Samples, frames: int) -> Samples:
    found = np.zeros((2, frames), dtype=np.float32)
    found[:, : samples.shape[1]] = samples[:, :frames]
    return found

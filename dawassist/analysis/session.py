"""Listening to a whole session: every track is read once, block by block, all of them side by side.

One pass measures each track at its fader input, the covariance between all of them, and the mix as the session stands.
Memory does not grow with the length of the session, except for 8 bytes per track and 100 ms and the covariance
(≤ 256 MiB).
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from dawassist.analysis.covariance import CovarianceMeter
from dawassist.analysis.listening import Listener, pre_fx_findings
from dawassist.analysis.loudness import hop_frames
from dawassist.analysis.model import Analysis, Finding
from dawassist.analysis.signal_meter import CHANNELS, SignalMeter
from dawassist.console.gains import Console
from dawassist.console.mixing import Mixer
from dawassist.errors import Cancelled
from dawassist.session.model import Session

Samples = npt.NDArray[np.float32]
Progress = Callable[[str, int, int], None]
IsCancelled = Callable[[], bool]
Result = TypeVar("Result")
_HOPS_PER_CHUNK = 10
_CANCEL_CHECK_SECONDS = 0.1
_NO_STEMS: Mapping[str, Path] = {}


def analyze_session(
    session: Session,
    start_seconds: float,
    end_seconds: float,
    *,
    track_guids: Collection[str] | None = None,
    stems: Mapping[str, Path] = _NO_STEMS,
    voice_guids: Collection[str] | None = None,
    workers: int = 2,
    progress: Progress = lambda _what, _done, _total: None,
    is_cancelled: IsCancelled = lambda: False,
) -> Analysis:
    """Measure every track with a sound of its own, from `start_seconds` to `end_seconds` of the project.

    `track_guids` restricts what is read (and so what the mix is made of); `stems` gives files, rendered by the host
    from the project's start before the fader, that are heard instead of a track's items; `voice_guids` restricts
    the search for a voice, which takes longest. A damaged track is a finding, never an exception. Tracks without
    items, instrument or stem are not in the result. Raises Cancelled, and InputError for a sample rate below 8 kHz.
    """
    console = Console(session)
    tracks = [
        track
        for track in session.tracks
        if (track.items or track.guid in stems or console.graph.kind[track.guid] == "source")
        and (track_guids is None or track.guid in track_guids)
    ]
    rate = session.sample_rate_hz
    chunk = _HOPS_PER_CHUNK * hop_frames(rate)
    listeners = [
        Listener(
            session, t, start_seconds, end_seconds, chunk, stems.get(t.guid),
            hears_voice=voice_guids is None or t.guid in voice_guids,
        )
        for t in tracks
    ]  # fmt: skip
    heard = [listener for listener in listeners if listener.can_hear]
    run = _Pass(console, heard, max(round((end_seconds - start_seconds) * rate), 0), start_seconds)
    try:
        with (
            threadpool_limits(limits=1, user_api="blas"),  # our threads share the cores already
            ThreadPoolExecutor(max_workers=workers, thread_name_prefix="listen") as pool,
        ):
            run.listen(pool, progress, is_cancelled)
            measured = _run_all(pool, [listener.analysis for listener in listeners], is_cancelled)
    finally:
        for listener in listeners:
            listener.close()
    return Analysis(
        fingerprint=session.fingerprint,
        sample_rate_hz=rate,
        start_seconds=start_seconds,
        end_seconds=end_seconds,
        tracks=tuple(measured),
        mix_loudness=run.mix.loudness() if heard else None,
        covariance=run.covariance.finish(tuple(x.track.guid for x in heard), start_seconds) if heard else None,
        findings=(*pre_fx_findings(tracks), *_too_many_points(session)),
    )


class _Pass:
    """The buffers and meters of one pass over the session, in chunks of 1 s.

    While the tracks fill one set of buffers, the set before it is summed and correlated.
    """

    def __init__(self, console: Console, heard: Sequence[Listener], frames: int, start_seconds: float) -> None:
        self._rate = console.session.sample_rate_hz
        self._heard = heard
        self._frames = frames
        self._start_seconds = start_seconds
        self._hop_frames = hop_frames(self._rate)
        self._chunk_frames = _HOPS_PER_CHUNK * self._hop_frames
        self._mixer = Mixer(console, [x.track.guid for x in heard], self._rate)
        self.mix = SignalMeter(self._rate)
        self.covariance = CovarianceMeter(CHANNELS * len(heard), frames // self._hop_frames)

    def listen(self, pool: ThreadPoolExecutor, progress: Progress, is_cancelled: IsCancelled) -> None:
        chunks = -(-self._frames // self._chunk_frames) if self._heard else 0
        shape = (CHANNELS * len(self._heard), min(self._chunk_frames, self._frames))
        sets = [(np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=np.float32)) for _ in range(2)]
        for chunk in range(chunks + 1):
            progress("Listening", chunk, chunks)
            jobs = [*self._reading(chunk, *sets[chunk % 2])] if chunk < chunks else []
            if chunk > 0:
                jobs.append(partial(self._combine, chunk - 1, *sets[(chunk - 1) % 2]))
            _run_all(pool, jobs, is_cancelled)

    def _reading(self, chunk: int, samples: Samples, weighted: Samples) -> Iterator[Callable[[], None]]:
        frames = self._frames_of(chunk)
        for place, listener in enumerate(self._heard):
            pair = slice(CHANNELS * place, CHANNELS * place + CHANNELS)
            yield partial(listener.read, samples[pair, :frames], weighted[pair, :frames])

    def _combine(self, chunk: int, samples: Samples, weighted: Samples) -> None:
        frames = self._frames_of(chunk)
        start_seconds = self._start_seconds + chunk * self._chunk_frames / self._rate
        self.mix.push(self._mixer.mix(samples[:, :frames], start_seconds))
        for hop in range(frames // self._hop_frames):
            self.covariance.push(weighted[:, hop * self._hop_frames : (hop + 1) * self._hop_frames])

    def _frames_of(self, chunk: int) -> int:
        return min(self._chunk_frames, self._frames - chunk * self._chunk_frames)


def _run_all(pool: ThreadPoolExecutor, jobs: Sequence[Callable[[], Result]], is_cancelled: IsCancelled) -> list[Result]:
    """The results of all jobs, in their order; looks for a cancel at least every 100 ms."""
    futures = [pool.submit(job) for job in jobs]
    running = set(futures)
    while running:
        if is_cancelled():
            for future in running:
                future.cancel()
            raise Cancelled
        _, running = wait(running, timeout=_CANCEL_CHECK_SECONDS)
    return [future.result() for future in futures]


def _too_many_points(session: Session) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            kind="too_many_points",
            track_guid=track.guid,
            sentence=f"An envelope of {track.display_name} has {envelope.point_count} points; its moves are left out.",
        )
        for track in (*session.tracks, session.master)
        for envelope in track.envelopes
        if envelope.active and envelope.point_count and not envelope.points
    )

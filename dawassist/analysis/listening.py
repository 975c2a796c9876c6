"""One track being listened to: its blocks, its meters, and what went wrong on the way."""

from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dawassist.analysis.activity import NEVER
from dawassist.analysis.channel_findings import dead_channel, side_findings
from dawassist.analysis.disturbance_findings import disturbance_findings
from dawassist.analysis.k_weighting import KWeighting
from dawassist.analysis.model import Finding, MeasuredAt, TrackAnalysis
from dawassist.analysis.track_meter import TrackMeter
from dawassist.audio.tracks import TrackReader
from dawassist.console.chain import chain_of
from dawassist.console.inserts import BlockSource
from dawassist.errors import KnownError
from dawassist.session.findings import FindingClass
from dawassist.session.model import Fade, Item, Session, Source, Take, Track
from dawassist.units import SILENCE_DB, counted

Samples = npt.NDArray[np.float32]
_LOST: frozenset[FindingClass] = frozenset({"media_missing", "media_empty", "media_damaged", "media_unsafe_path"})
_NO_FADE = Fade(length_seconds=0.0, shape=0, curvature=0.0)


def _untouched(source: BlockSource, start_seconds: float, end_seconds: float, block_frames: int) -> Iterator[Samples]:
    return source(start_seconds, end_seconds, block_frames)


class Listener:
    """Reads a track's samples block by block and measures them. Trouble becomes a finding and silence.

    With `stem`, a file that the host rendered from the project's start before the fader, that file is heard instead of
    the items. One thread at a time may read it, and one measure it.
    """

    def __init__(
        self, session: Session, track: Track, start_seconds: float, end_seconds: float, block_frames: int,
        stem: Path | None = None, *, hears_voice: bool = True,
    ) -> None:  # fmt: skip
        self.track = track
        playing = track if stem is None else playing_stem(track, stem, end_seconds)
        self._reader = TrackReader(session, playing)
        self._chain = None if stem else chain_of(session, track)
        self._why_not_heard = self._reader.why_not_heard if playing.items else _driven(track)
        self._start_seconds = start_seconds
        self._end_seconds = end_seconds
        self._rate = session.sample_rate_hz
        self._block_frames = block_frames
        heard = self._chain.blocks if self._chain else _untouched
        late = playing.delay_seconds
        self._blocks = heard(self._reader.blocks, start_seconds - late, end_seconds - late, block_frames)
        self._meter = TrackMeter(self._rate, hears_voice=hears_voice)
        self._weighting = KWeighting(self._rate, 2)
        self._frames = 0
        self._findings: list[Finding] = []

    @property
    def can_hear(self) -> bool:
        """False for tracks whose sound is in no file, such as instruments."""
        return not self._why_not_heard

    def read(self, samples: Samples) -> None:
        """Read the next blocks into `samples`, (2, frames): whole blocks, except at the end."""
        for start in range(0, samples.shape[-1], self._block_frames):
            self._read_block(samples[:, start : start + self._block_frames])

    def _read_block(self, samples: Samples) -> None:
        try:
            block = next(self._blocks, None)
        except KnownError as error:
            self._find("media_damaged", f"{self.track.display_name}: {error}")
            block = None
        frames = 0 if block is None else min(block.shape[-1], samples.shape[-1])
        if block is not None:
            samples[:, :frames] = self._finite(block[:, :frames])
        samples[:, frames:] = 0.0
        self._frames += samples.shape[-1]

    def measure(self, samples: Samples, *, is_last: bool) -> Samples:
        """Measure a block that was read; returns its K-weighted hops, as `KWeighting` gives them."""
        return self._meter.push(samples, is_last=is_last)

    def halves(self, samples: Samples, *, is_last: bool) -> tuple[Callable[[], object], Callable[[], object]]:
        """`measure` as two jobs, which two threads may do while another reads on."""
        return (
            partial(self._meter.push_samples, samples, is_last=is_last),
            partial(self._meter.push_spectra, samples, is_last=is_last),
        )

    def weight(self, samples: Samples) -> Samples:
        """Only K-weight a block that was read: for tracks whose measures are known."""
        return self._weighting.push(samples)

    def loudness_so_far(self) -> float:
        """Integrated LUFS of what was measured."""
        return self._meter.loudness_so_far()

    def close(self) -> None:
        """Let go of open files."""
        if isinstance(self._blocks, Generator):
            self._blocks.close()

    def analysis(self) -> TrackAnalysis:
        """What was measured, or why nothing was."""
        if not self.can_hear:
            self._find("not_heard", self._why_not_heard)
            return self._unheard()
        measured = self._meter.analysis(self.track.guid, self._measured_at, self._start_seconds, self._all_findings)
        assert measured.loudness is not None
        is_silent = measured.loudness.integrated_lufs <= SILENCE_DB
        if is_silent and any(finding.kind in _LOST for finding in self._all_findings):
            return self._unheard()
        return replace(measured, findings=(*self._all_findings, *self._signal_findings(measured)))

    def _signal_findings(self, measured: TrackAnalysis) -> Iterator[Finding]:
        """What is wrong with the sound itself."""
        dead = dead_channel(self.track, measured, self._start_seconds, self._end_seconds)
        if dead is not None:
            yield dead
        elif measured.loudness is None or measured.loudness.integrated_lufs <= SILENCE_DB:
            sentence = f"{self.track.display_name} has no sound above −70 LUFS in the analyzed range."
            yield Finding(kind="silent", track_guid=self.track.guid, sentence=sentence)
        else:
            if measured.stereo is not None and not measured.is_mono:
                yield from side_findings(self.track, measured.stereo)
            if measured.disturbances is not None:
                yield from disturbance_findings(self.track, measured.disturbances, self._start_seconds)

    @property
    def _measured_at(self) -> MeasuredAt:
        return "before_plugins" if self._chain and self._chain.unmodelled else "after_chain"

    @property
    def _all_findings(self) -> tuple[Finding, ...]:
        return (*self._reader.findings, *self._findings)

    def _unheard(self) -> TrackAnalysis:
        return TrackAnalysis(
            track_guid=self.track.guid, measured_at="not_heard", loudness=None, activity=NEVER, is_mono=False,
            findings=self._all_findings,
        )  # fmt: skip

    def _finite(self, block: Samples) -> Samples:
        """Samples that are not numbers become silence, and the first of them a finding."""
        if all(np.isfinite(np.dot(channel, channel)) for channel in block):
            return block
        is_bad = ~np.isfinite(block).all(axis=0)
        seconds = self._start_seconds + (self._frames + int(np.argmax(is_bad))) / self._rate
        self._find(
            "media_damaged",
            f"{self.track.display_name} has samples that are not numbers, the first at {seconds:.2f} s; "
            "they are taken as silence.",
        )
        return np.where(is_bad, np.float32(0.0), block)

    def _find(self, kind: FindingClass, sentence: str) -> None:
        if all(finding.kind != kind for finding in self._findings):
            self._findings.append(Finding(kind=kind, track_guid=self.track.guid, sentence=sentence))


def unmodelled_findings(session: Session, tracks: Sequence[Track], fed: Collection[str] = ()) -> tuple[Finding, ...]:
    """One finding that names the tracks which are heard before plug-ins that are not modelled, and why.

    Those that other tracks feed, by GUID in `fed`, stay so: a stem of them holds what feeds them, too.
    """
    chains = [(track, chain_of(session, track).unmodelled) for track in tracks]
    named = [
        (track, f"{track.display_name} ({', '.join(f'{fx.fx_name}: {fx.reason}' for fx in unmodelled)})")
        for track, unmodelled in chains
        if unmodelled
    ]
    if not named:
        return ()
    sentence = (
        f"{counted(len(named), 'track')} measured before plug-ins that are not modelled here: "
        f"{'; '.join(name for _, name in named)}."
    )
    if any(track.guid not in fed for track, _ in named):
        sentence += " Let REAPER render them to hear what they do."
    staying = [track.display_name for track, _ in named if track.guid in fed]
    if staying:
        sentence += f" Fed by other tracks, and left as measured: {', '.join(staying)}."
    return (Finding(kind="approximate", track_guid="", sentence=sentence),)


def with_stems(session: Session, stems: Mapping[str, Path]) -> Session:
    """The session in which these tracks play their stems, by GUID, and have no plug-ins of their own left."""
    end = session.length_seconds
    return replace(
        session,
        tracks=tuple(
            replace(playing_stem(track, stems[track.guid], end), fx=()) if track.guid in stems else track
            for track in session.tracks
        ),
    )


def _driven(track: Track) -> str:
    return f"{track.display_name} plays an instrument that another track drives; let REAPER render it to include it."


def playing_stem(track: Track, stem: Path, end_seconds: float) -> Track:
    """`track` with one item: a file that begins where the project does, such as what the host rendered of it."""
    take = Take(
        guid=track.guid, name=stem.name, level_db=0.0, pan=0.0, polarity_inverted=False, start_offset_seconds=0.0,
        play_rate=1.0, pitch_semitones=0.0, preserve_pitch=False, channel_mode="normal",
        source=Source(kind="WAVE", path=str(stem.absolute())),
    )  # fmt: skip
    item = Item(
        guid=track.guid, position_seconds=0.0, length_seconds=max(end_seconds, 0.0), level_db=0.0, muted=False,
        looped=False, locked=False, fade_in=_NO_FADE, fade_out=_NO_FADE, active_take=0, takes=(take,),
    )  # fmt: skip
    return replace(track, items=(item,), delay_seconds=0.0)

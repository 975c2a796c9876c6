"""A track's signal: the sum of its items, before its plug-ins and fader."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dawassist.audio.items import ItemStream, item_frames
from dawassist.audio.media import MediaProblem, MediaReader, Samples, open_media
from dawassist.audio.paths import media_path
from dawassist.audio.take_envelopes import followed_envelopes, playing_envelopes
from dawassist.session.findings import Finding, FindingClass
from dawassist.session.model import Item, Session, Take, Track

_NO_FILE_KINDS = {
    "MIDI": "plays an instrument from MIDI",
    "MIDIPOOL": "plays an instrument from MIDI",
    "RPP_PROJECT": "plays a subproject",
    "VIDEO": "plays the sound of a video",
    "CLICK": "plays a click source",
    "LTC": "plays a time code source",
    "EMPTY": "holds empty items",
}
DEFAULT_BLOCK_FRAMES = 16384
Opening = Callable[[Path], MediaReader]


class TrackReader:
    """Reads one track. `findings` grows while media is opened; nothing that is damaged stops the rest.

    `why_not_heard` says why a track that has items gives no sound from files ("" when it does). `opening` opens media
    in place of `open_media`, such as that of `KeptOpen`.
    """

    def __init__(
        self, session: Session, track: Track, *, sample_rate_hz: int | None = None, opening: Opening | None = None
    ) -> None:
        self.track = track
        self.sample_rate_hz = sample_rate_hz or session.sample_rate_hz
        self.findings: list[Finding] = []
        self.has_items = bool(track.items)
        self._media_folder = session.media_folder
        self._open_media = opening or open_media
        self._unreadable: set[str] = set()
        playing = [(item, take) for item in track.items if (take := _playing_take(item)) is not None]
        self._items = [(item, take) for item, take in playing if _reason_without_file(take) == ""]
        reasons = list(dict.fromkeys(reason for _, take in playing if (reason := _reason_without_file(take))))
        self.why_not_heard = self._explain(reasons)
        for item, take in self._items:
            self._note_approximations(item, take)

    def blocks(
        self, start_seconds: float, end_seconds: float, block_frames: int = DEFAULT_BLOCK_FRAMES
    ) -> Generator[Samples, None, None]:
        """The signal in blocks of shape (2, block_frames), the last one shorter; silence where nothing plays."""
        first = round(start_seconds * self.sample_rate_hz)
        end = max(round(end_seconds * self.sample_rate_hz), first)
        waiting = sorted(
            ((*item_frames(item, self.sample_rate_hz), item, take) for item, take in self._items),
            key=lambda entry: entry[0],
            reverse=True,
        )
        playing: list[_Playing] = []
        try:
            for block_start in range(first, end, block_frames):
                count = min(block_frames, end - block_start)
                while waiting and waiting[-1][0] < block_start + count:
                    start, stop, item, take = waiting.pop()
                    if stop > block_start:
                        playing += self._open(item, take, start, max(block_start, start))
                yield self._mixed(playing, block_start, count)
        finally:
            for each in playing:
                each.media.close()

    def _open(self, item: Item, take: Take, item_start: int, from_frame: int) -> "list[_Playing]":
        """The item as a playing stream; nothing, and a finding, when its media cannot be had."""
        assert take.source is not None
        source = take.source
        if source.path in self._unreadable:
            return []
        try:
            media = self._open_media(media_path(self._media_folder, source.path))
        except MediaProblem as problem:
            self._unreadable.add(source.path)
            self._find(problem.kind, item, problem.sentence)
            return []
        self._check(item, take, media)
        stream = ItemStream(item, take, media, sample_rate_hz=self.sample_rate_hz, start_frame=from_frame - item_start)
        return [_Playing(stream, media, from_frame, item)]

    def _mixed(self, playing: "list[_Playing]", block_start: int, count: int) -> Samples:
        if len(playing) == 1 and playing[0].next_frame == block_start and playing[0].stream.frames_left > count:
            alone = playing[0]
            alone.next_frame += count
            try:
                return alone.stream.read(count)
            except MediaProblem:
                alone.next_frame -= count
        mix = np.zeros((2, count), dtype=np.float32)
        for each in list(playing):
            offset = each.next_frame - block_start
            frames = min(count - offset, each.stream.frames_left)
            try:
                mix[:, offset : offset + frames] += each.stream.read(frames)
            except MediaProblem as problem:
                self._find(problem.kind, each.item, f"{self.track.display_name}: {problem.sentence}")
                frames = each.stream.frames_left
            each.next_frame += frames
            if each.stream.frames_left == 0 or frames > count - offset:
                each.media.close()
                playing.remove(each)
        return mix

    def _check(self, item: Item, take: Take, media: MediaReader) -> None:
        assert take.source is not None
        name = Path(take.source.path.replace("\\", "/")).name
        if media.header_frame_count > media.frame_count:
            promised = media.header_frame_count / media.sample_rate_hz
            self._find(
                "media_truncated",
                item,
                f"{self.track.display_name}: {name} ends after {media.duration_seconds:.2f} of {promised:.2f} s; "
                "the rest is missing, not silent. Restore the file.",
            )
        if media.sample_rate_hz != self.sample_rate_hz:
            self._find(
                "media_rate",
                item,
                f"{self.track.display_name}: {name} has {media.sample_rate_hz:.0f} Hz in a session of "
                f"{self.sample_rate_hz} Hz; it is converted.",
            )

    def _note_approximations(self, item: Item, take: Take) -> None:
        if take.pitch_semitones or (take.preserve_pitch and take.play_rate != 1.0):
            self._find(
                "approximate",
                item,
                f"{self.track.display_name}: an item at {item.position_seconds:.2f} s is shifted in pitch or stretched;"
                " it is heard at the right time and level but with another pitch.",
            )
        if len(playing_envelopes(take)) > len(followed_envelopes(take)):
            self._find(
                "automation",
                item,
                f"{self.track.display_name}: an item at {item.position_seconds:.2f} s has take envelopes "
                "that are not followed here.",
            )

    def _explain(self, reasons: Sequence[str]) -> str:
        if not reasons:
            return ""
        name = self.track.display_name
        sentence = f"{name} {' and '.join(reasons)}, which is not in any file; let REAPER render it to include it."
        if self._items:
            self.findings.append(
                Finding(kind="not_heard", track_guid=self.track.guid, sentence=f"A part of {sentence}")
            )
            return ""
        return sentence

    def _find(self, kind: FindingClass, item: Item, sentence: str) -> None:
        if not any(finding.kind == kind and finding.sentence == sentence for finding in self.findings):
            finding = Finding(kind=kind, track_guid=self.track.guid, sentence=sentence, item_guid=item.guid)
            self.findings.append(finding)


class _Playing:
    """An open item and the project frame that it gives next."""

    def __init__(self, stream: ItemStream, media: MediaReader, next_frame: int, item: Item) -> None:
        self.stream = stream
        self.media = media
        self.next_frame = next_frame
        self.item = item


def read_track(
    session: Session, track: Track, start_seconds: float, end_seconds: float, *, opening: Opening | None = None
) -> npt.NDArray[np.float32]:
    """A stretch of a track as one array of shape (2, frames); for short stretches only."""
    with closing(TrackReader(session, track, opening=opening).blocks(start_seconds, end_seconds)) as blocks:
        parts = list(blocks)
    return np.concatenate(parts, axis=1) if parts else np.zeros((2, 0), dtype=np.float32)


def _playing_take(item: Item) -> Take | None:
    """The take that sounds: the active one of an item that is not muted and lies in a playing lane."""
    if item.muted or not item.lane_plays or not 0 <= item.active_take < len(item.takes):
        return None
    return item.takes[item.active_take]


def _reason_without_file(take: Take) -> str:
    """Why a take's sound cannot be had from a file; "" when it can."""
    if take.source is None:
        return "holds empty takes"
    if take.source.path:
        return _NO_FILE_KINDS.get(take.source.kind, "") if take.source.kind in ("MIDI", "RPP_PROJECT", "VIDEO") else ""
    return _NO_FILE_KINDS.get(take.source.kind, f"plays a source of kind {take.source.kind}")

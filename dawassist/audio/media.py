"""Media files, read in blocks as float32.

pedalboard decodes WAV, AIFF, FLAC, OGG and MP3 fastest; soundfile opens the rest (W64, RF64, CAF …) and knows how many
frames a truncated file really holds: pedalboard reports the header's length and fills with silence.
"""

import stat
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

from dawassist.errors import MediaError
from dawassist.session.findings import FindingClass

Samples = npt.NDArray[np.float32]
_FAST_SUFFIXES = frozenset({".wav", ".aif", ".aiff", ".flac", ".ogg", ".mp3", ".bwf"})
_DECODER_ERRORS = (ValueError, RuntimeError, OSError, OverflowError)


class MediaProblem(MediaError):
    """A media file that cannot be read, with the class of finding that it becomes."""

    def __init__(self, kind: FindingClass, what: str, *, why: str = "", next_step: str = "") -> None:
        self.kind = kind
        super().__init__(what, why=why, next_step=next_step)


class _Decoder(Protocol):
    def read(self, start_frame: int, count: int) -> Samples: ...

    def close(self) -> None: ...


class MediaReader:
    """An open media file. `header_frame_count` exceeds `frame_count` when the file is cut short."""

    def __init__(
        self, decoder: _Decoder, *, sample_rate_hz: float, channel_count: int, frame_count: int, header_frame_count: int
    ) -> None:
        self._decoder = decoder
        self.sample_rate_hz = sample_rate_hz
        self.channel_count = channel_count
        self.frame_count = frame_count
        self.header_frame_count = header_frame_count

    @property
    def duration_seconds(self) -> float:
        return self.frame_count / self.sample_rate_hz

    def read(self, start_frame: int, count: int) -> Samples:
        """Frames from `start_frame` on, shape (channels, count); silence outside the file. Raises MediaProblem."""
        first, last = max(start_frame, 0), min(start_frame + count, self.frame_count)
        if last <= first:
            return np.zeros((self.channel_count, count), dtype=np.float32)
        try:
            found = self._decoder.read(first, last - first)
        except _DECODER_ERRORS as error:
            raise MediaProblem(
                "media_damaged",
                f"The file cannot be decoded from {first / self.sample_rate_hz:.2f} s on.",
                why=f"{error}",
            ) from None
        if found.shape[1] == count:
            return found
        padded = np.zeros((self.channel_count, count), dtype=np.float32)
        offset = first - start_frame
        padded[:, offset : offset + found.shape[1]] = found
        return padded

    def close(self) -> None:
        self._decoder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _FastDecoder:
    def __init__(self, path: Path) -> None:
        from pedalboard.io import AudioFile

        self.file: Any = AudioFile(str(path))

    def read(self, start_frame: int, count: int) -> Samples:
        if self.file.tell() != start_frame:
            self.file.seek(start_frame)
        samples: Samples = self.file.read(count)
        return samples

    def close(self) -> None:
        self.file.close()


class _WideDecoder:
    def __init__(self, path: Path) -> None:
        import soundfile

        self.file: Any = soundfile.SoundFile(str(path))

    def read(self, start_frame: int, count: int) -> Samples:
        if self.file.tell() != start_frame:
            self.file.seek(start_frame)
        samples: Samples = np.ascontiguousarray(self.file.read(count, dtype="float32", always_2d=True).T)
        return samples

    def close(self) -> None:
        self.file.close()


def open_media(path: Path) -> MediaReader:
    """Open a file. Raises MediaProblem: missing, empty, damaged, or no ordinary file (a device, a pipe)."""
    _check_ordinary(path)
    known_frames, wide = _measured(path)
    if path.suffix.lower() in _FAST_SUFFIXES:
        try:
            fast = _FastDecoder(path)
        except _DECODER_ERRORS:
            fast = None
        if fast is not None:
            if wide is not None:
                wide.close()
            return _reader(path, fast, fast.file.samplerate, fast.file.num_channels, fast.file.frames, known_frames)
    if wide is None:
        raise MediaProblem(
            "media_damaged",
            f"{path.name} cannot be decoded here.",
            why="It is damaged, or of a kind that no installed decoder knows (AAC in M4A needs macOS).",
            next_step="Convert it to WAV or FLAC, or let REAPER render the track.",
        )
    return _reader(path, wide, wide.file.samplerate, wide.file.channels, wide.file.frames, known_frames)


def _check_ordinary(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise MediaProblem("media_missing", f"{path.name} is missing.", why=f"It was expected at {path}.") from None
    except (OSError, ValueError) as error:
        raise MediaProblem("media_missing", f"{path.name} cannot be opened.", why=f"{error}.") from None
    if not stat.S_ISREG(mode):
        raise MediaProblem("media_unsafe_path", f"{path} is not an ordinary file, so it is not read.")
    if path.stat().st_size == 0:
        raise MediaProblem("media_empty", f"{path.name} is empty (0 bytes).")


def _measured(path: Path) -> tuple[int | None, _WideDecoder | None]:
    """The number of frames that are really there, and the decoder that knows it; (None, None) when it opens nothing."""
    try:
        wide = _WideDecoder(path)
    except _DECODER_ERRORS:
        return None, None
    return int(wide.file.frames), wide


def _reader(
    path: Path, decoder: _Decoder, rate_hz: float, channels: int, header_frames: int, known_frames: int | None
) -> MediaReader:
    frames = header_frames if known_frames is None else min(header_frames, known_frames)
    if frames <= 0:
        decoder.close()
        raise MediaProblem("media_empty", f"{path.name} holds no sound (0 frames).")
    return MediaReader(
        decoder,
        sample_rate_hz=float(rate_hz),
        channel_count=int(channels),
        frame_count=frames,
        header_frame_count=max(header_frames, frames),
    )

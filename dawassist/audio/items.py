"""One item's signal: its take's source, placed, played at its rate, faded, panned, in stereo at the session rate."""

import numpy as np

from dawassist.audio.fades import fade_curve
from dawassist.audio.media import MediaReader, Samples
from dawassist.audio.resample import ResampledStream
from dawassist.audio.source import SourceStream
from dawassist.audio.take_envelopes import followed_envelopes, side_gains
from dawassist.session.model import Item, Take
from dawassist.units import db_to_gain


def item_frames(item: Item, sample_rate_hz: int) -> tuple[int, int]:
    """The first frame of an item on the project's time line, and the one after its last."""
    end_seconds = item.position_seconds + item.length_seconds
    return round(item.position_seconds * sample_rate_hz), round(end_seconds * sample_rate_hz)


class ItemStream:
    """An item's stereo signal from one of its frames on, block after block.

    A mono source feeds both channels; of more than two channels those are heard that the take's mode names, else the
    first two. The take's pan is a balance: the far side is lowered, the near side stays.
    """

    def __init__(self, item: Item, take: Take, media: MediaReader, *, sample_rate_hz: int, start_frame: int) -> None:
        assert take.source is not None
        self._item = item
        self._take = take
        self._rate = sample_rate_hz
        self._frame = start_frame
        first, last = item_frames(item, sample_rate_hz)
        self._length = last - first
        position = take.start_offset_seconds + start_frame / sample_rate_hz * take.play_rate
        source = SourceStream(media, take.source, looped=item.looped, start_seconds=position)
        input_rate = media.sample_rate_hz * take.play_rate
        self._read = source.read
        if input_rate != sample_rate_hz:
            self._read = ResampledStream(
                source.read,
                source.skip,
                channel_count=media.channel_count,
                input_rate_hz=input_rate,
                output_rate_hz=float(sample_rate_hz),
            ).read
        self._level = db_to_gain(item.level_db) * db_to_gain(take.level_db) * (-1.0 if take.polarity_inverted else 1.0)
        self._envelopes = followed_envelopes(take)

    @property
    def frames_left(self) -> int:
        return max(self._length - self._frame, 0)

    def read(self, count: int) -> Samples:
        """The next `count` frames (no more than `frames_left`), shape (2, count)."""
        stereo = _stereo(self._read(count), self._take)
        if self._envelopes:
            moving = side_gains(self._envelopes, self._take.pan, self._frame, count, self._rate)
            stereo = stereo * (self._level * moving).astype(np.float32)
        elif (self._level, self._take.pan) != (1.0, 0.0):
            sides = [[min(1.0, 1.0 - self._take.pan)], [min(1.0, 1.0 + self._take.pan)]]
            stereo = stereo * (self._level * np.array(sides)).astype(np.float32)
        faded = self._faded(stereo)
        self._frame += count
        return faded

    def _faded(self, stereo: Samples) -> Samples:
        count = stereo.shape[1]
        fade_in, fade_out = self._item.fade_in, self._item.fade_out
        in_frames, out_frames = fade_in.length_seconds * self._rate, fade_out.length_seconds * self._rate
        enters = self._frame < in_frames
        leaves = self._frame + count > self._length - out_frames
        if not (enters and in_frames) and not (leaves and out_frames):
            return stereo
        frames = self._frame + np.arange(count, dtype=np.float64)
        gain = np.ones(count)
        if enters and in_frames:
            gain *= fade_curve(fade_in, frames / in_frames)
        if leaves and out_frames:
            gain *= fade_curve(fade_out, (self._length - frames) / out_frames)
        return stereo * gain.astype(np.float32)


def _stereo(samples: Samples, take: Take) -> Samples:
    left = samples[0]
    right = samples[1] if samples.shape[0] > 1 else left
    mode, first = take.channel_mode, take.first_channel
    if mode in ("mono", "pair"):
        return samples[_channels(first, 1 if mode == "mono" else 2, len(samples))]
    if mode == "swap":
        return np.stack([right, left])
    if mode == "downmix":
        middle = 0.5 * (left + right)
        return np.stack([middle, middle])
    if mode == "left":
        return np.stack([left, left])
    if mode == "right":
        return np.stack([right, right])
    return samples if samples.shape[0] == 2 else np.stack([left, right])


def _channels(first: int, count: int, there: int) -> list[int]:
    """Two channels from `first` on, or one twice; the last one where the file has fewer."""
    last = there - 1
    return [min(first, last), min(first + count - 1, last)]

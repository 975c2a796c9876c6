"""A renderer that shares no code with our console: pedalboard's and scipy's filters, a numpy sum.

Media are read with soundfile at their own rate, which must be the project's. Stock equalizers are pedalboard's of the
same settings, compressors those of `independent_compressor`, a reverb is pedalboard's, other plug-ins pass:
`is_modelled` names the tracks for which that matters.
"""

import math
from collections.abc import Collection
from pathlib import Path

import numpy as np
import numpy.typing as npt
from benchmarks.support.independent_compressor import compressed
from benchmarks.support.written_project import (
    Node,
    WrittenProject,
    WrittenTrack,
    compressor_values,
    equalizer_bands,
)

Samples = npt.NDArray[np.float64]
_LOW_SHELF, _HIGH_SHELF, _HIGH_PASS, _BAND = 0, 1, 4, 8
_SURE = ("ReaEQ", "ReaComp")
_DRY, _WET, _RMS, _KNEE = 10, 11, 13, 14


class IndependentRender:
    """Renders of variants of one project; what plug-ins give is kept by the text that made it."""

    def __init__(self, frames: int) -> None:
        self.frames = frames
        self._after_fx: dict[tuple[str, str], Samples] = {}

    def mix(self, project: WrittenProject, only: Collection[str] | None = None) -> Samples:
        """(2, frames) at the master; of the tracks `only` (GUIDs) alone where given."""
        parents, walk = _parents(project), _Walk(self, project, only)
        tops = [place for place, parent in enumerate(parents) if parent < 0 and project.tracks[place].to_parent]
        return np.asarray(project.master_gain * np.sum([walk.output(place) for place in tops], axis=0))

    def into(self, project: WrittenProject, track_guid: str) -> Samples:
        """(2, frames): what a folder or bus gets, before its plug-ins."""
        place = next(place for place, track in enumerate(project.tracks) if track.guid == track_guid)
        return _Walk(self, project, None).received(place)

    def stem(self, project: WrittenProject, track_guid: str) -> Samples:
        """What a track plays, behind its plug-ins and before its fader."""
        return self.own(project, next(track for track in project.tracks if track.guid == track_guid))

    def own(self, project: WrittenProject, track: WrittenTrack) -> Samples:
        """The items after the plug-ins, late by the track's delay."""
        key = (track.guid, "".join(part.text for part in track.node.nodes if part.head[0] in ("ITEM", "FXCHAIN")))
        if key not in self._after_fx:
            total = np.zeros((2, self.frames))
            for item in track.node.inside("ITEM"):
                self._add(total, item, project)
            self._after_fx[key] = _processed(total, track, project.rate_hz) if track.fx else total
        late = round(track.delay_seconds * project.rate_hz, 3)
        return _delayed(self._after_fx[key], late) if late else self._after_fx[key]

    def _add(self, total: Samples, item: Node, project: WrittenProject) -> None:
        import soundfile

        if item.values("MUTE")[0]:
            return
        start, length = (item.values(tag)[0] for tag in ("POSITION", "LENGTH"))
        item_gain, _take_pan, take_gain = (*item.values("VOLPAN", "1 0 1"), 1.0, 1.0)[:3]
        source = next(item.inside("SOURCE"))
        path = project.folder / Path(source.word("FILE"))
        first = round(start * project.rate_hz)
        frames = min(round(length * project.rate_hz), self.frames - first)
        with soundfile.SoundFile(path) as file:
            assert file.samplerate == project.rate_hz, path
            file.seek(round(item.values("SOFFS")[0] * project.rate_hz))
            samples = file.read(max(frames, 0), dtype="float64", always_2d=True).T
        samples = np.repeat(samples, 2, axis=0) if len(samples) == 1 else samples[:2]
        fades = np.minimum(
            _ramp(samples.shape[1], item.values("FADEIN", "1 0")[1] * project.rate_hz),
            _ramp(round(length * project.rate_hz), item.values("FADEOUT", "1 0")[1] * project.rate_hz)[::-1][
                : samples.shape[1]
            ],
        )
        total[:, first : first + samples.shape[1]] += item_gain * abs(take_gain) * fades * samples

    def faded(self, project: WrittenProject, place: int, arriving: Samples) -> Samples:
        track = project.tracks[place]
        if track.muted:
            return np.zeros((2, self.frames))
        sides = np.array([[min(1.0 - track.pan, 1.0)], [min(1.0 + track.pan, 1.0)]])
        heard = (-1.0 if track.inverted else 1.0) * track.gain * sides * arriving
        if track.envelope:
            seconds = np.arange(self.frames) / project.rate_hz
            heard = heard * np.interp(seconds, *zip(*track.envelope, strict=True))
        return np.asarray(heard)


class _Walk:
    """The ways of one project, every track rendered once."""

    def __init__(self, render: IndependentRender, project: WrittenProject, only: Collection[str] | None) -> None:
        self._render, self._project, self._only = render, project, only
        self._parents = _parents(project)
        self._outputs: dict[int, Samples] = {}

    def output(self, place: int) -> Samples:
        if place not in self._outputs:
            self._outputs[place] = self._render.faded(self._project, place, self._arriving(place))
        return self._outputs[place]

    def received(self, place: int) -> Samples:
        """With its own items, whose plug-ins are in them."""
        track = self._project.tracks[place]
        total = np.zeros((2, self._render.frames))
        if self._only is None or track.guid in self._only:
            total = self._render.own(self._project, track).copy()
        for child, parent in enumerate(self._parents):
            if parent == place and self._project.tracks[child].to_parent:
                total += self.output(child)
        for source, gain, after_fader in track.sends:
            if not self._project.tracks[source].muted:
                total += gain * (self.output(source) if after_fader else self._arriving(source))
        return total

    def _arriving(self, place: int) -> Samples:
        track, total = self._project.tracks[place], self.received(place)
        if not track.fx or any(track.node.inside("ITEM")):
            return total
        return _processed(total, track, self._project.rate_hz)


def is_modelled(project: WrittenProject, track_guid: str) -> bool:
    """A plug-in that only a model stands for here runs on the track, or on what it sends to."""
    place = next(place for place, track in enumerate(project.tracks) if track.guid == track_guid)
    reached = [track for track in project.tracks if any(source == place for source, _, _ in track.sends)]
    chains = [track.fx for track in (project.tracks[place], *reached)]
    return any(not any(name in title for name in _SURE) for chain in chains for title, _ in chain)


def makeup_db(project: WrittenProject, track_guid: str) -> float:
    """The gain behind the last compressor of a track."""
    track = next(track for track in project.tracks if track.guid == track_guid)
    states = [state for title, state in track.fx if "ReaComp" in title]
    return 20.0 * math.log10(compressor_values(states[-1])[_WET]) if states else 0.0


def _parents(project: WrittenProject) -> list[int]:
    """The place of the folder of every track, −1 at the top."""
    parents, folders = [], [-1]
    for place, track in enumerate(project.tracks):
        parents.append(folders[-1])
        if track.depth > 0:
            folders.append(place)
        elif track.depth < 0:
            folders = folders[: max(len(folders) + track.depth, 1)]
    return parents


def _processed(signal: Samples, track: WrittenTrack, rate_hz: int) -> Samples:
    for title, state in track.fx:
        if "ReaEQ" in title:
            signal = _equalized(signal, state, rate_hz)
        elif "ReaComp" in title:
            signal = _compressed(signal, compressor_values(state), rate_hz)
        elif "ReaVerb" in title:
            from pedalboard import Reverb

            wet = Reverb(room_size=0.5, wet_level=1.0, dry_level=0.0)
            signal = np.asarray(wet(signal.astype(np.float32), rate_hz), dtype=np.float64)
    return signal


def _equalized(signal: Samples, state: bytes, rate_hz: int) -> Samples:
    from pedalboard import HighShelfFilter, LowShelfFilter, PeakFilter
    from scipy.signal import bilinear, lfilter

    made = {_LOW_SHELF: LowShelfFilter, _HIGH_SHELF: HighShelfFilter, _BAND: PeakFilter}
    for kind, hertz, level_db, octaves in equalizer_bands(state):
        q = math.sqrt(2.0**octaves) / (2.0**octaves - 1.0)
        if kind == _HIGH_PASS:
            warped = 2.0 * rate_hz * math.tan(math.pi * hertz / rate_hz)
            signal = lfilter(*bilinear([1.0, 0.0, 0.0], [1.0, warped / q, warped**2], rate_hz), signal)
        elif level_db:
            band = made[kind](cutoff_frequency_hz=hertz, gain_db=level_db, q=q)
            signal = np.asarray(band(signal.astype(np.float32), rate_hz), dtype=np.float64)
    return signal


def _compressed(signal: Samples, values: list[float], rate_hz: int) -> Samples:
    """From the values of ReaComp's state; those that an older one lacks are off."""
    values = [*values, *[0.0] * (_KNEE + 1 - len(values))]
    return compressed(
        signal, rate_hz, threshold_db=20.0 * math.log10(max(values[0], 1e-6)), ratio=1.0 + 99.0 * values[1],
        attack_ms=500.0 * values[2], release_ms=5000.0 * values[3], knee_db=24.0 * values[_KNEE],
        rms_ms=100.0 * values[_RMS], wet_gain=values[_WET], dry_gain=values[_DRY],
    )  # fmt: skip


def _delayed(signal: Samples, late: float) -> Samples:
    """By a fraction of samples in the spectrum, what is pushed out at the end cut off."""
    whole = math.floor(late)
    shifted = np.zeros_like(signal)
    if whole >= 0:
        shifted[:, whole:] = signal[:, : signal.shape[1] - whole]
    else:
        shifted[:, :whole] = signal[:, -whole:]
    if late == whole:
        return shifted
    size = shifted.shape[1] + 4096
    turned = np.exp(-2j * np.pi * np.fft.rfftfreq(size) * (late - whole))
    return np.asarray(np.fft.irfft(np.fft.rfft(shifted, size) * turned, size)[:, : shifted.shape[1]])


def _ramp(frames: int, length: float) -> Samples:
    return np.minimum(np.arange(frames) / length, 1.0) if length >= 1.0 else np.ones(frames)

"""Places in the unit of the project's ruler; bars only where they fit the audio, minutes and seconds else."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from dawassist.session.model import Session, TempoPoint
from dawassist.units import clock_text

RulerUnit = Literal["time", "measures", "seconds", "samples", "timecode", "frames"]
# The ruler presets of a project (first field of TIMEMODE, `projtimemode`); 1 shows bars above minutes.
_UNITS: dict[int, RulerUnit] = {
    0: "time", 1: "measures", 2: "measures", 3: "seconds", 4: "samples", 5: "timecode", 6: "measures", 8: "frames",
    10: "measures", 11: "time",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """`has_bars`: the tempo map is known to fit what is played."""

    session: Session | None = None
    has_bars: bool = False

    def text(self, seconds: float) -> str:
        """``1:04``, ``bar 33.2``, ``64.2 s``, ``sample 3081600``, ``0:01:04:05``, ``frame 1925``."""
        number = self._number(seconds)
        return f"{self._noun}{number}" if self._noun else number

    def span(self, start_seconds: float, end_seconds: float) -> str:
        """``1:04–1:21``, ``bars 33.1–36.4``."""
        noun = f"{self._noun.rstrip()}s " if self._noun else ""
        return f"{noun}{self._number(start_seconds)}–{self._number(end_seconds)}"

    @property
    def unit(self) -> RulerUnit:
        """The unit that places are told in."""
        unit = _UNITS.get(self.session.ruler_mode, "time") if self.session else "time"
        return "time" if unit == "measures" and not self.has_bars else unit

    @property
    def _noun(self) -> str:
        return {"measures": "bar ", "samples": "sample ", "frames": "frame "}.get(self.unit, "")

    def _number(self, seconds: float) -> str:
        if self.session is None:
            return clock_text(seconds)
        if self.unit == "measures":
            bar, beat = bar_and_beat(self.session, seconds)
            return f"{bar}.{beat}"
        shown = seconds + self.session.ruler_offset_seconds
        match self.unit:
            case "seconds":
                return f"{shown:.1f} s"
            case "samples":
                return f"{round(shown * self.session.sample_rate_hz)}"
            case "frames":
                return f"{round(shown * self.session.frame_rate)}"
            case "timecode":
                whole, frames = divmod(round(shown * self.session.frame_rate), self.session.frame_rate)
                return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}:{frames:02d}"
        return clock_text(shown) if shown >= 0.0 else f"-{clock_text(-shown)}"


def quarters_at(session: Session, seconds: float) -> float:
    """Quarter notes from the project's start; tempos count as steps."""
    quarters = 0.0
    for point, following in _stretches(session):
        end = seconds if following is None else min(following.time_seconds, seconds)
        quarters += max(end - point.time_seconds, 0.0) * point.bpm / 60.0
    return quarters


def bar_and_beat(session: Session, seconds: float) -> tuple[int, int]:
    """Both from 1; a change of time signature begins a bar."""
    bars = 0
    for point, following in _stretches(session):
        beats = 4.0 / point.denominator  # quarters per beat
        ends_here = following is None or seconds < following.time_seconds
        end = seconds if ends_here or following is None else following.time_seconds
        quarters = max(end - point.time_seconds, 0.0) * point.bpm / 60.0
        whole, rest = divmod(quarters + 1e-6, beats * point.numerator)
        if ends_here:
            return 1 + bars + int(whole) + session.measure_offset, 1 + int(rest / beats)
        bars += int(whole) + (1 if rest > 0.01 else 0)
    return 1 + session.measure_offset, 1


def _stretches(session: Session) -> Iterable[tuple[TempoPoint, TempoPoint | None]]:
    return [*pairwise(session.tempo), (session.tempo[-1], None)]

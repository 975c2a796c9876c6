"""An envelope's points in a range, in physical units: dB for volumes, pans positive to the right."""

from typing import Any

from dawassist_plugins.reascripts import api
from dawassist_plugins.reascripts.api import call

MAX_POINTS = 100_000
_SAME_TIME_SECONDS = 1e-5
_SAME_VALUE = 1e-3
Point = dict[str, float]


class EnvelopeRange:
    """The points between two times, both included. Nothing outside is touched."""

    def __init__(self, pointer: str, kind: str, start_seconds: float, end_seconds: float) -> None:
        self.pointer = pointer
        self._kind = kind
        self._start_seconds = start_seconds - _SAME_TIME_SECONDS
        self._end_seconds = end_seconds + _SAME_TIME_SECONDS

    @property
    def count(self) -> int:
        return int(call("CountEnvelopePointsEx", self.pointer, -1))

    def obstacle(self) -> str:
        """Why the points must not be written; "" when they may be."""
        if int(call("CountAutomationItems", self.pointer)):
            return "Automation items lie over the envelope."
        return "The envelope has too many points." if self.count > MAX_POINTS else ""

    def read(self) -> list[Point]:
        found = []
        for index in range(self._first(), self.count):
            point = self._point(index)
            if point["time_seconds"] > self._end_seconds:
                break
            found.append(point)
        return found

    def replace(self, points: list[Any]) -> None:
        old = self.read()
        expected = self.count - len(old) + len(points)
        for point in reversed(old):
            call("DeleteEnvelopePointEx", self.pointer, -1, int(point["index"]))
        for point in points:
            raw, shape, tension = self._raw(float(point["value"])), int(point["shape"]), float(point["tension"])
            call("InsertEnvelopePoint", self.pointer, float(point["time_seconds"]), raw, shape, tension, False, True)
        call("Envelope_SortPoints", self.pointer)
        if self.count > expected:  # REAPER adds a neutral point at the start to an envelope that was emptied
            call("DeleteEnvelopePointEx", self.pointer, -1, 0)

    def _first(self) -> int:
        """Index of the first point in the range; points are in the order of time."""
        low, high = 0, self.count
        while low < high:
            middle = (low + high) // 2
            if self._point(middle)["time_seconds"] < self._start_seconds:
                low = middle + 1
            else:
                high = middle
        return low

    def _point(self, index: int) -> Point:
        found = call("GetEnvelopePointEx", self.pointer, -1, index, 0.0, 0.0, 0, 0.0, False)
        _, _, _, _, time_seconds, raw, shape, tension, _ = found
        value = self._physical(float(raw))
        return {"index": index, "time_seconds": time_seconds, "value": value, "shape": shape, "tension": tension}

    def _physical(self, raw: float) -> float:
        if self._kind.startswith("volume"):
            mode = int(call("GetEnvelopeScalingMode", self.pointer))
            return api.gain_to_db(float(call("ScaleFromEnvelopeMode", mode, raw)))
        return -raw if self._kind == "pan" else raw

    def _raw(self, value: float) -> float:
        if self._kind.startswith("volume"):
            mode = int(call("GetEnvelopeScalingMode", self.pointer))
            return float(call("ScaleToEnvelopeMode", mode, api.db_to_gain(value)))
        return -value if self._kind == "pan" else value


def same_points(found: list[Any], wanted: list[Any]) -> bool:
    return len(found) == len(wanted) and all(
        abs(float(one["time_seconds"]) - float(other["time_seconds"])) <= _SAME_TIME_SECONDS
        and abs(float(one["value"]) - float(other["value"])) <= _SAME_VALUE
        and int(one["shape"]) == int(other["shape"])
        and abs(float(one["tension"]) - float(other["tension"])) <= _SAME_VALUE
        for one, other in zip(found, wanted)  # noqa: B905 - equal lengths, and old Pythons inside REAPER
    )

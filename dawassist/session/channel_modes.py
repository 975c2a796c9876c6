"""Which channels of a file a take plays: REAPER's I_CHANMODE, and CHANMODE of a project file."""

from dawassist.session.model import ChannelMode

_NAMED: tuple[ChannelMode, ...] = ("normal", "swap", "downmix", "left", "right")
_RANGES: tuple[tuple[int, int, ChannelMode, int], ...] = (
    (5, 66, "mono", 2), (67, 130, "pair", 0), (131, 194, "mono", 64), (195, 257, "pair", 64),
)  # fmt: skip
"""First and last value, and the first channel, from 0 on, that the first value means (ReaTeam/Doc, state chunks)."""


def channel_mode(value: int) -> tuple[ChannelMode, int]:
    """The mode, and the first channel that it plays, from 0 on, where it is one channel or a pair of many."""
    if 0 <= value < len(_NAMED):
        return _NAMED[value], 0
    for first, last, mode, channel in _RANGES:
        if first <= value <= last:
            return mode, channel + value - first
    return "other", 0

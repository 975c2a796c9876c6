"""Plug-ins that the console passes through unheard: where a prediction stops being the whole truth."""

from collections.abc import Iterable
from dataclasses import dataclass

from dawassist.session.model import Fx, Track


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmodelledFx:
    track_guid: str
    track_name: str
    fx_guid: str
    fx_name: str
    reason: str = ""  # a clause, such as "its Threshold is automated"


def active_fx(track: Track) -> tuple[Fx, ...]:
    """The plug-ins of a track's chain that sound: neither bypassed nor offline, containers unfolded."""
    return tuple(_active(track.fx)) if track.fx_enabled else ()


def _active(chain: Iterable[Fx]) -> Iterable[Fx]:
    for fx in chain:
        if fx.enabled and not fx.offline:
            if fx.children:
                yield from _active(fx.children)
            else:
                yield fx

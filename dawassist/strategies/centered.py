"""What belongs into the center, and whether it is there: kick, bass and a single lead vocal."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dawassist.plan.objects import MixObject
from dawassist.plan.roles import FIRM
from dawassist.session.model import Track

HARD_PAN = 0.5
CENTERED_ROLES = ("kick", "bass", "lead_vocal")


class PannedAway(NamedTuple):
    """An object of which `aside` tracks are panned to one side."""

    object: MixObject
    aside: tuple[Track, ...]


def centered_objects(objects: Sequence[MixObject]) -> Iterator[MixObject]:
    """Those that belong into the center: stereo pairs and doubled leads do not."""
    lead_count = sum(each.role.role == "lead_vocal" for each in objects)
    for each in objects:
        role = each.role
        if role.role not in CENTERED_ROLES or role.confidence < FIRM or each.kind == "stereo_pair":
            continue
        if role.role != "lead_vocal" or lead_count == 1:
            yield each


def panned_away(objects: Sequence[MixObject]) -> Iterator[PannedAway]:
    """Centered objects that lean to one side by their pans."""
    for each in centered_objects(objects):
        aside = tuple(track for track in each.tracks if abs(track.pan) >= HARD_PAN)
        lean = sum(track.pan for track in each.tracks) / len(each.tracks)
        if aside and abs(lean) >= HARD_PAN / len(each.tracks):
            yield PannedAway(each, aside)

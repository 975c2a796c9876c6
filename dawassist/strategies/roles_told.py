"""Roles as a plan tells them."""

from collections.abc import Mapping

from dawassist.analysis.model import RoleGuess
from dawassist.plan.model import TrackRole


def track_roles(roles: Mapping[str, RoleGuess]) -> tuple[TrackRole, ...]:
    """Of every track, in the order of `roles`."""
    return tuple(
        TrackRole(track_guid=guid, role=guess.role, confidence=round(guess.confidence, 3))
        for guid, guess in roles.items()
    )

"""Something the engineer should know about a session, found while reading or hearing it."""

from dataclasses import dataclass
from typing import Literal

FindingClass = Literal[
    "media_missing", "media_truncated", "media_empty", "media_damaged", "media_rate", "media_unsafe_path",
    "not_heard", "approximate", "silent", "too_many_points", "automation",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`sentence` says what, where and what to do; numbers included."""

    kind: FindingClass
    track_guid: str
    sentence: str
    item_guid: str = ""

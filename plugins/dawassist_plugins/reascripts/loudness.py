"""REAPER's own loudness by its dry-run renders: actions 42438 (selected tracks) and 42440 (master mix).

42439 and 42441 are the same within the time selection. Asking for ``RENDER_STATS`` with an action's number runs it and
returns ``FILE:…;LENGTH:…;PEAK:…;LUFSI:…;…`` (reaper_plugin_functions.h); a silent file has no loudness. Tracks are
measured after plug-ins, fader and pan; the master after its own chain and fader, which marks the project modified.
Read in the header and in public scripts, not seen on a REAPER by us: where exactly tracks are measured, that no window
stays open after it, and that the project's own normalization does not act (it is switched off meanwhile).
"""

import math
from collections.abc import Sequence

from dawassist_plugins.reascripts import api
from dawassist_plugins.reascripts.api import call
from dawassist_plugins.reascripts.borrowing import Borrowed
from dawassist_plugins.reascripts.transaction import Refusal

_TRACKS, _TRACKS_IN_SELECTION, _MASTER, _MASTER_IN_SELECTION = 42438, 42439, 42440, 42441
_ASKS_SINCE = 7.75  # reading statistics that REAPER does not keep opens a question
_KEEPS_STATISTICS = 1 << 21  # of its preference `renderclosewhendone`


def check() -> None:
    """Raises Refusal where reading the statistics would open a dialog."""
    version = str(call("GetAppVersion")).partition("/")[0]
    kept = api.text("get_config_var_string", 2, "renderclosewhendone", "", api.BUFFER)
    if _number(version, _ASKS_SINCE) >= _ASKS_SINCE and not int(_number(kept, 0.0)) & _KEEPS_STATISTICS:
        raise Refusal(
            "REAPER does not keep render statistics, and asks a question when they are read. "
            "Turn on “Save render statistics” in its preferences (Rendering) and render again."
        )


def measured(seconds: Sequence[float] | None, borrowed: Borrowed, track: str) -> float:
    """LUFS-I of one track, or of the mix for the master, between `seconds` or over the whole project."""
    is_master = api.guid_of(track) == api.MASTER_GUID
    borrowed.configure()
    if not is_master:
        borrowed.select([track])
    if seconds is not None:
        borrowed.set_range(False, float(seconds[0]), float(seconds[1]))
        action = _MASTER_IN_SELECTION if is_master else _TRACKS_IN_SELECTION
    else:
        action = _MASTER if is_master else _TRACKS
    found = call("GetSetProjectInfo_String", borrowed.project, "RENDER_STATS", str(action), False)
    fields = dict(part.partition(":")[::2] for part in str(found[3]).split(";"))
    if not found[0] or "FILE" not in fields:
        raise OSError("REAPER gave no statistics")
    return max(_number(fields.get("LUFSI", ""), api.SILENCE_DB), api.SILENCE_DB)


def _number(text: str, default: float) -> float:
    try:
        value = float(text)
    except ValueError:
        return default
    return value if math.isfinite(value) else default

"""What goes wrong on purpose, chosen at the start: ``--fault die-at=3 --fault no-web``."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

from dawassist.errors import InputError
from dawassist.standin.host import Host
from dawassist.units import db_to_gain

_KNOWN = {
    "no-web": "the web interface does not answer",
    "stale-port": "the ext state names a port where nobody listens",
    "die-at": "the process ends at the n-th write of an undo block",
    "user-moves-at": "a hand moves the first fader at the n-th write of an undo block",
    "quantize": "third-party plug-ins snap their values to this step",
    "loudness-off": "the dry-run loudness is wrong by this many LU",
    "no-statistics": "the preference that keeps render statistics is off",
    "slow-plugin": "every write of an undo block takes this many milliseconds",
}


@dataclass(frozen=True, slots=True)
class Faults:
    values: dict[str, float]

    def __contains__(self, name: str) -> bool:
        return name in self.values

    @classmethod
    def parse(cls, texts: Sequence[str]) -> "Faults":
        """Raises InputError with the known names."""
        values = {}
        for text in texts:
            name, _, number = text.partition("=")
            if name not in _KNOWN:
                known = "; ".join(f"{key}: {what}" for key, what in _KNOWN.items())
                raise InputError(f"There is no fault {name!r}.", why=f"Known: {known}.")
            try:
                values[name] = float(number or 1)
            except ValueError:
                raise InputError(f"The fault {text!r} needs a number.") from None
        return cls(values)

    def install(self, host: Host) -> None:
        """Hang the faults into the running host."""
        project = host.project
        host.loudness_error_lu = self.values.get("loudness-off", 0.0)
        host.keeps_statistics = "no-statistics" not in self
        if "quantize" in self:
            for track in project.tracks:
                for fx in (fx for fx in track.fx if not fx.is_cockos):
                    fx.quantum = dict.fromkeys(range(fx.count), self.values["quantize"])

        def before_each(count: int) -> None:
            if self.values.get("die-at") == count:
                os._exit(9)
            if self.values.get("user-moves-at") == count:
                project.tracks[0].element.line("VOLPAN").set_number(1, db_to_gain(-20.0))  # type: ignore[union-attr]
            if "slow-plugin" in self:
                time.sleep(self.values["slow-plugin"] / 1000.0)

        project.history.before_each = before_each

"""What lies under a track's sound and does not belong to it."""

from dataclasses import dataclass

from dawassist.analysis.clipping import Clipping
from dawassist.analysis.dc_offset import DcOffset
from dawassist.analysis.hum import Hum
from dawassist.analysis.rumble import Rumble


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbances:
    """None where there is none, or where it cannot be told. `noise_floor_dbfs` is the RMS of its quietest moments."""

    noise_floor_dbfs: float
    dc: DcOffset | None = None
    rumble: Rumble | None = None
    hum: Hum | None = None
    clipping: Clipping | None = None

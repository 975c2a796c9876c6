"""The kinds of material that rules tell apart."""

from typing import Literal, get_args

MaterialKind = Literal["music", "speech", "live", "post"]
MATERIALS: tuple[MaterialKind, ...] = get_args(MaterialKind)

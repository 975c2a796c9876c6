"""Frames and JSON of reapy's wire protocol, read with limits.

A frame is an 8-byte little-endian length and a UTF-8 JSON body. Nothing received is ever resolved by import here:
the result of `decode` is plain JSON.
"""

import json
from typing import Any

HEADER_BYTES = 8
MAX_FRAME_BYTES = 8 << 20


class WireError(Exception):
    """What was received cannot be used; the text says why."""


def frame(body: bytes) -> bytes:
    """The body with its length before it."""
    return len(body).to_bytes(HEADER_BYTES, "little") + body


def announced_length(header: bytes | bytearray) -> int:
    return int.from_bytes(header[:HEADER_BYTES], "little")


def encode(value: Any) -> bytes:
    """Plain JSON; a value that is none raises WireError."""
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode("utf-8", "surrogatepass")
    except (TypeError, ValueError, RecursionError) as error:
        raise WireError(f"An answer is no JSON: {error}") from None


def decode(body: bytes | bytearray) -> Any:
    """Plain JSON without NaN, duplicate keys, absurd numbers or absurd depth. Raises WireError."""
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
    except WireError:
        raise
    except (ValueError, RecursionError) as error:
        raise WireError(f"What was received is no JSON: {error}") from None


def _no_constant(name: str) -> Any:
    raise WireError(f"{name} is no JSON number.")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise WireError("A JSON object holds a key twice.")
    return found

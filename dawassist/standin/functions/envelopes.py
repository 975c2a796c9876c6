"""Envelopes and their points, in REAPER's raw units."""

from dawassist.rpp.tokens import number_text
from dawassist.rpp.tree import Element
from dawassist.standin.envelope import NAMES, Envelope, Point
from dawassist.standin.functions.registry import api, track_of
from dawassist.standin.host import Host
from dawassist.standin.item import Take
from dawassist.standin.track import Track
from dawassist.units import envelope_raw_to_gain, gain_to_envelope_raw

_SAME_TIME_SECONDS = 1e-9
_NEUTRAL = {"VOLENV": 1.0, "PANENV": 0.0, "PANENV2": 0.0, "MUTEENV": 1.0, "WIDTHENV2": 1.0}


@api
def CountTrackEnvelopes(host: Host, pointer: object) -> int:
    track = track_of(host, pointer)
    return len(track.envelopes) if track else 0


@api
def GetTrackEnvelope(host: Host, pointer: object, index: int) -> str:
    track = track_of(host, pointer)
    found = track.envelopes if track else []
    return host.pointers.text("TrackEnvelope", found[index] if 0 <= index < len(found) else None)


@api
def GetTrackEnvelopeByName(host: Host, pointer: object, name: str) -> str:
    track = track_of(host, pointer)
    found = next((e for e in track.envelopes if e.name == name), None) if track else None
    return host.pointers.text("TrackEnvelope", found)


@api
def GetTrackEnvelopeByChunkName(host: Host, pointer: object, name: str) -> str:
    """Wants ``<VOLENV2`` or a GUID; a tag without ``<`` is not found."""
    track = track_of(host, pointer)
    found = None
    if track is not None:
        matches = (e for e in track.envelopes if name in (f"<{e.element.tag}", e.guid))
        found = next(matches, None)
    return host.pointers.text("TrackEnvelope", found)


@api
def CountTakeEnvelopes(host: Host, pointer: object) -> int:
    take = host.pointers.get("MediaItem_Take", pointer)
    return len(take.envelopes) if isinstance(take, Take) else 0


@api
def GetTakeEnvelope(host: Host, pointer: object, index: int) -> str:
    take = host.pointers.get("MediaItem_Take", pointer)
    found = take.envelopes if isinstance(take, Take) else []
    return host.pointers.text("TrackEnvelope", found[index] if 0 <= index < len(found) else None)


@api
def GetFXEnvelope(host: Host, pointer: object, fx: int, parameter: int, create: bool) -> str:
    track = track_of(host, pointer)
    if track is None or not 0 <= fx < len(track.fx):
        return host.pointers.text("TrackEnvelope", None)
    found = next((e for e in track.fx[fx].envelopes if e.parameter == parameter), None)
    if found is None and create:
        raise RuntimeError("not modelled in the stand-in: creating an envelope of a plug-in's parameter")
    return host.pointers.text("TrackEnvelope", found)


@api
def Envelope_GetParentTrack(host: Host, pointer: object, _fx: int, _parameter: int) -> tuple[str, int, int]:
    envelope = _envelope(host, pointer)
    track = envelope.parent if envelope and isinstance(envelope.parent, Track) else None
    fx = track.fx.index(envelope.fx) if track and envelope and envelope.fx in track.fx else -1
    return host.pointers.text("MediaTrack", track), fx, envelope.parameter if envelope else -1


@api
def GetEnvelopeName(host: Host, pointer: object, _buffer: str, _size: int) -> tuple[bool, str]:
    envelope = _envelope(host, pointer)
    return (True, envelope.name) if envelope else (False, "")


@api
def GetSetEnvelopeInfo_String(host: Host, pointer: object, name: str, text: str, is_set: bool) -> tuple[bool, str]:
    envelope = _envelope(host, pointer)
    if envelope is None:
        return False, ""
    if is_set:
        return envelope.switch(name, text != "0"), text
    values = {"GUID": envelope.guid, "ACTIVE": "1" if envelope.is_active else "0"}
    return (True, values[name]) if name in values else (False, "")


@api
def GetEnvelopeScalingMode(host: Host, pointer: object) -> int:
    envelope = _envelope(host, pointer)
    return int(bool(envelope and envelope.is_fader_scaled))


@api
def ScaleToEnvelopeMode(_host: Host, mode: int, value: float) -> float:
    return gain_to_envelope_raw(value) if mode == 1 else value


@api
def ScaleFromEnvelopeMode(_host: Host, mode: int, value: float) -> float:
    return envelope_raw_to_gain(value) if mode == 1 else value


@api
def CountAutomationItems(host: Host, pointer: object) -> int:
    envelope = _envelope(host, pointer)
    return envelope.automation_items if envelope else 0


@api
def CountEnvelopePoints(host: Host, pointer: object) -> int:
    return CountEnvelopePointsEx(host, pointer, -1)  # type: ignore[no-any-return]


@api
def CountEnvelopePointsEx(host: Host, pointer: object, item: int) -> int:
    envelope = _envelope(host, pointer)
    return len(envelope.points()) if envelope and item == -1 else 0


@api
def GetEnvelopePoint(
    host: Host, pointer: object, index: int, *_outs: object
) -> tuple[bool, float, float, int, float, bool]:
    envelope = _envelope(host, pointer)
    points = envelope.points() if envelope else []
    if envelope is None or not 0 <= index < len(points):
        return False, 0.0, 0.0, 0, 0.0, False
    time_seconds, value, shape, tension, selected = points[index]
    return True, time_seconds, envelope.to_raw(value), shape, tension, selected


@api
def GetEnvelopePointEx(
    host: Host, pointer: object, item: int, index: int, *outs: object
) -> tuple[bool, float, float, int, float, bool]:
    found: tuple[bool, float, float, int, float, bool] = GetEnvelopePoint(host, pointer, index, *outs)
    return found if item == -1 else (False, 0.0, 0.0, 0, 0.0, False)


@api
def InsertEnvelopePoint(
    host: Host,
    pointer: object,
    time_seconds: float,
    raw: float,
    shape: int,
    tension: float,
    selected: bool,
    _sort: bool,
) -> tuple[bool, bool]:
    """Into an empty envelope, a neutral point at the start comes along."""
    envelope = _envelope(host, pointer)
    if envelope is None:
        return False, False
    points = envelope.points()
    if not points and time_seconds > 0.0:
        points.append((0.0, _NEUTRAL.get(envelope.tag, 1.0), 0, 0.0, False))
    point: Point = (time_seconds, envelope.from_raw(raw), int(shape), tension, bool(selected))
    envelope.set_points(sorted([*points, point], key=lambda each: each[0]))
    return True, False


@api
def DeleteEnvelopePointEx(host: Host, pointer: object, item: int, index: int) -> bool:
    envelope = _envelope(host, pointer)
    points = envelope.points() if envelope else []
    if envelope is None or item != -1 or not 0 <= index < len(points):
        return False
    envelope.set_points(points[:index] + points[index + 1 :])
    return True


@api
def DeleteEnvelopePointRange(host: Host, pointer: object, start_seconds: float, end_seconds: float) -> bool:
    """Keeps a point exactly on the end, and the one at the start of the project."""
    envelope = _envelope(host, pointer)
    if envelope is None:
        return False
    kept = [p for p in envelope.points() if not start_seconds <= p[0] < end_seconds or p[0] < _SAME_TIME_SECONDS]
    envelope.set_points(kept)
    return True


@api
def Envelope_SortPoints(host: Host, pointer: object) -> bool:
    return _envelope(host, pointer) is not None


def create_envelope(track: Track, tag: str) -> Envelope:
    """What the envelope actions do: a volume envelope takes the fader's level over and sets the fader to 0 dB."""
    found = next((e for e in track.envelopes if e.element.tag == tag), None)
    if found is not None:
        return found
    is_fader = tag == "VOLENV2"
    value = (track.get("D_VOL") or 0.0) if is_fader else _NEUTRAL.get(tag, 1.0)
    element = _new_element(track, tag, value)
    if is_fader:
        track.set("D_VOL", 1.0)
    return track.add_envelope(element)


def _new_element(track: Track, tag: str, value: float) -> Element:
    model = track.element.clone()
    model.children = []
    head = track.element.new_line(f"{tag}")
    head.raw = head.raw.replace(tag.encode(), b"<" + tag.encode(), 1)
    close = track.element.new_line("X")
    close.raw = close.raw.replace(b"X", b">", 1)
    element = Element(head, [], close)
    lines = [("ACT", "1", "-1"), ("VIS", "1", "1", "1"), ("ARM", "0"), ("DEFSHAPE", "0", "-1", "-1")]
    if tag.startswith("VOLENV"):
        lines.append(("VOLTYPE", "1"))
    lines.append(("PT", "0", number_text(value), "0"))
    element.children = [element.new_line(*texts) for texts in lines]
    return element


def _envelope(host: Host, pointer: object) -> Envelope | None:
    found = host.pointers.get("TrackEnvelope", pointer)
    return found if isinstance(found, Envelope) else None


assert set(_NEUTRAL) <= set(NAMES)

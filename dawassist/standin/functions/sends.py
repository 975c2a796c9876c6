"""Sends (category 0), receives (below 0) and hardware outputs (above 0)."""

from dawassist.errors import NotModelled
from dawassist.standin import chain_edits
from dawassist.standin.functions.registry import api, track_of
from dawassist.standin.host import Host
from dawassist.standin.track import Send


@api
def GetTrackNumSends(host: Host, pointer: object, category: int) -> int:
    return len(_sends(host, pointer, category))


@api
def GetTrackSendInfo_Value(host: Host, pointer: object, category: int, index: int, name: str) -> float:
    send = _send(host, pointer, category, index)
    if send is None:
        return 0.0
    if name == "P_DESTTRACK":
        return float(host.pointers.address("MediaTrack", send.destination))
    if name == "P_SRCTRACK":
        return float(host.pointers.address("MediaTrack", send.source))
    if name.startswith("P_ENV:<"):
        tag = "AUX" + name.removeprefix("P_ENV:<")
        found = next((e for e in send.envelopes if e.element.tag == tag), None)
        return float(host.pointers.address("TrackEnvelope", found))
    return send.get(name) or 0.0


@api
def SetTrackSendInfo_Value(host: Host, pointer: object, category: int, index: int, name: str, value: float) -> bool:
    send = _send(host, pointer, category, index)
    return send.set(name, value) if send else False


@api
def CreateTrackSend(host: Host, source_pointer: object, destination_pointer: object) -> int:
    source, destination = track_of(host, source_pointer), track_of(host, destination_pointer)
    if source is None:
        return -1
    if destination is None:
        raise NotModelled("not modelled in the stand-in: CreateTrackSend to a hardware output")
    return chain_edits.create_send(host.project, source, destination)


@api
def RemoveTrackSend(host: Host, pointer: object, category: int, index: int) -> bool:
    if category != 0:
        raise NotModelled("not modelled in the stand-in: RemoveTrackSend of a receive or hardware output")
    track = track_of(host, pointer)
    return chain_edits.remove_send(track, index) if track else False


@api
def GetTrackSendName(host: Host, pointer: object, index: int, _buffer: str, _size: int) -> tuple[bool, str]:
    send = _send(host, pointer, 0, index)
    return (True, send.destination.display_name) if send and send.destination else (False, "")


def _sends(host: Host, pointer: object, category: int) -> list[Send]:
    track = track_of(host, pointer)
    if track is None:
        return []
    return track.receives if category < 0 else track.sends if category == 0 else track.hardware


def _send(host: Host, pointer: object, category: int, index: int) -> Send | None:
    found = _sends(host, pointer, category)
    return found[index] if 0 <= index < len(found) else None

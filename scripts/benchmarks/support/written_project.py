"""What a written .rpp says, read with as little as a renderer needs and nothing of ours."""

import base64
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_TOKEN = re.compile(r"\"([^\"]*)\"|'([^']*)'|`([^`]*)`|(\S+)")


@dataclass(slots=True)
class Node:
    """`lines` are token lists; `text` is all that is inside."""

    head: list[str]
    lines: list[list[str]] = field(default_factory=list)
    nodes: list["Node"] = field(default_factory=list)
    text: str = ""

    def values(self, tag: str, default: str = "0") -> list[float]:
        """The numbers of the first line that begins with `tag`."""
        line = next((line for line in self.lines if line[0] == tag), [tag, *default.split()])
        return [float(value) for value in line[1:] if re.fullmatch(r"-?[\d.]+(e-?\d+)?", value)]

    def word(self, tag: str) -> str:
        line = next((line for line in self.lines if line[0] == tag), [tag, ""])
        return line[1] if len(line) > 1 else ""

    def inside(self, tag: str) -> Iterator["Node"]:
        return (node for node in self.nodes if node.head[0] == tag)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTrack:
    """`depth` is the change of folder depth after it; `sends` are (place of the source, gain, taps the fader)."""

    guid: str
    name: str
    node: Node
    gain: float
    pan: float
    inverted: bool
    delay_seconds: float
    muted: bool
    depth: int
    is_folder: bool
    to_parent: bool
    sends: tuple[tuple[int, float, bool], ...]
    fx: tuple[tuple[str, bytes], ...]  # those that run: name, state
    envelope: tuple[tuple[float, float], ...]  # seconds, gain


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenProject:
    folder: Path
    rate_hz: int
    master_gain: float
    tracks: tuple[WrittenTrack, ...]


def read_written(path: Path) -> WrittenProject:
    root = _parsed(path.read_text(encoding="utf-8"))
    rate = root.values("SAMPLERATE", "48000")[0]
    return WrittenProject(
        folder=path.parent,
        rate_hz=int(rate),
        master_gain=root.values("MASTER_VOLUME", "1")[0],
        tracks=tuple(_track(node, rate) for node in root.inside("TRACK")),
    )


def _parsed(text: str) -> Node:
    root = Node(head=["ROOT"])
    open_nodes = [root]
    for raw in text.splitlines():
        line = raw.strip()
        if line == ">":
            closed = open_nodes.pop()
            open_nodes[-1].text += closed.text
            continue
        for node in open_nodes[-1:]:
            node.text += line + "\n"
        tokens = ["".join(found) for found in _TOKEN.findall(line)]
        if line.startswith("<"):
            node = Node(head=[tokens[0][1:], *tokens[1:]])
            open_nodes[-1].nodes.append(node)
            open_nodes.append(node)
        elif tokens:
            open_nodes[-1].lines.append(tokens)
    return root.nodes[0]


def _track(node: Node, rate: float) -> WrittenTrack:
    offset, flags = (*node.values("PLAYOFFS", "0 1"), 0.0)[:2]
    seconds = offset / rate if int(flags) & 2 else offset
    gain, pan = node.values("VOLPAN", "1 0")[:2]
    kind, depth = (int(value) for value in node.values("ISBUS", "0 0")[:2])
    receives = [[float(value) for value in line[1:5]] for line in node.lines if line[0] == "AUXRECV"]
    return WrittenTrack(
        guid=node.head[1],
        name=node.word("NAME"),
        node=node,
        gain=gain,
        pan=pan,
        inverted=bool(node.values("IPHASE")[0]),
        delay_seconds=0.0 if int(flags) & 1 else seconds,
        muted=bool(node.values("MUTESOLO")[0]),
        depth={0: 0, 1: 1}.get(kind, depth),
        is_folder=kind == 1,
        to_parent=bool(node.values("MAINSEND", "1")[0]),
        sends=tuple((int(source), level, mode == 0.0) for source, mode, level, _pan in receives),
        fx=tuple(_running_fx(node)) if node.values("FX", "1")[0] else (),
        envelope=_volume_envelope(node),
    )


def _running_fx(track: Node) -> Iterator[tuple[str, bytes]]:
    for chain in track.inside("FXCHAIN"):
        bypassed = [line[1] != "0" or line[2:3] == ["1"] for line in chain.lines if line[0] == "BYPASS"]
        for node, is_off in zip(chain.nodes, bypassed, strict=False):
            if not is_off and node.head[0] == "VST":
                text = [line[0] for line in node.lines]
                yield node.head[1], base64.b64decode("".join(text[1:-1]))


def _volume_envelope(track: Node) -> tuple[tuple[float, float], ...]:
    for node in track.inside("VOLENV2"):
        if node.values("ACT", "1")[0]:
            points = (line for line in node.lines if line[0] == "PT")
            return tuple((float(line[1]), float(line[2])) for line in points)
    return ()


def equalizer_bands(state: bytes) -> Iterator[tuple[int, float, float, float]]:
    """Type, Hz, dB and octaves of the bands of a ReaEQ that are on."""
    count = struct.unpack_from("<I", state, 4)[0]
    for place in range(count):
        kind, enabled, hertz, gain, octaves, _flag = struct.unpack_from("<IIdddB", state, 8 + 33 * place)
        if enabled:
            yield kind, hertz, 20.0 * _log10(gain), octaves


def compressor_values(state: bytes) -> list[float]:
    """Of a ReaComp, in the order of its parameters."""
    count = (len(state) - 8) // 4
    return list(struct.unpack_from(f"<{count}f", state, 8))


def _log10(gain: float) -> float:
    from math import log10

    return log10(max(gain, 1e-9))

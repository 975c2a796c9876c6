"""Project files made by hand: `project(track("Kick", items=[item("kick.wav")]), …)` gives the text of a small .RPP.

Lines are those that REAPER writes. GUIDs follow from the order of tracks, items and plug-ins.
"""

import base64
import itertools
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

RATE = 48000
_HEAD = """<REAPER_PROJECT 0.1 "7.22/linux-x86_64" 1700000000
  PANLAW {pan_law}
  PANMODE {pan_mode}
  SAMPLERATE {rate} 1 0
  TEMPO 120 4 4
  PLAYRATE 1 0 0.25 4
  SELECTION {selection}
  MASTERAUTOMODE 0
  MASTERPEAKCOL 0
  MASTERMUTESOLO {master_flags}
  MASTERHWOUT 0 0 1 0 0 0 0 -1
  MASTER_NCH 2 2
  MASTER_VOLUME 1 0 -1 -1 1
  MASTER_PANMODE -1
  MASTER_FX 1
  MASTER_SEL 0
"""
_NUMBERS = itertools.count(1)


def _guid(kind: str) -> str:
    return f"{{{kind}{next(_NUMBERS):07d}-0000-4000-8000-000000000000}}"


def track_guid(number: int) -> str:
    return f"{{C{number:07d}-0000-4000-8000-000000000000}}"


def project(
    *tracks: str, pan_law: str = "1", pan_mode: int = 3, rate: int = RATE, selection: str = "0 0",
    master_flags: int = 0, master_fx: Sequence[str] = (), lines: str = "",
) -> str:  # fmt: skip
    head = _HEAD.format(pan_law=pan_law, pan_mode=pan_mode, rate=rate, selection=selection, master_flags=master_flags)
    chain = fx_chain(master_fx, "MASTERFXLIST") if master_fx else ""
    numbered = (text.replace("{TRACK}", track_guid(number)) for number, text in enumerate(tracks, start=1))
    return head + chain + _lines(lines) + "".join(numbered) + ">\n"


def track(
    name: str, *, items: Sequence[str] = (), fx: Sequence[str] = (), volpan: str = "1 0 -1 -1 1",
    mute_solo: str = "0 0 0", depth: int = 0, main_send: int = 1, polarity: int = 0, play_offset: str = "0 1",
    channels: int = 2, lines: str = "",
) -> str:  # fmt: skip
    """`lines` are further lines and blocks of the track: receives, envelopes, groups, lanes."""
    folder = {1: "1 1"}.get(depth, f"2 {depth}" if depth < 0 else "0 0")
    return (
        f'  <TRACK {{TRACK}}\n    NAME "{name}"\n    PEAKCOL 0\n    AUTOMODE 0\n    VOLPAN {volpan}\n'
        f"    MUTESOLO {mute_solo}\n    IPHASE {polarity}\n    PLAYOFFS {play_offset}\n    ISBUS {folder}\n    SEL 0\n"
        f"    REC 0 0 1 0 0 0 0 0\n    NCHAN {channels}\n    FX 1\n    TRACKID {{TRACK}}\n"
        f"{_lines(lines)}    MAINSEND {main_send} 0\n{fx_chain(fx) if fx else ''}{''.join(items)}  >\n"
    )


def item(
    file: str, *, at: float = 0.0, length: float = 1.0, level: float = 1.0, take_level: float = 1.0, kind: str = "WAVE",
    mute: int = 0, lane: str = "", offset: float = 0.0, rate: str = "1 1 0", takes: str = "", channel_mode: int = 0,
) -> str:  # fmt: skip
    """`takes` are further takes (see `take`); `file` "" gives a source without a file, such as MIDI."""
    return (
        f"    <ITEM\n      POSITION {at}\n      LENGTH {length}\n      LOOP 0\n      FADEIN 1 0 0 1 0 0 0\n"
        f"      FADEOUT 1 0 0 1 0 0 0\n      MUTE {mute} 0\n      SEL 0\n{lane}      IGUID {_guid('A')}\n"
        f'      NAME "{file or kind}"\n      VOLPAN {level} 0 {take_level} -1\n      SOFFS {offset}\n'
        f"      PLAYRATE {rate} -1 0 0.0025\n      CHANMODE {channel_mode}\n      GUID {_guid('B')}\n"
        f"{_source(kind, file)}{takes}    >\n"
    )


def take(file: str, *, selected: bool = False, level: float = 1.0) -> str:
    return (
        f'      TAKE{" SEL" if selected else ""}\n      NAME "{file}"\n      TAKEVOLPAN 0 {level} -1\n      SOFFS 0\n'
        f"      PLAYRATE 1 1 0 -1 0 0.0025\n      CHANMODE 0\n      GUID {_guid('B')}\n{_source('WAVE', file)}"
    )


def lane(number: int, count: int) -> str:
    return f"      YPOS {number / count} {1 / count} 2\n"


def receive(source_number: int, *, mode: int = 0, level: float = 1.0, mute: int = 0, mono: int = 0, polarity: int = 0,
            source_channel: int = 0, channel: int = 0, pan: float = 0.0) -> str:  # fmt: skip
    """`source_number` is 1-based, as tracks are shown."""
    switches = f"{mute} {mono} {polarity}"
    return f"AUXRECV {source_number - 1} {mode} {level} {pan} {switches} {source_channel} {channel} -1:U 0 -1 ''\n"


def envelope(tag: str, *points: tuple[float, float], active: int = 1, scaled: int = 0) -> str:
    """Values as the file has them: linear gains; pans with the opposite sign."""
    volume_type = f"  VOLTYPE {scaled}\n" if "VOL" in tag else ""
    placed = "".join(f"  PT {seconds} {value} 0\n" for seconds, value in points)
    return f"<{tag}\n  EGUID {_guid('E')}\n  ACT {active} -1\n{volume_type}{placed}>\n"


def fx_chain(plugins: Sequence[str], tag: str = "FXCHAIN") -> str:
    return f"    <{tag}\n      SHOW 0\n      LASTSEL 0\n      DOCKED 0\n{''.join(plugins)}    >\n"


def reaeq(*bands: tuple[int, float, float, float], bypass: int = 0, enabled: Sequence[int] = (), wet: str = "") -> str:
    """Bands as (type, Hz, linear gain, octaves); `enabled` says which are on (all unless told)."""
    switches = list(enabled) or [1] * len(bands)
    rows = b"".join(
        struct.pack("<IIdddB", k, on, hz, g, o, 1) for (k, hz, g, o), on in zip(bands, switches, strict=True)
    )
    tail = struct.pack("<IId", 1, 1, 1.0) + bytes(16)
    state = struct.pack("<II", 33, len(bands)) + rows + tail
    return _vst(
        "VST: ReaEQ (Cockos)", "reaeq.vst.so", "1919247729<56535472656571726561657100000000>", state, bypass, wet
    )


COMP = (
    1.0,
    0.0303030303,
    0.006,
    0.02,
    0.0,
    0.0,
    1.0,
    0.0,
    0.0,
    0.0,
    0.0,
    1.0,
    0.0,
    0.05,
    0.0,
    0.0,
    0.0,
    0.0,
    0.0,
    0.0,
    0.0,
)
GATE = (0.0, 0.006, 0.02, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.5433, 0.0, 0.0, 0.0, 0.0)


def reacomp(changes: dict[int, float], *, bypass: int = 0, wet: str = "", after: str = "") -> str:
    """The default state with native values changed by index: 0 threshold (amplitude), 1 ratio, 8 detector input …"""
    return _vst("VST: ReaComp (Cockos)", "reacomp.vst.so", "1919247213<5653547265636D726561636F6D700000>",
                _native(COMP, changes), bypass, wet, after)  # fmt: skip


def reagate(changes: dict[int, float], *, bypass: int = 0) -> str:
    return _vst("VST: ReaGate (Cockos)", "reagate.vst.so", "1919248244<56535472656774726561676174650000>",
                _native(GATE, changes), bypass, "")  # fmt: skip


def third_party(name: str, file: str, *, bypass: int = 0) -> str:
    return _vst(name, file, "1234{5653}", bytes(16), bypass, "")


def write(folder: Path, text: str) -> Path:
    path = folder / "session.rpp"
    path.write_text(text, encoding="utf-8", newline="")
    return path


def write_wave(folder: Path, name: str, samples: np.ndarray, rate: int = RATE) -> None:
    """`samples` of shape (frames,) or (channels, frames), as 32-bit float."""
    soundfile.write(folder / name, samples.T, rate, subtype="FLOAT")


def _native(default: Sequence[float], changes: dict[int, float]) -> bytes:
    values = [changes.get(index, value) for index, value in enumerate(default)]
    return bytes.fromhex("efbeadde0df0adde") + struct.pack(f"<{len(values)}f", *values)


def _vst(name: str, file: str, ident: str, state: bytes, bypass: int, wet: str, after: str = "") -> str:
    header = bytes(48) + len(state).to_bytes(4, "little") + bytes(8)
    text = base64.b64encode(state).decode()
    rows = "".join(f"        {text[at : at + 128]}\n" for at in range(0, len(text), 128))
    mix = f"      WET {wet}\n" if wet else ""
    return (
        f'      BYPASS {bypass} 0 0\n      <VST "{name}" "{file}" 0 "" {ident} ""\n'
        f"        {base64.b64encode(header).decode()}\n{rows}        AFByb2dyYW0gMQAQAAAA\n      >\n"
        f"      FLOATPOS 0 0 0 0\n      FXID {_guid('F')}\n{mix}{_lines(after)}      WAK 0 0\n"
    )


def _source(kind: str, file: str) -> str:
    return f"      <SOURCE {kind}\n" + (f'        FILE "{file}"\n' if file else "") + "      >\n"


def _lines(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())

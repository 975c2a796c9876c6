"""A session as a REAPER project file, in the order of fields that REAPER 6 and 7 write."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_CUSTOM_COLOR = 0x1000000
_SOURCES = {"flac": "FLAC", "ogg": "VORBIS", "wav": "WAVE"}
_NAMESPACE = uuid.UUID("6f1d0a5e-6f0b-4c1c-9a58-2f6f6c0d4a11")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSpec:
    """Times in seconds; `media` is relative to the project."""

    media: str
    position: float
    length: float
    offset: float = 0.0
    gain_db: float = 0.0
    fade_in: float = 0.01
    fade_out: float = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackSpec:
    """`folder` is REAPER's depth change: 1 opens, −1 closes after this track. `sends` are (destination key, dB).

    `envelope` holds (seconds, dB) of the volume envelope; `fx` are the lines of each plug-in.
    """

    key: str
    name: str
    color: tuple[int, int, int]
    fader_db: float = 0.0
    pan: float = 0.0
    inverted: bool = False
    folder: int = 0
    items: tuple[ItemSpec, ...] = ()
    fx: tuple[tuple[str, ...], ...] = ()
    sends: tuple[tuple[str, float], ...] = ()
    envelope: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSpec:
    """`regions` are (name, start, end), `markers` (name, time), in seconds."""

    name: str
    bpm: float
    rate_hz: int
    tracks: tuple[TrackSpec, ...]
    regions: tuple[tuple[str, float, float], ...] = ()
    markers: tuple[tuple[str, float], ...] = ()
    master_db: float = 0.0


def project_text(session: SessionSpec) -> str:
    lines = [*_header(session), *_markers(session), "  <PROJBAY", "  >"]
    for track in session.tracks:
        lines += _track(session, track)
    return "\n".join([*lines, ">", ""])


def track_guid(session: str, key: str) -> str:
    return _guid(session, "track", key)


def gain(level_db: float) -> str:
    return _number(10.0 ** (level_db / 20.0))


def _header(session: SessionSpec) -> list[str]:
    """What stands before the markers, as REAPER 6 writes it."""
    text = Path(__file__).with_name("header.rpp").read_text(encoding="utf-8")
    return text.format(
        rate_hz=session.rate_hz, bpm=_number(session.bpm), master_gain=gain(session.master_db),
        play_speed_guid=_guid(session.name, "playspeed"), tempo_guid=_guid(session.name, "tempo"),
    ).splitlines()  # fmt: skip


def _markers(session: SessionSpec) -> Iterator[str]:
    number = 0
    for number, (name, start, end) in enumerate(session.regions, start=1):
        yield f"  MARKER {number} {_number(start)} {_quoted(name)} 1 0 1 R {_guid(session.name, 'region', name)}"
        yield f'  MARKER {number} {_number(end)} "" 1 0 1 R'
    for number, (name, at) in enumerate(session.markers, start=1):
        yield f"  MARKER {number} {_number(at)} {_quoted(name)} 0 0 1 R {_guid(session.name, 'marker', name)}"


def _track(session: SessionSpec, track: TrackSpec) -> list[str]:
    guid = track_guid(session.name, track.key)
    red, green, blue = track.color
    kind = {1: "1 1", 0: "0 0"}.get(track.folder, f"2 {track.folder}")
    lines = f"""  <TRACK {guid}
    NAME {_quoted(track.name)}
    PEAKCOL {_CUSTOM_COLOR | red | green << 8 | blue << 16}
    BEAT -1
    AUTOMODE 0
    VOLPAN {gain(track.fader_db)} {_number(track.pan)} -1 -1 1
    MUTESOLO 0 0 0
    IPHASE {int(track.inverted)}
    PLAYOFFS 0 1
    ISBUS {kind}
    BUSCOMP 0 0 0 0 0
    SHOWINMIX 1 0.6667 0.5 1 0.5 0 0 0
    FREEMODE 0
    SEL 0
    REC 0 0 1 0 0 0 0
    VU 2
    TRACKHEIGHT 0 0 0
    INQ 0 0 0 0.5 100 0 0 100
    NCHAN 2
    FX 1
    TRACKID {guid}
    PERF 0""".splitlines()
    lines += _receives(session, track.key)
    lines += ["    MIDIOUT -1", "    MAINSEND 1 0"]
    lines += _envelope(session, track) + _chain(session, track)
    for place, item in enumerate(track.items):
        lines += _item(session, track, place, item)
    return [*lines, "  >"]


def _receives(session: SessionSpec, key: str) -> list[str]:
    return [
        f"    AUXRECV {place} 0 {gain(level_db)} 0 0 0 0 0 0 -1:U 0 -1 ''"
        for place, track in enumerate(session.tracks)
        for destination, level_db in track.sends
        if destination == key
    ]


def _envelope(session: SessionSpec, track: TrackSpec) -> list[str]:
    if not track.envelope:
        return []
    points = [f"      PT {_number(at)} {gain(level_db)} 0" for at, level_db in track.envelope]
    return [
        "    <VOLENV2",
        f"      EGUID {_guid(session.name, 'envelope', track.key)}",
        "      ACT 1 -1",
        "      VIS 1 1 1",
        "      LANEHEIGHT 0 0",
        "      ARM 1",
        "      DEFSHAPE 0 -1 -1",
        "      VOLTYPE 1",
        *points,
        "    >",
    ]


def _chain(session: SessionSpec, track: TrackSpec) -> list[str]:
    if not track.fx:
        return []
    lines = ["    <FXCHAIN", "      WNDRECT 40 80 700 460", "      SHOW 0", "      LASTSEL 0", "      DOCKED 0"]
    for place, plug_in in enumerate(track.fx):
        lines += ["      BYPASS 0 0 0", *(f"      {line}" for line in plug_in), "      FLOATPOS 0 0 0 0"]
        lines += [f"      FXID {_guid(session.name, 'fx', track.key, str(place))}", "      WAK 0 0"]
    return [*lines, "    >"]


def _item(session: SessionSpec, track: TrackSpec, place: int, item: ItemSpec) -> list[str]:
    source = _SOURCES[item.media.rpartition(".")[2]]
    return f"""    <ITEM
      POSITION {_number(item.position)}
      SNAPOFFS 0
      LENGTH {_number(item.length)}
      LOOP 0
      ALLTAKES 0
      FADEIN 1 {_number(item.fade_in)} 0 1 0 0
      FADEOUT 1 {_number(item.fade_out)} 0 1 0 0
      MUTE 0 0
      SEL 0
      IGUID {_guid(session.name, "item", track.key, str(place))}
      IID {_serial(session.tracks, track) + place + 1}
      NAME {_quoted(item.media.rpartition("/")[2])}
      VOLPAN {gain(item.gain_db)} 0 1 -1
      SOFFS {_number(item.offset)}
      PLAYRATE 1 1 0 -1 0 0.0025
      CHANMODE 0
      GUID {_guid(session.name, "take", track.key, str(place))}
      <SOURCE {source}
        FILE "{item.media}"
      >
    >""".splitlines()


def _serial(tracks: Sequence[TrackSpec], track: TrackSpec) -> int:
    return sum(len(before.items) for before in tracks[: tracks.index(track)])


def _quoted(text: str) -> str:
    """REAPER quotes only what has spaces, or nothing in it."""
    return f'"{text}"' if " " in text or not text else text


def _guid(*parts: str) -> str:
    return f"{{{str(uuid.uuid5(_NAMESPACE, '/'.join(parts))).upper()}}}"


def _number(value: float) -> str:
    return f"{value:.14f}".rstrip("0").rstrip(".") if value else "0"

"""A session as a REAPER project file, in the order of fields that REAPER 6 and 7 write."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
    return f"""<REAPER_PROJECT 0.1 "6.80/linux-x86_64" 1764000000
  <NOTES 0 2
  >
  RIPPLE 0
  GROUPOVERRIDE 0 0 0
  AUTOXFADE 1
  ENVATTACH 1
  POOLEDENVATTACH 0
  MIXERUIFLAGS 11 48
  PEAKGAIN 1
  FEEDBACK 0
  PANLAW 1
  PROJOFFS 0 0 0
  MAXPROJLEN 0 600
  GRID 3199 8 1 8 1 0 0 0
  TIMEMODE 1 5 -1 30 0 0 -1
  VIDEO_CONFIG 0 0 256
  PANMODE 3
  CURSOR 0
  ZOOM 24 0 0
  VZOOMEX 6 0
  USE_REC_CFG 0
  RECMODE 1
  SMPTESYNC 0 30 100 40 1000 300 0 0 1 0 0
  LOOP 0
  LOOPGRAN 0 4
  RECORD_PATH "media" ""
  <RECORD_CFG
  >
  <APPLYFX_CFG
  >
  RENDER_FILE ""
  RENDER_PATTERN ""
  RENDER_FMT 0 2 0
  RENDER_1X 0
  RENDER_RANGE 1 0 0 18 1000
  RENDER_RESAMPLE 3 0 1
  RENDER_ADDTOPROJ 0
  RENDER_STEMS 0
  RENDER_DITHER 0
  TIMELOCKMODE 1
  TEMPOENVLOCKMODE 1
  ITEMMIX 0
  DEFPITCHMODE 589824 0
  TAKELANE 1
  SAMPLERATE {session.rate_hz} 1 0
  <RENDER_CFG
  >
  LOCK 1
  <METRONOME 6 2
    VOL 0.25 0.125
    FREQ 800 1600 1
    BEATLEN 4
    SAMPLES "" ""
    PATTERN 2863311530 2863311529
  >
  GLOBAL_AUTO -1
  TEMPO {_number(session.bpm)} 4 4
  PLAYRATE 1 0 0.25 4
  SELECTION 0 0
  SELECTION2 0 0
  MASTERAUTOMODE 0
  MASTERTRACKHEIGHT 0 0
  MASTERPEAKCOL 16576
  MASTERMUTESOLO 0
  MASTERTRACKVIEW 0 0.6667 0.5 0.5 0 0 0 0 0 0
  MASTERHWOUT 0 0 1 0 0 0 0 -1
  MASTER_NCH 2 2
  MASTER_VOLUME {gain(session.master_db)} 0 -1 -1 1
  MASTER_FX 1
  MASTER_SEL 0
  <MASTERPLAYSPEEDENV
    EGUID {_guid(session.name, "playspeed")}
    ACT 0 -1
    VIS 0 1 1
    LANEHEIGHT 0 0
    ARM 0
    DEFSHAPE 0 -1 -1
  >
  <TEMPOENVEX
    EGUID {_guid(session.name, "tempo")}
    ACT 0 -1
    VIS 1 0 1
    LANEHEIGHT 0 0
    ARM 0
    DEFSHAPE 1 -1 -1
  >""".splitlines()


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

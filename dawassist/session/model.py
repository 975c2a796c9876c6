"""What a session holds, in physical units. Identity is the GUID, never an index or a name.

Conventions: times in seconds on the project's time line; levels in dB with `units.SILENCE_DB` for silence; pans
−1 (left) … 1 (right); GUIDs upper case in braces, as REAPER prints them. Floats that adapters convert from raw
values pass through `units.physical`, so that two adapters give equal sessions.
"""

from dataclasses import dataclass, replace
from typing import Literal, Self

AutomationMode = Literal["trim_read", "read", "touch", "write", "latch", "latch_preview"]
EnvelopeKind = Literal[
    "volume", "volume_pre_fx", "trim_volume", "pan", "pan_pre_fx", "width", "width_pre_fx", "mute", "fx_parameter",
    "send_volume", "send_pan", "send_mute", "take_volume", "take_pan", "take_mute", "take_pitch", "other",
]  # fmt: skip
PanMode = Literal["classic", "balance", "stereo", "dual"]
SendTap = Literal["pre_fx", "pre_fader", "post_fader"]
SoloMode = Literal["none", "solo", "solo_in_place", "safe_solo", "safe_solo_in_place"]
ChannelMode = Literal["normal", "swap", "downmix", "left", "right", "mono", "pair", "other"]
MASTER_GUID = "{00000000-0000-0000-0000-000000000000}"  # files hold none; extensions of REAPER use this one


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """Which project, of which REAPER, at which state. `change_count` is a hint: it moves for harmless edits."""

    project_path: str
    instance: str  # "" for a file
    change_count: int
    content_sha256: str = ""  # of the file; "" for a live session


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopePoint:
    """`value` is dB (volume), −1..1 (pan, width; positive = right), 0/1 (mute), native units (FX parameter)."""

    time_seconds: float
    value: float
    shape: int = 0  # 0 linear, 1 square, 2 slow, 3 fast start, 4 fast end, 5 bezier
    tension: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """`guid` is "" where REAPER stores none. More than 100,000 points: `points` is empty, `point_count` says it."""

    kind: EnvelopeKind
    guid: str
    active: bool
    points: tuple[EnvelopePoint, ...]
    point_count: int
    parameter_ident: str = ""  # of an FX parameter envelope
    fader_scaling: bool = False
    automation_item_count: int = 0  # flattened into `points` when > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FxParameter:
    ident: str  # stable, such as "0:_Threshold" or ":wet"
    name: str
    normalized: float  # 0..1


@dataclass(frozen=True, slots=True, kw_only=True)
class Fx:
    """`parameters` is None where the adapter cannot know them (third-party state in a file).

    `config` holds settings that are no parameters, named as REAPER's configuration values: ``BANDTYPE0`` and
    ``BANDENABLED0`` of ReaEQ's first band.
    """

    guid: str
    ident: str  # REAPER's fx_ident, or the plug-in's file name in a project file
    name: str  # as REAPER shows it, such as "VST: ReaEQ (Cockos)"
    kind: str  # VST, VST3, VSTi, JS, AU, CLAP, DX, Video, Container …
    enabled: bool
    offline: bool
    parameters: tuple[FxParameter, ...] | None
    envelopes: tuple[Envelope, ...] = ()
    children: tuple["Fx", ...] = ()  # of a container
    config: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """From the track that holds it to `destination_guid` ("" for a hardware output)."""

    destination_guid: str
    level_db: float
    pan: float
    muted: bool
    polarity_inverted: bool
    mono: bool
    tap: SendTap
    source_channel: int  # −1: no audio
    destination_channel: int
    envelopes: tuple[Envelope, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fade:
    length_seconds: float
    shape: int  # REAPER's C_FADEINSHAPE 0..6
    curvature: float  # −1..1


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """`path` as stored in the project (relative or absolute); "" where there is no file (in-project MIDI)."""

    kind: str  # WAVE, FLAC, MP3, VORBIS, MIDI, SECTION, EMPTY, VIDEO, RPP_PROJECT …
    path: str
    section_start_seconds: float = 0.0
    section_length_seconds: float = 0.0  # 0: to the end of the file
    reversed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """An empty take lane has no `source` and no `guid`. `first_channel`, from 0 on, is that of modes mono and pair."""

    guid: str
    name: str
    level_db: float
    pan: float
    polarity_inverted: bool
    start_offset_seconds: float  # in seconds of the source
    play_rate: float
    pitch_semitones: float
    preserve_pitch: bool
    channel_mode: ChannelMode
    source: Source | None
    envelopes: tuple[Envelope, ...] = ()
    fx_names: tuple[str, ...] = ()
    first_channel: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    guid: str
    position_seconds: float
    length_seconds: float
    level_db: float
    muted: bool
    looped: bool
    locked: bool
    fade_in: Fade
    fade_out: Fade
    active_take: int  # −1 when there is none
    takes: tuple[Take, ...]
    lane_plays: bool = True
    selected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HardwareOutput:
    channel: int
    level_db: float
    muted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    guid: str
    number: int  # 1-based position; 0 for the master
    name: str
    color: tuple[int, int, int] | None
    fader_db: float
    pan: float
    width: float
    pan_mode: PanMode
    dual_pan: tuple[float, float]
    pan_law_db: float | None  # None: the project's; −3.0: −3 dB at center; +3.0: that, gain compensated; 0.0 none
    polarity_inverted: bool
    delay_seconds: float  # 0 when bypassed
    muted: bool
    solo: SoloMode
    channel_count: int
    folder_depth: int  # 1 opens a folder, 0 normal, −n closes n levels
    automation_mode: AutomationMode
    fx_enabled: bool
    main_send: bool
    record_armed: bool
    freeze_count: int
    selected: bool
    locked: bool
    groups: int  # bit mask of the track groups (1–32) it belongs to; 0: none
    vca_follower: bool
    envelopes: tuple[Envelope, ...] = ()
    fx: tuple[Fx, ...] = ()
    sends: tuple[Send, ...] = ()
    hardware_outputs: tuple[HardwareOutput, ...] = ()
    items: tuple[Item, ...] = ()

    @property
    def display_name(self) -> str:
        """The name that REAPER shows: ``Track 7`` for an unnamed one."""
        return self.name or ("Master" if self.number == 0 else f"Track {self.number}")

    def envelope(self, kind: EnvelopeKind) -> Envelope | None:
        """The active envelope of `kind`, or None."""
        return next((e for e in self.envelopes if e.kind == kind and e.active and e.point_count), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TempoPoint:
    time_seconds: float
    bpm: float
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A marker, or a region when `end_seconds` is set."""

    number: int
    name: str
    start_seconds: float
    end_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    fingerprint: Fingerprint
    sample_rate_hz: int
    tempo: tuple[TempoPoint, ...]
    markers: tuple[Marker, ...]
    pan_law_db: float  # of the project: 0.0, −3.0, −4.5, −6.0 (and gain compensation in `pan_law_compensated`)
    pan_law_compensated: bool
    play_rate: float
    length_seconds: float  # end of the last item
    time_selection: tuple[float, float] | None
    tracks: tuple[Track, ...]
    master: Track
    master_mono: bool = False
    ruler_mode: int = 1  # preset of the ruler's unit: see `session.ruler`
    ruler_offset_seconds: float = 0.0  # what the ruler shows at the project's start
    measure_offset: int = 0  # the first bar's number, less 1
    frame_rate: int = 30

    @property
    def media_folder(self) -> str:
        """The folder that relative media paths start from ("" when the project was never saved)."""
        head, _, _ = self.fingerprint.project_path.replace("\\", "/").rpartition("/")
        return head

    def track(self, guid: str) -> Track | None:
        """The track with that GUID (the master included), or None."""
        if guid == self.master.guid:
            return self.master
        return next((track for track in self.tracks if track.guid == guid), None)

    def with_fingerprint(self, fingerprint: Fingerprint) -> Self:
        return replace(self, fingerprint=fingerprint)

"""From the agent's JSON, which holds REAPER's raw values, to the frozen `Session` in physical units."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from dawassist.errors import KnownError
from dawassist.reaper.decoding_envelopes import read_envelope
from dawassist.session.channel_modes import channel_mode
from dawassist.session.model import (
    AutomationMode,
    Fade,
    Fingerprint,
    Fx,
    FxParameter,
    HardwareOutput,
    Item,
    Marker,
    PanMode,
    Send,
    SendTap,
    Session,
    SoloMode,
    Source,
    Take,
    TempoPoint,
    Track,
)
from dawassist.units import gain_to_db, physical

Json = Mapping[str, Any]
_AUTOMATION: tuple[AutomationMode, ...] = ("trim_read", "read", "touch", "write", "latch", "latch_preview")
_SOLO: dict[int, SoloMode] = {1: "solo", 2: "solo_in_place", 5: "safe_solo", 6: "safe_solo_in_place"}
_PAN_MODES: dict[int, PanMode] = {0: "classic", 3: "balance", 5: "stereo", 6: "dual"}
_TAPS: dict[int, SendTap] = {0: "post_fader", 1: "pre_fx", 2: "pre_fader", 3: "pre_fader", 8: "pre_fx"}
_BYPASSED, _IN_SAMPLES = 1, 2
_FIXED_LANES = 2
_EMPTY_TAKE = Take(
    guid="", name="", level_db=0.0, pan=0.0, polarity_inverted=False, start_offset_seconds=0.0, play_rate=1.0,
    pitch_semitones=0.0, preserve_pitch=True, channel_mode="normal", source=None,
)  # fmt: skip


def session_from_json(data: Json, instance: str) -> Session:
    """Raises KnownError when the answer is not what the agent of this version sends."""
    try:
        return _session(data, instance)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise KnownError(
            "The agent in REAPER sent a session that cannot be read.",
            why=f"{error!r}",
            next_step="Run dawassist setup to update it.",
        ) from None


def _session(data: Json, instance: str) -> Session:
    rate = round(data["sample_rate_hz"])
    folder = str(PurePath(data["project_path"]).parent).rstrip("/\\") if data["project_path"] else ""
    decoder = _Decoder(rate, folder, data["fx_names"])
    master, *tracks = (decoder.track(track, number) for number, track in enumerate(data["tracks"]))
    ends = (item.position_seconds + item.length_seconds for track in tracks for item in track.items)
    law = data["pan_law"]
    ruler = data.get("ruler", [1.0, 0.0, 0.0, 30.0])
    first, second = map(physical, data["time_selection"])
    return Session(
        fingerprint=Fingerprint(
            project_path=data["project_path"], instance=instance, change_count=int(data["change_count"])
        ),
        sample_rate_hz=rate,
        tempo=_tempo(data),
        markers=tuple(_marker(marker) for marker in data["markers"]),
        pan_law_db=physical(-abs(gain_to_db(law))),
        pan_law_compensated=law > 1.0,
        ruler_mode=int(ruler[0]),
        ruler_offset_seconds=physical(ruler[1]),
        measure_offset=int(ruler[2]),
        frame_rate=max(int(ruler[3]), 1),
        play_rate=physical(data["play_rate"]),
        length_seconds=physical(max(ends, default=0.0)),
        time_selection=None if first == second else (min(first, second), max(first, second)),
        tracks=tuple(tracks),
        master=master,
        master_mono=data["master_mono"] == 1,
    )


def _tempo(data: Json) -> tuple[TempoPoint, ...]:
    points: list[TempoPoint] = []
    numerator, denominator = 4, 4
    for time_seconds, bpm, own_numerator, own_denominator in (data["tempo"], *data["tempo_markers"]):
        if own_numerator > 0 and own_denominator > 0:
            numerator, denominator = int(own_numerator), int(own_denominator)
        if points and points[-1].time_seconds == physical(time_seconds):
            points.pop()
        points.append(
            TempoPoint(
                time_seconds=physical(time_seconds), bpm=physical(bpm), numerator=numerator, denominator=denominator
            )
        )
    return tuple(points)


def _marker(marker: Json) -> Marker:
    return Marker(
        number=int(marker["I_NUMBER"]),
        name=marker["name"],
        start_seconds=physical(marker["D_STARTPOS"]),
        end_seconds=physical(marker["D_ENDPOS"]) if marker["B_ISREGION"] else None,
    )


class _Decoder:
    """What every track needs to know of the session."""

    def __init__(self, sample_rate_hz: int, folder: str, fx_names: Json) -> None:
        self._rate = sample_rate_hz
        self._folder = folder
        self._fx_names = fx_names

    def track(self, data: Json, number: int) -> Track:
        raw = data["values"]
        groups = data["groups"]
        mask = 0
        for own in groups.values():
            mask |= int(own)
        mode = int(raw["I_AUTOMODE"])
        return Track(
            guid=data["guid"], number=number, name=data["name"],
            color=tuple(data["color"]) if data["color"] else None,
            fader_db=physical(gain_to_db(raw["D_VOL"])), pan=physical(raw["D_PAN"]), width=physical(raw["D_WIDTH"]),
            pan_mode=_PAN_MODES.get(int(raw["I_PANMODE"]), "balance"),
            dual_pan=(physical(raw["D_DUALPANL"]), physical(raw["D_DUALPANR"])),
            pan_law_db=_own_pan_law_db(raw["D_PANLAW"]), polarity_inverted=bool(raw["B_PHASE"]),
            delay_seconds=self._delay(raw), muted=bool(raw["B_MUTE"]), solo=_SOLO.get(int(raw["I_SOLO"]), "none"),
            channel_count=int(raw["I_NCHAN"]), folder_depth=int(raw["I_FOLDERDEPTH"]),
            automation_mode=_AUTOMATION[mode] if 0 <= mode < len(_AUTOMATION) else "trim_read",
            fx_enabled=bool(raw["I_FXEN"]), main_send=bool(raw["B_MAINSEND"]) and number > 0,
            record_armed=bool(raw["I_RECARM"]), freeze_count=int(raw["I_FREEZECOUNT"]),
            selected=bool(raw["I_SELECTED"]), locked=False, groups=mask,
            vca_follower="VOLUME_VCA_FOLLOW" in groups,
            envelopes=tuple(read_envelope(e) for e in data["envelopes"] if "fx" not in e),
            fx=tuple(self._fx(fx, data["envelopes"]) for fx in data["fx"]),
            sends=tuple(_send(send) for send in data["sends"]),
            hardware_outputs=tuple(_hardware(output) for output in data["hardware"]),
            items=tuple(self._item(item, has_lanes=raw["I_FREEMODE"] == _FIXED_LANES) for item in data["items"]),
        )  # fmt: skip

    def _delay(self, raw: Json) -> float:
        flags = int(raw["I_PLAY_OFFSET_FLAG"])
        if flags & _BYPASSED:
            return 0.0
        offset = raw["D_PLAY_OFFSET"]
        return physical(offset / self._rate if flags & _IN_SAMPLES else offset)

    def _fx(self, fx: Json, envelopes: list[Json]) -> Fx:
        names = fx.get("names") or self._fx_names[fx["names_key"]]
        return Fx(
            guid=fx["guid"],
            ident=fx["ident"],
            name=fx["name"],
            kind=fx["kind"],
            enabled=bool(fx["enabled"]),
            offline=bool(fx["offline"]),
            parameters=tuple(
                FxParameter(ident=ident, name=name, normalized=physical(value))
                for (ident, name), value in zip(names, fx["values"], strict=True)
            ),
            envelopes=tuple(read_envelope(e) for e in envelopes if e.get("fx") == fx["guid"]),
            children=tuple(self._fx(child, envelopes) for child in fx["children"]),
            config=tuple((str(name), str(value)) for name, value in fx["config"]),
        )

    def _item(self, item: Json, *, has_lanes: bool) -> Item:
        raw = item["values"]
        found = item["takes"] if any(item["takes"]) else ()
        takes = tuple(_EMPTY_TAKE if take is None else self._take(take) for take in found)
        return Item(
            guid=item["guid"],
            position_seconds=physical(raw["D_POSITION"]),
            length_seconds=physical(raw["D_LENGTH"]),
            level_db=physical(gain_to_db(raw["D_VOL"])),
            muted=bool(raw["B_MUTE"]),
            looped=bool(raw["B_LOOPSRC"]),
            locked=bool(raw["C_LOCK"]),
            fade_in=_fade(raw, "IN"),
            fade_out=_fade(raw, "OUT"),
            active_take=int(raw["I_CURTAKE"]) if takes else -1,
            takes=takes,
            lane_plays=bool(raw["C_LANEPLAYS"]) or not has_lanes,
            selected=bool(raw["B_UISEL"]),
        )

    def _take(self, take: Json) -> Take:
        raw = take["values"]
        mode, first_channel = channel_mode(int(raw["I_CHANMODE"]))
        return Take(
            guid=take["guid"], name=take["name"], level_db=physical(gain_to_db(raw["D_VOL"])),
            pan=physical(raw["D_PAN"]), polarity_inverted=raw["D_VOL"] < 0.0,
            start_offset_seconds=physical(raw["D_STARTOFFS"]), play_rate=physical(raw["D_PLAYRATE"]),
            pitch_semitones=physical(raw["D_PITCH"]), preserve_pitch=bool(raw["B_PPITCH"]),
            channel_mode=mode,
            first_channel=first_channel,
            source=self._source(take["source"]) if take["source"] else None,
            envelopes=tuple(read_envelope(e, take=True) for e in take["envelopes"]),
            fx_names=tuple(take["fx_names"]),
        )  # fmt: skip

    def _source(self, source: Json) -> Source:
        """A path inside the project's folder is shown relative to it, as the project file stores it."""
        path = source["file"]
        if self._folder and path.startswith((f"{self._folder}/", f"{self._folder}\\")):
            path = path[len(self._folder) + 1 :]
        return Source(
            kind=source["kind"],
            path=path,
            section_start_seconds=physical(source["start"]),
            section_length_seconds=physical(source["length"]),
            reversed=bool(source["reversed"]),
        )


def _own_pan_law_db(law: float) -> float | None:
    if law < 0.0:
        return None
    level = abs(physical(gain_to_db(law)))
    return level if law > 1.0 else physical(-level)


def _fade(raw: Json, side: str) -> Fade:
    automatic = raw[f"D_FADE{side}LEN_AUTO"]
    return Fade(
        length_seconds=physical(automatic if automatic > 0.0 else raw[f"D_FADE{side}LEN"]),
        shape=int(raw[f"C_FADE{side}SHAPE"]),
        curvature=physical(raw[f"D_FADE{side}DIR"]),
    )


def _send(send: Json) -> Send:
    raw = send["values"]
    return Send(
        destination_guid=send["destination"],
        level_db=physical(gain_to_db(raw["D_VOL"])),
        pan=physical(raw["D_PAN"]),
        muted=bool(raw["B_MUTE"]),
        polarity_inverted=bool(raw["B_PHASE"]),
        mono=bool(raw["B_MONO"]),
        tap=_TAPS.get(int(raw["I_SENDMODE"]), "post_fader"),
        source_channel=int(raw["I_SRCCHAN"]),
        destination_channel=int(raw["I_DSTCHAN"]),
        envelopes=tuple(read_envelope(envelope) for envelope in send["envelopes"]),
    )


def _hardware(output: Json) -> HardwareOutput:
    return HardwareOutput(
        channel=int(output["I_DSTCHAN"]),
        level_db=physical(gain_to_db(output["D_VOL"])),
        muted=bool(output["B_MUTE"]),
    )

"""The stand-in's project as a `Session`, for rendering: what the console model needs, read from the model itself."""

from dawassist.session.channel_modes import channel_mode
from dawassist.session.model import (
    Envelope,
    EnvelopePoint,
    Fade,
    Fingerprint,
    Item,
    Send,
    SendTap,
    Session,
    Source,
    Take,
    TempoPoint,
    Track,
)  # fmt: skip
from dawassist.standin import envelope as model_envelope
from dawassist.standin import item as model_item
from dawassist.standin import track as model_track
from dawassist.standin.project import Project
from dawassist.units import gain_to_db

_TAPS: dict[int, SendTap] = {0: "post_fader", 1: "pre_fx", 2: "pre_fader", 3: "pre_fader"}
_KINDS = {
    "VOLENV": "volume_pre_fx", "VOLENV2": "volume", "VOLENV3": "trim_volume", "PANENV": "pan_pre_fx", "PANENV2": "pan",
    "WIDTHENV": "width_pre_fx", "WIDTHENV2": "width", "MUTEENV": "mute", "AUXVOLENV": "send_volume",
    "AUXPANENV": "send_pan", "AUXMUTEENV": "send_mute",
}  # fmt: skip
_PAN_MODES = {0: "classic", 3: "balance", 5: "stereo", 6: "dual"}


def session_of(project: Project) -> Session:
    law = project.number("PANLAW", 1, 1.0)
    return Session(
        fingerprint=Fingerprint(project_path=str(project.path.absolute()), instance="", change_count=0),
        sample_rate_hz=round(project.sample_rate_hz),
        tempo=(TempoPoint(time_seconds=0.0, bpm=120.0, numerator=4, denominator=4),),
        markers=(),
        pan_law_db=-abs(gain_to_db(law)),
        pan_law_compensated=law > 1.0,
        play_rate=1.0,
        length_seconds=project.length_seconds,
        time_selection=None,
        tracks=tuple(_track(track, project.sample_rate_hz) for track in project.tracks),
        master=_track(project.master, project.sample_rate_hz),
    )


def _track(track: model_track.Track, sample_rate_hz: float) -> Track:
    def value(name: str) -> float:
        return track.get(name) or 0.0

    law = value("D_PANLAW")
    flag = int(value("I_PLAY_OFFSET_FLAG"))
    offset = value("D_PLAY_OFFSET") / (sample_rate_hz if flag & 2 else 1.0)
    level = gain_to_db(law) if law > 0 else 0.0
    return Track(
        guid=track.guid, number=track.number, name=track.name, color=None, fader_db=gain_to_db(value("D_VOL")),
        pan=value("D_PAN"), width=value("D_WIDTH"), pan_mode=_PAN_MODES.get(int(value("I_PANMODE")), "balance"),  # type: ignore[arg-type]
        dual_pan=(value("D_DUALPANL"), value("D_DUALPANR")),
        pan_law_db=None if law < 0 else abs(level) if law > 1 else -abs(level),
        polarity_inverted=bool(value("B_PHASE")),
        delay_seconds=0.0 if flag & 1 else offset,
        muted=bool(value("B_MUTE")), solo="solo" if value("I_SOLO") else "none", channel_count=int(value("I_NCHAN")),
        folder_depth=int(value("I_FOLDERDEPTH")), automation_mode="read" if value("I_AUTOMODE") else "trim_read",
        fx_enabled=bool(value("I_FXEN")), main_send=bool(value("B_MAINSEND")), record_armed=False, freeze_count=0,
        selected=False, locked=False, groups=0, vca_follower=False,
        envelopes=tuple(_envelope(e) for e in track.envelopes if e.tag in _KINDS and e.fx is None),
        sends=tuple(_send(send) for send in track.sends),
        items=tuple(_item(item) for item in track.items),
    )  # fmt: skip


def _envelope(envelope: model_envelope.Envelope) -> Envelope:
    points = tuple(
        EnvelopePoint(
            time_seconds=time_seconds,
            value=gain_to_db(value) if "VOL" in envelope.tag else -value if "PAN" in envelope.tag else value,
            shape=shape,
            tension=tension,
        )
        for time_seconds, value, shape, tension, _ in envelope.points()
    )
    return Envelope(
        kind=_KINDS[envelope.tag],  # type: ignore[arg-type]
        guid=envelope.guid,
        active=envelope.is_active,
        points=points,
        point_count=len(points),
        fader_scaling=envelope.is_fader_scaled,
    )


def _send(send: model_track.Send) -> Send:
    def value(name: str) -> float:
        return send.get(name) or 0.0

    assert send.destination is not None
    return Send(
        destination_guid=send.destination.guid,
        level_db=gain_to_db(value("D_VOL")),
        pan=value("D_PAN"),
        muted=bool(value("B_MUTE")),
        polarity_inverted=bool(value("B_PHASE")),
        mono=bool(value("B_MONO")),
        tap=_TAPS.get(int(value("I_SENDMODE")), "post_fader"),
        source_channel=int(value("I_SRCCHAN")),
        destination_channel=int(value("I_DSTCHAN")),
        envelopes=tuple(_envelope(e) for e in send.envelopes),
    )


def _item(item: model_item.Item) -> Item:
    def value(name: str) -> float:
        return item.get(name) or 0.0

    def fade(side: str) -> Fade:
        length = value(f"D_FADE{side}LEN_AUTO") or value(f"D_FADE{side}LEN")
        return Fade(length_seconds=length, shape=int(value(f"C_FADE{side}SHAPE")), curvature=value(f"D_FADE{side}DIR"))

    takes = tuple(_take(take) for take in item.takes if take is not None)
    return Item(
        guid=item.guid, position_seconds=value("D_POSITION"), length_seconds=value("D_LENGTH"),
        level_db=gain_to_db(value("D_VOL")), muted=bool(value("B_MUTE")), looped=bool(value("B_LOOPSRC")), locked=False,
        fade_in=fade("IN"), fade_out=fade("OUT"), active_take=item.active if takes else -1, takes=takes,
        lane_plays=bool(value("C_LANEPLAYS")),
    )  # fmt: skip


def _take(take: model_item.Take) -> Take:
    def value(name: str) -> float:
        return take.get(name) or 0.0

    mode, first_channel = channel_mode(int(value("I_CHANMODE")))
    return Take(
        guid=take.guid, name=take.name, level_db=gain_to_db(value("D_VOL")), pan=value("D_PAN"),
        polarity_inverted=value("D_VOL") < 0.0, start_offset_seconds=value("D_STARTOFFS"),
        play_rate=value("D_PLAYRATE") or 1.0, pitch_semitones=value("D_PITCH"), preserve_pitch=bool(value("B_PPITCH")),
        channel_mode=mode, first_channel=first_channel,
        source=_source(take.source) if take.source else None,
    )  # fmt: skip


def _source(source: model_item.Source) -> Source:
    start, length, is_reversed = source.section or (0.0, 0.0, False)
    inner = source.parent or source
    return Source(
        kind=inner.kind, path=inner.file_name, section_start_seconds=start, section_length_seconds=length,
        reversed=is_reversed,
    )  # fmt: skip

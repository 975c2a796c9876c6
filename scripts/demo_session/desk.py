"""The mixing desk of the session: tracks, folders, faders, pans, plug-ins and where on the time line things play.

The faders are an engineer's balance of the recorded levels; `scripts/make_demo --check` prints what they come to.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from scripts.demo_session import plugins, song
from scripts.demo_session.project import ItemSpec, SessionSpec, TrackSpec

Color = tuple[int, int, int]
_RED, _ORANGE, _GREEN, _BLUE, _PURPLE, _GRAY = (
    (178, 72, 68), (196, 132, 58), (92, 150, 86), (72, 124, 176), (142, 100, 170), (110, 116, 122),
)  # fmt: skip
LEAD, DOUBLE, SPARE, REVERB = "lead_vox", "lead_double", "room_spare", "reverb"
_LINE_BARS = 2


@dataclass(frozen=True, slots=True)
class Strip:
    """A track: `key` is also the name of its media file, "" in `extension` for folders and busses.

    `plays` are (start, end) in bars; `folder` as in project files.
    """

    key: str
    name: str
    color: Color
    extension: str = ""
    fader_db: float = 0.0
    pan: float = 0.0
    folder: int = 0
    fx: tuple[tuple[str, ...], ...] = ()
    reverb_db: float | None = None
    plays: tuple[tuple[float, float], ...] = ()


_WHOLE = ((0.0, 99.0),)
_VERSE_LINES = tuple((song.VERSE_BAR + _LINE_BARS * i, song.VERSE_BAR + _LINE_BARS * (i + 1)) for i in range(4))
_CHORUS_LINES = tuple((song.CHORUS_BAR + _LINE_BARS * i, song.CHORUS_BAR + _LINE_BARS * (i + 1)) for i in range(4))
_HIGH_PASS_90 = plugins.equalizer((plugins.HIGH_PASS, 90.0, 0.0, 2.0))
_VOICE_EQ = plugins.equalizer(
    (plugins.HIGH_PASS, 85.0, 0.0, 2.0), (plugins.BAND, 320.0, -2.0, 1.4), (plugins.HIGH_SHELF, 9000.0, 1.5, 1.0)
)
_VOICE_COMP = plugins.compressor(threshold_db=-20.0, ratio=3.0, attack_ms=8.0, release_ms=120.0, makeup_db=2.0)
_BASS_COMP = plugins.compressor(threshold_db=-18.0, ratio=4.0, attack_ms=15.0, release_ms=140.0, makeup_db=2.0)
_SNARE_EQ = plugins.equalizer((plugins.BAND, 4800.0, 2.0, 1.6))
_KICK_EQ = plugins.equalizer((plugins.BAND, 380.0, -3.0, 1.5), (plugins.BAND, 3800.0, 2.0, 1.5))
_VERB = plugins.reverb(room_size=0.62, dampening=0.5, initial_delay_ms=25.0, high_pass_hz=220.0)
LEAD_PLAYS, DOUBLE_PLAYS = _VERSE_LINES + _CHORUS_LINES, _CHORUS_LINES

STRIPS = (
    Strip("drums", "Drums", _RED, folder=1),
    Strip("kick_in", "Kick In", _RED, "ogg", fader_db=-9.5, fx=(_KICK_EQ,), plays=_WHOLE),
    Strip("kick_out", "Kick Out", _RED, "ogg", fader_db=-10.0, plays=_WHOLE),
    Strip("snare_top", "Snare Top", _RED, "ogg", fader_db=-6.0, fx=(_SNARE_EQ,), reverb_db=-16.0, plays=_WHOLE),
    Strip("snare_bottom", "Snare Bottom", _RED, "flac", fader_db=-8.0, plays=_WHOLE),
    Strip("hat", "Hat", _RED, "ogg", fader_db=-8.5, pan=-0.3, plays=_WHOLE),
    Strip("tom", "Rack Tom", _RED, "ogg", fader_db=-8.0, pan=-0.15, plays=_WHOLE),
    Strip("floor", "Floor Tom", _RED, "ogg", fader_db=-8.0, pan=0.4, plays=_WHOLE),
    Strip("overheads", "Overheads", _RED, "ogg", fader_db=-2.5, fx=(_HIGH_PASS_90,), plays=_WHOLE),
    Strip("room", "Room", _RED, "ogg", fader_db=-8.0, plays=_WHOLE),
    Strip("room_spare", "Room Spare", _RED, "flac", fader_db=-9.0, folder=-1, plays=_WHOLE),
    Strip("bass", "Bass", _ORANGE, folder=1),
    Strip("bass_di", "Bass DI", _ORANGE, "flac", fader_db=-5.0, fx=(_BASS_COMP,), plays=_WHOLE),
    Strip("bass_amp", "Bass Amp", _ORANGE, "flac", fader_db=-6.0, folder=-1, plays=_WHOLE),
    Strip("guitars", "Guitars", _GREEN, folder=1),
    Strip(
        "gtr_rhythm",
        "Gtr Rhythm",
        _GREEN,
        "ogg",
        fader_db=-10.5,
        pan=-0.75,
        fx=(_HIGH_PASS_90,),
        plays=((0.0, song.CHORUS_BAR), (song.CHORUS_BAR, 99.0)),
    ),
    Strip("gtr_clean", "Gtr Clean", _GREEN, "flac", fader_db=-1.5, pan=0.75, folder=-1, reverb_db=-14.0, plays=_WHOLE),
    Strip("keys", "Keys", _BLUE, "ogg", fader_db=-5.5, plays=_WHOLE),
    Strip("vocals", "Vocals", _PURPLE, folder=1),
    Strip(
        "lead_vox",
        "Lead Vox",
        _PURPLE,
        "flac",
        fader_db=2.5,
        fx=(_VOICE_EQ, _VOICE_COMP),
        reverb_db=-12.0,
        plays=LEAD_PLAYS,
    ),
    Strip("lead_double", "Lead Dbl", _PURPLE, "ogg", fader_db=-5.5, reverb_db=-12.0, plays=DOUBLE_PLAYS),
    Strip("backing_1", "BV L", _PURPLE, "ogg", fader_db=-3.5, pan=-0.5, reverb_db=-9.0, plays=_CHORUS_LINES),
    Strip("backing_2", "BV R", _PURPLE, "ogg", fader_db=-4.5, pan=0.5, folder=-1, reverb_db=-9.0, plays=_CHORUS_LINES),
    Strip(REVERB, "Reverb", _GRAY, fx=(_VERB,), fader_db=-6.0),
)
KEYS_RIDE = ((0.0, -2.0), (song.CHORUS_BAR - 0.5, -2.0), (song.CHORUS_BAR, 0.0), (song.END_BAR, 0.0))
"""(bar, dB) of the keys' volume envelope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """Which part of the song a session holds, and how fast it runs (1: as recorded)."""

    start_seconds: float = 0.0
    end_seconds: float = song.LENGTH_SECONDS
    speed: float = 1.0

    def at(self, seconds: float) -> float:
        """A time of the song on the session's time line."""
        clipped = min(max(seconds, self.start_seconds), self.end_seconds)
        return (clipped - self.start_seconds) / self.speed


def session_spec(
    name: str, strips: tuple[Strip, ...], rate_hz: int, media: Mapping[str, str], excerpt: Excerpt
) -> SessionSpec:
    """The session of these strips; `media` maps a strip's key to its file, which holds exactly the excerpt."""
    bars = (
        ("Intro", 0, song.VERSE_BAR),
        ("Verse", song.VERSE_BAR, song.CHORUS_BAR),
        ("Chorus", song.CHORUS_BAR, song.END_BAR),
    )
    regions = [(text, excerpt.at(song.bar_seconds(a)), excerpt.at(song.bar_seconds(b))) for text, a, b in bars]
    markers = [("Fill", song.bar_seconds(song.CHORUS_BAR - 0.5)), ("End", song.bar_seconds(song.END_BAR))]
    return SessionSpec(
        name=name,
        bpm=song.BPM * excerpt.speed,
        rate_hz=rate_hz,
        tracks=tuple(_track(strip, media, excerpt) for strip in strips),
        regions=tuple(region for region in regions if region[2] > region[1]),
        markers=tuple((text, excerpt.at(at)) for text, at in markers),
    )


def _track(strip: Strip, media: Mapping[str, str], excerpt: Excerpt) -> TrackSpec:
    ride = KEYS_RIDE if strip.key == "keys" else ()
    return TrackSpec(
        key=strip.key,
        name=strip.name,
        color=strip.color,
        fader_db=strip.fader_db,
        pan=strip.pan,
        folder=strip.folder,
        fx=strip.fx,
        sends=() if strip.reverb_db is None else ((REVERB, strip.reverb_db),),
        envelope=tuple((excerpt.at(song.bar_seconds(bar)), level_db) for bar, level_db in ride),
        items=tuple(_items(strip, media.get(strip.key, ""), excerpt)),
    )


def _items(strip: Strip, media: str, excerpt: Excerpt) -> list[ItemSpec]:
    items = []
    for first, last in strip.plays if media else ():
        lead_in = 0.12 if first else 0.0  # seconds, for a consonant before the beat
        start = excerpt.at(song.bar_seconds(first) - lead_in)
        end = excerpt.at(song.bar_seconds(last) - lead_in + 0.02)
        if end - start > 0.1:
            items.append(ItemSpec(media=media, position=start, length=end - start, offset=start))
    return items

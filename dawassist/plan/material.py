"""What kind of material a session holds: music, speech, a live recording or post-production. It decides which rules
apply (requirement 20 of the mixers' view); the engineer's word goes before any guess.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dawassist.analysis.model import Analysis, RoleGuess
from dawassist.plan.material_kinds import MaterialKind
from dawassist.plan.role_by_name import UNKNOWN, VOICES
from dawassist.plan.role_by_sound import VOICE_SHARE
from dawassist.plan.roles import FIRM
from dawassist.session.graph import build_graph
from dawassist.session.model import Session, Track
from dawassist.session.songs import songs_of
from dawassist.units import counted

_SPEAKS = re.compile(
    r"\b(host|co-?host|guest|gast|speaker|sprecher(in)?|interview(er|ee)?|narrat(or|ion)|voice ?over|vo|podcast|"
    r"moderator(in)?|presenter|caller|panell?ist|anchor|reporter|locutora?|dialog(ue)?|dx|adr|lav(alier)?|boom)\b",
    re.IGNORECASE,
)
_MUSIC_AND_EFFECTS = re.compile(r"\bm ?(&|\+|and|n) ?e\b|\bmusic (&|\+|and) (effects|fx)\b", re.IGNORECASE)
_POST_WORDS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(rf"\b({words})\b", re.IGNORECASE)
    for words in (
        "dialog(ue)?|dx|dia", "adr", "foley|fol", "sfx|sound effects|hard fx", "atmos|ambience|bg|backgrounds|walla",
        "lav(alier)?|boom", "production sound|room ?tone",
    )
)  # fmt: skip
_FEWEST_POST_WORDS = 3
_AUDIENCE = re.compile(r"\b(crowd|audience|publikum|public[oa]?|ambient mic|applause)\b", re.IGNORECASE)
_BED = re.compile(r"\b(music|musik|bed|jingle|theme|intro|outro|sting(er)?|sfx)\b", re.IGNORECASE)
_TAKING_TURNS = 0.3  # of the time of the one who speaks less, both are heard: singers of one song are heard together
_MOST = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """`reason` is a sentence; `is_told`: by the engineer."""

    kind: MaterialKind = "music"
    reason: str = ""
    is_told: bool = False


def material_of(
    session: Session, analysis: Analysis, roles: Mapping[str, RoleGuess], told: MaterialKind | None
) -> Material:
    """`told` is the brief's word."""
    if told is not None:
        return Material(kind=told, reason="The brief says so.", is_told=True)
    sounding = [track for track in _sources(session) if _sounds(track, analysis)]
    found = _post(session) or _speech(sounding, analysis, roles) or _live(session, sounding)
    return found or Material(reason=f"Of {counted(len(sounding), 'track')} nothing tells speech, a stage or a picture.")


def speakers(session: Session, analysis: Analysis, roles: Mapping[str, RoleGuess]) -> tuple[Track, ...]:
    """The tracks that speak: by name, or by ear where the name tells no instrument."""
    return tuple(
        track for track in _sources(session) if _sounds(track, analysis) and _is_speaker(track, analysis, roles)
    )


def never_moved(session: Session) -> frozenset[str]:
    """In post-production: music and effects, and tracks of more than two channels, by GUID."""
    keyed = {s.destination_guid for t in session.tracks for s in t.sends if s.destination_channel & 1023 >= 2}
    return frozenset(
        track.guid
        for track in session.tracks
        if _MUSIC_AND_EFFECTS.search(track.name)
        or (track.channel_count > 2 and bool(track.items) and track.guid not in keyed)
    )


def _post(session: Session) -> Material | None:
    video = [t for t in session.tracks if any(_is_video(source) for source in _kinds(t))]
    if video:
        return Material(kind="post", reason=f"{video[0].display_name} holds a picture.")
    effects = [t for t in session.tracks if _MUSIC_AND_EFFECTS.search(t.name)]
    if effects:
        return Material(kind="post", reason=f"{effects[0].display_name} is music and effects by its name.")
    words = [next((t for t in session.tracks if word.search(t.name)), None) for word in _POST_WORDS]
    named = list(dict.fromkeys(track.display_name for track in words if track is not None))
    if len(named) >= _FEWEST_POST_WORDS:
        return Material(kind="post", reason=f"{', '.join(named[:4])} are tracks of a film by their names.")
    return None


def _speech(sounding: Sequence[Track], analysis: Analysis, roles: Mapping[str, RoleGuess]) -> Material | None:
    talking = [track for track in sounding if _is_speaker(track, analysis, roles)]
    if not talking or any(_is_instrument(track, roles) for track in sounding):
        return None
    named = [track.display_name for track in talking if _SPEAKS.search(track.name)]
    if named:
        return Material(kind="speech", reason=f"{', '.join(named[:4])} by name, and no instrument plays.")
    if len(talking) > 1 and _take_turns(talking, analysis):
        reason = f"{counted(len(talking), 'voice')} take turns, and no instrument plays."
        return Material(kind="speech", reason=reason)
    return None


def _live(session: Session, sounding: Sequence[Track]) -> Material | None:
    crowd = [track for track in sounding if _AUDIENCE.search(track.name)]
    if crowd:
        return Material(kind="live", reason=f"{crowd[0].display_name} hears an audience by its name.")
    songs = songs_of(session)
    if len(songs) < 2:
        return None
    through = [
        track for track in sounding
        if any(
            item.position_seconds <= one.start_seconds
            and other.end_seconds <= item.position_seconds + item.length_seconds
            for item in track.items for one, other in pairwise(songs)
        )
    ]  # fmt: skip
    if len(through) >= max(_MOST * len(sounding), 2):
        reason = f"{len(through)} of {counted(len(sounding), 'track')} run through several of the {len(songs)} songs."
        return Material(kind="live", reason=reason)
    return None


def _is_speaker(track: Track, analysis: Analysis, roles: Mapping[str, RoleGuess]) -> bool:
    if _SPEAKS.search(track.name):
        return True
    guess, heard = roles.get(track.guid), analysis.track(track.guid)
    by_ear = heard is not None and (heard.voice_share or 0.0) >= VOICE_SHARE
    return by_ear and guess is not None and (guess.role in (*VOICES, UNKNOWN) or guess.confidence < FIRM)


def _is_instrument(track: Track, roles: Mapping[str, RoleGuess]) -> bool:
    """A part of a band; a finished piece of music under speech is none."""
    guess = roles.get(track.guid)
    if guess is None or guess.confidence < FIRM or _BED.search(track.name) or _SPEAKS.search(track.name):
        return False
    return guess.role not in (*VOICES, UNKNOWN, "effects", "click", "reference")


def _take_turns(tracks: Sequence[Track], analysis: Analysis) -> bool:
    """Every two voices are heard together for little of the time."""
    segments = [heard.activity.segments if (heard := analysis.track(t.guid)) else () for t in tracks]
    for place, one in enumerate(segments):
        for other in segments[place + 1 :]:
            shorter = min(sum(b - a for a, b in one), sum(b - a for a, b in other))
            both = sum(max(min(b, d) - max(a, c), 0.0) for a, b in one for c, d in other)
            if both > _TAKING_TURNS * shorter:
                return False
    return True


def _sources(session: Session) -> list[Track]:
    graph = build_graph(session)
    return [t for t in session.tracks if graph.kind[t.guid] == "source" and t.guid in graph.audible]


def _sounds(track: Track, analysis: Analysis) -> bool:
    heard = analysis.track(track.guid)
    return heard is not None and heard.activity.share > 0.0


def _kinds(track: Track) -> Iterator[tuple[str, str]]:
    return ((take.source.kind, take.source.path) for item in track.items for take in item.takes if take.source)


def _is_video(source: tuple[str, str]) -> bool:
    kind, path = source
    return kind == "VIDEO" and path.lower().endswith((".mp4", ".mov", ".mkv", ".avi", ".mxf", ".webm", ".m4v"))

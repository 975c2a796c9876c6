"""Which role each track plays: by routing, then by the engineer's word, then by name and folder, then by sound.

A role is a guess with a confidence; below `FIRM` no rule that depends on the role fires.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from dawassist.analysis.model import Analysis, RoleGuess, TrackAnalysis
from dawassist.plan.names import name_parts
from dawassist.session.graph import Graph
from dawassist.session.model import Session, Track

FIRM = 0.6
UNKNOWN = "unknown"
_VOICE_SHARE = 0.45  # between the leads (≥ 0.66) and everything else (≤ 0.28) of the stems, see analysis.voice
_LOW_END_SHARE = 0.85  # of the power up to 250 Hz; basses of the stems and the demo reach 0.93
_DRUM_CREST_DB = 18.0
_FIRST_OF_EAST_ASIA = 0x2E80
_ROUTING_ROLES = {
    "folder": "folder",
    "send_bus": "bus",
    "key_or_cue": "key",
    "hardware_only": "cue",
    "unused": "unused",
}
_VOICES = ("lead_vocal", "backing_vocal")
_KIT = ("kick", "snare", "tom", "hat", "overhead", "percussion")
_GENERAL_UNDER = {"room": ("overhead",), "drums": (*_KIT, "room")}
_WORD, _WEAK, _HINT = 0.95, 0.65, 0.5
_UNSURE = 0.6  # factor where a name tells two roles, or name and sound disagree
_FOLDER = 0.8  # factor of a role that only a folder tells


@cache
def _lexicon() -> tuple[tuple[tuple[str, ...], str, float], ...]:
    """(words of a phrase, role, strength), longest phrase first."""
    data = tomllib.loads((files("dawassist.plan") / "lexicon.toml").read_text(encoding="utf-8"))
    entries = {
        (name_parts(phrase).words, role, strength)
        for role, lists in data.items()
        for kind, strength in (("words", _WORD), ("weak", _WEAK), ("hints", _HINT))
        for phrase in lists.get(kind, ())
    }
    return tuple(sorted(entries, key=lambda entry: (-len(entry[0]), -len("".join(entry[0])), entry)))


@cache
def known_roles() -> tuple[str, ...]:
    """Every role that a name can have, for pinning."""
    return tuple(tomllib.loads((files("dawassist.plan") / "lexicon.toml").read_text(encoding="utf-8")))


def role_from_name(name: str, folders: Sequence[str] = ()) -> RoleGuess:
    """The role that a track's own name tells; where it tells little, that of its folders (nearest first)."""
    role, strength = _decide(_matches(name), "+" in name or "&" in name)
    best = RoleGuess(role=role, confidence=strength, evidence=(f"the name “{name}”",) if strength else ())
    for folder in folders if strength < FIRM else ():
        role, strength = _decide(_matches(folder), True)
        if _FOLDER * strength > best.confidence:
            return RoleGuess(role=role, confidence=_FOLDER * strength, evidence=(f"the folder “{folder}”",))
    return best


def _matches(name: str) -> dict[str, float]:
    """Strength by role of every phrase in the name; words that belong to a longer phrase count once."""
    words = list(name_parts(name).words)
    found: dict[str, float] = {}
    for phrase, role, strength in _lexicon():
        if _taken(words, phrase):
            found[role] = max(found.get(role, 0.0), strength)
    return found


def _taken(words: list[str], phrase: tuple[str, ...]) -> bool:
    """Whether the phrase is among the words; its words are blanked then."""
    size = len(phrase)
    for place in range(len(words) - size + 1):
        if tuple(words[place : place + size]) == phrase:
            words[place : place + size] = [""] * size
            return True
        if size == 1 and ord(phrase[0][0]) >= _FIRST_OF_EAST_ASIA and phrase[0] in words[place]:
            words[place] = words[place].replace(phrase[0], " ")
            return True
    return False


def _decide(found: Mapping[str, float], is_composite: bool) -> tuple[str, float]:
    """One role out of several that a name tells (“Drum Room”, “Bass Synth”, “Gtr Double”, “Tom Vox”)."""
    if not found:
        return UNKNOWN, 0.0
    strongest = max(found.values())
    voices = {role: strength for role, strength in found.items() if role in _VOICES}
    others = {role: s for role, s in found.items() if role not in _VOICES and s in (strongest, _WORD)}
    if voices and (not others or _names_a_voice(voices)):
        voice = "backing_vocal" if "backing_vocal" in voices else "lead_vocal"
        is_sure = not others or others.keys() == {"tom"}  # also a first name
        return voice, max(voices.values()) * (1.0 if is_sure else _UNSURE)
    return _decide_instrument(others, is_composite)


def _names_a_voice(voices: Mapping[str, float]) -> bool:
    """“Vox” does; “Double” and “Lead” may belong to any instrument."""
    return voices.get("lead_vocal", 0.0) >= _WEAK or voices.get("backing_vocal", 0.0) >= _WORD


def _decide_instrument(found: Mapping[str, float], is_composite: bool) -> tuple[str, float]:
    candidates = {
        role: strength
        for role, strength in found.items()
        if not any(specific in found for specific in _GENERAL_UNDER.get(role, ()))
    }
    role = max(candidates, key=lambda role: candidates[role])
    if len(candidates) == 1:
        return role, candidates[role]
    if all(candidate in _KIT for candidate in candidates):
        return "drums", candidates[role]
    if "bass" in candidates and not is_composite and not candidates.keys() & {"effects", "drums", *_KIT}:
        return "bass", candidates["bass"]
    return role, candidates[role] * _UNSURE


def guess_roles(session: Session, graph: Graph, analysis: Analysis, pinned: Mapping[str, str]) -> dict[str, RoleGuess]:
    """A guess for every track, by GUID. `pinned` roles are the engineer's word and certain."""
    names = {track.guid: track.display_name for track in session.tracks}
    guesses = {
        track.guid: _guess(track, graph, names, analysis.track(track.guid), pinned.get(track.guid))
        for track in session.tracks
    }
    return _one_lead_by_sound(guesses, analysis)


def unclear_by_name(session: Session, graph: Graph, pinned: Mapping[str, str]) -> frozenset[str]:
    """GUIDs of the tracks whose role neither routing, nor the engineer, nor the name tells: sound must."""
    names = {track.guid: track.display_name for track in session.tracks}
    return frozenset(
        track.guid
        for track in session.tracks
        if _guess(track, graph, names, None, pinned.get(track.guid)).confidence < FIRM
    )


def _guess(
    track: Track, graph: Graph, names: Mapping[str, str], heard: TrackAnalysis | None, pinned: str | None
) -> RoleGuess:
    if pinned:
        return RoleGuess(role=pinned, confidence=1.0, evidence=("the engineer said so",))
    by_routing = _ROUTING_ROLES.get(graph.kind[track.guid])
    if by_routing:
        return RoleGuess(role=by_routing, confidence=1.0, evidence=("its routing",))
    by_name = role_from_name(track.name, _folder_names(track.guid, graph, names))
    if by_name.confidence >= FIRM or heard is None:
        return _with_doubt(by_name, heard)
    by_sound = role_from_sound(heard)
    return by_sound if by_sound.confidence > by_name.confidence else by_name


def _with_doubt(by_name: RoleGuess, heard: TrackAnalysis | None) -> RoleGuess:
    """A name of an instrument on a track that sings (a choir's “Bass”, a singer called Tom) needs the engineer."""
    share = (heard.voice_share or 0.0) if heard else 0.0
    if share < _VOICE_SHARE or by_name.role in (UNKNOWN, *_VOICES):
        return by_name
    doubt = f"but a voice in {share:.0%} of its sound"
    return RoleGuess(role=by_name.role, confidence=_UNSURE * by_name.confidence, evidence=(*by_name.evidence, doubt))


def role_from_sound(heard: TrackAnalysis) -> RoleGuess:
    """What can be told from sound alone: a voice, and low end that is struck (kick) or held (bass)."""
    voice = heard.voice_share or 0.0
    if voice >= _VOICE_SHARE:
        return RoleGuess(role="lead_vocal", confidence=0.7, evidence=(f"a voice in {voice:.0%} of its sound",))
    low_end = heard.spectrum.low_end_share if heard.spectrum else 0.0
    if low_end >= _LOW_END_SHARE and heard.loudness is not None:
        role = "kick" if heard.loudness.crest_factor_db > _DRUM_CREST_DB else "bass"
        return RoleGuess(role=role, confidence=0.65, evidence=(f"{low_end:.0%} of its energy up to 250 Hz",))
    return RoleGuess(role=UNKNOWN, confidence=0.0, evidence=())


def _one_lead_by_sound(guesses: dict[str, RoleGuess], analysis: Analysis) -> dict[str, RoleGuess]:
    """Of several voices that only sound tells, the one that sings most is the lead and the others back it."""
    named = any(g.role == "lead_vocal" and g.confidence >= FIRM and not _by_sound(g) for g in guesses.values())
    voices = [guid for guid, guess in guesses.items() if guess.role == "lead_vocal" and _by_sound(guess)]
    if not voices:
        return guesses
    lead = None if named else max(voices, key=lambda guid: (*_lead_rank(guid, analysis), guid))
    backing = {
        guid: RoleGuess(role="backing_vocal", confidence=0.6, evidence=(*guesses[guid].evidence, "another voice leads"))
        for guid in voices
        if guid != lead
    }
    return {**guesses, **backing}


def _lead_rank(guid: str, analysis: Analysis) -> tuple[float, float]:
    heard = analysis.track(guid)
    assert heard is not None
    return heard.activity.share * (heard.voice_share or 0.0), heard.voice_share or 0.0


def _by_sound(guess: RoleGuess) -> bool:
    return bool(guess.evidence) and guess.evidence[0].startswith("a voice")


def _folder_names(guid: str, graph: Graph, names: Mapping[str, str]) -> list[str]:
    found: list[str] = []
    folder = graph.parent.get(guid, graph.master_guid)
    while folder != graph.master_guid and folder in names and len(found) < len(names):
        found.append(names[folder])
        folder = graph.parent.get(folder, graph.master_guid)
    return found

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
_ROUTING_ROLES = {
    "folder": "folder",
    "send_bus": "bus",
    "key_or_cue": "key",
    "hardware_only": "cue",
    "unused": "unused",
}
_VOCAL_ROLES = ("lead_vocal", "backing_vocal")
_SPECIFIC_OVER = {"room": ("overhead",), "drums": ("kick", "snare", "tom", "hat", "overhead", "room", "percussion")}


@cache
def _lexicon() -> tuple[tuple[tuple[str, ...], str, float], ...]:
    """(words of a phrase, role, strength), longest phrase first."""
    data = tomllib.loads((files("dawassist.plan") / "lexicon.toml").read_text(encoding="utf-8"))
    entries = [
        (name_parts(phrase).words, role, strength)
        for role, lists in data.items()
        for kind, strength in (("words", 0.95), ("weak", 0.65))
        for phrase in lists.get(kind, ())
    ]
    return tuple(sorted(entries, key=lambda entry: -len(entry[0])))


def known_roles() -> tuple[str, ...]:
    """Every role that a name can have, for pinning."""
    return tuple(dict.fromkeys(role for _, role, _ in _lexicon()))


def role_from_name(name: str, folders: Sequence[str] = ()) -> RoleGuess:
    """The role that a track's own name tells, helped by the names of its folders (nearest first)."""
    found = _matches(name)
    if found:
        role, strength = _decide(found)
        return RoleGuess(role=role, confidence=strength, evidence=(f"the name “{name}”",))
    for folder in folders:
        inherited = _matches(folder)
        if inherited:
            role, strength = _decide(inherited)
            return RoleGuess(role=role, confidence=0.8 * strength, evidence=(f"the folder “{folder}”",))
    return RoleGuess(role=UNKNOWN, confidence=0.0, evidence=())


def _matches(name: str) -> dict[str, float]:
    """Strength by role of every phrase in the name; words that belong to a longer phrase count once."""
    words = list(name_parts(name).words)
    found: dict[str, float] = {}
    for phrase, role, strength in _lexicon():
        place = _find(words, phrase)
        if place >= 0 and phrase:
            found[role] = max(found.get(role, 0.0), strength)
            words[place : place + len(phrase)] = [""] * len(phrase)
    return found


def _find(words: list[str], phrase: tuple[str, ...]) -> int:
    size = len(phrase)
    return next((i for i in range(len(words) - size + 1) if tuple(words[i : i + size]) == phrase), -1)


def _decide(found: Mapping[str, float]) -> tuple[str, float]:
    """One role out of several that a name tells (“Drum Room”, “Gtr Bass DI”, “Tom Vox”)."""
    candidates = dict(found)
    for general, specific in _SPECIFIC_OVER.items():
        if general in candidates and any(role in candidates for role in specific):
            del candidates[general]
    if "backing_vocal" in candidates and "lead_vocal" in candidates:
        del candidates["lead_vocal"]
    vocal = next((role for role in _VOCAL_ROLES if role in candidates), None)
    if vocal:
        return vocal, candidates[vocal]
    if "bass" in candidates and len(candidates) > 1:
        return "bass", candidates["bass"]
    best = max(candidates, key=lambda role: candidates[role])
    rivals = [role for role in candidates if role != best and candidates[role] == candidates[best]]
    return best, candidates[best] * (0.6 if rivals else 1.0)


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
        return by_name
    by_sound = role_from_sound(heard)
    return by_sound if by_sound.confidence > by_name.confidence else by_name


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
    lead = None if named else max(voices, key=lambda guid: _lead_rank(guid, analysis))
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

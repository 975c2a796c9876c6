"""Which role a name tells: known words first, then the names of its folders, then what its letters resemble."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from dawassist.plan.lexicon import WEAK, WORD, known_roles, lexicon
from dawassist.plan.name_letters import SILENT, letter_model, telling
from dawassist.plan.names import name_parts

UNKNOWN = SILENT
VOICES = ("lead_vocal", "backing_vocal")
_FIRST_OF_EAST_ASIA = 0x2E80
_KIT = ("kick", "snare", "tom", "hat", "overhead", "percussion")
_GENERAL_UNDER = {"room": ("overhead",), "drums": (*_KIT, "room")}
_UNSURE = 0.6  # factor where a name tells two roles
_FOLDER = 0.8  # factor of a role that only a folder tells
_SET_ASIDE = ("click", "reference", "effects")  # not mixed as sources: never told by letters alone
_LETTERS_SET_ASIDE = 0.5
_RIVAL = 0.5  # of what is left: shared by the other roles that the name tells


@dataclass(frozen=True, slots=True, kw_only=True)
class NameGuess:
    """`posterior` by role, 1 in all with `UNKNOWN`, or empty where nothing is known; `evidence` what spoke for it.

    `is_sum`: “Pad + Bass” names several sources, of which a track of both is neither, however it sounds.
    """

    posterior: Mapping[str, float]
    evidence: tuple[str, ...]
    is_sum: bool = False

    @property
    def role(self) -> str:
        return max(self.posterior, key=lambda role: self.posterior[role]) if self.posterior else UNKNOWN

    @property
    def confidence(self) -> float:
        """Of the role; 0 for the unknown one."""
        return self.posterior[self.role] if self.role != UNKNOWN else 0.0


def role_by_name(name: str, folders: Sequence[str] = ()) -> NameGuess:
    """What a track's own name tells; where it tells little, the names of its folders, nearest first."""
    found = _matches(name)
    joins = "+" in name or "&" in name
    role, strength = _decide(found, joins)
    best = _told(role, strength, found, f"the name “{name}”") if strength else _resembled(name)
    if joins and len(found) > 1 and strength < max(found.values()):
        return replace(best, is_sum=True)
    if strength >= WEAK * _UNSURE and best.confidence >= WEAK * 0.9:
        return best
    for folder in folders:
        matches = _matches(folder)
        role, strength = _decide(matches, True)
        if _FOLDER * strength > best.confidence:
            return _told(role, _FOLDER * strength, matches, f"the folder “{folder}”")
    return best


def _told(role: str, strength: float, found: Mapping[str, float], evidence: str) -> NameGuess:
    """The role with its strength; the rest goes by half to the other roles that were named, by half to all others."""
    rivals = [other for other in found if other != role]
    if role in VOICES:
        rivals += [voice for voice in VOICES if voice not in (role, *rivals)]
    others = [other for other in known_roles() if other != role]
    left = 1.0 - strength
    posterior = {other: (1.0 - (_RIVAL if rivals else 0.0)) * left / len(others) for other in others}
    for rival in rivals:
        posterior[rival] += _RIVAL * left / len(rivals)
    return NameGuess(posterior={role: strength, **posterior}, evidence=(evidence,))


def _resembled(name: str) -> NameGuess:
    words = telling(name_parts(name).words)
    letters = letter_model().posterior(words) if words else {}
    familiar = letter_model().coverage(words)
    posterior = {
        role: familiar * share * (_LETTERS_SET_ASIDE if role in _SET_ASIDE else 1.0) for role, share in letters.items()
    }
    if letters:
        posterior[UNKNOWN] += 1.0 - sum(posterior.values())
    return NameGuess(posterior=posterior, evidence=(f"the letters of “{name}”",) if posterior else ())


@lru_cache(maxsize=4096)
def _matches(name: str) -> Mapping[str, float]:
    """Strength by role of every phrase in the name; words that belong to a longer phrase count once."""
    words = list(name_parts(name).words)
    found: dict[str, float] = {}
    for phrase, role, strength in lexicon():
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
    voices = {role: strength for role, strength in found.items() if role in VOICES}
    others = {role: s for role, s in found.items() if role not in VOICES and s in (strongest, WORD)}
    if voices and (not others or _names_a_voice(voices)):
        voice = "backing_vocal" if "backing_vocal" in voices else "lead_vocal"
        is_sure = not others or others.keys() == {"tom"}  # also a first name
        return voice, max(voices.values()) * (1.0 if is_sure else _UNSURE)
    return _decide_instrument(others, is_composite)


def _names_a_voice(voices: Mapping[str, float]) -> bool:
    """“Vox” does; “Double” and “Lead” may belong to any instrument."""
    return voices.get("lead_vocal", 0.0) >= WEAK or voices.get("backing_vocal", 0.0) >= WORD


def _decide_instrument(found: Mapping[str, float], is_composite: bool) -> tuple[str, float]:
    candidates = {
        role: strength
        for role, strength in found.items()
        if not any(specific in found for specific in _GENERAL_UNDER.get(role, ()))
    }
    if len(candidates) > 1 and not candidates.keys() & {"drums", *_KIT}:
        candidates.pop("room", None)  # the room of a guitar is a guitar's microphone
    role = max(candidates, key=lambda role: candidates[role])
    if len(candidates) == 1:
        return role, candidates[role]
    if all(candidate in _KIT for candidate in candidates):
        return "drums", candidates[role]
    if "bass" in candidates and not is_composite and not candidates.keys() & {"effects", "drums", *_KIT}:
        return "bass", candidates["bass"]
    return role, candidates[role] * _UNSURE

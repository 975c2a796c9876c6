"""Which role each track plays: by routing, then by the engineer's word, then by name, folder and sound together.

A role is a guess with a probability; below `FIRM` no rule that depends on the role fires, and the engineer is asked.
"""

from collections.abc import Mapping, Sequence

from dawassist.analysis.model import Analysis, RoleGuess, TrackAnalysis, TrackSum
from dawassist.plan.role_by_name import UNKNOWN, VOICES, NameGuess, role_by_name
from dawassist.plan.role_by_sound import VOICE_SHARE, role_by_sound, sound_evidence
from dawassist.session.graph import Graph
from dawassist.session.model import Session, Track

FIRM = 0.6
_ROUTING_ROLES = {
    "folder": "folder",
    "send_bus": "bus",
    "key_or_cue": "key",
    "hardware_only": "cue",
    "unused": "unused",
}
_UNSURE = 0.6  # factor where the name is an instrument's and a voice sounds
_PRINT = 0.95  # what a sum of others is: a mixdown, a print, a recorder's own mix
_DOUBT = 0.03  # chance that a sound is like none the model was fitted on
_CONTRADICTED = 0.25  # where sound leaves less than this of a name's probability, that is said


def role_from_name(name: str, folders: Sequence[str] = ()) -> RoleGuess:
    """The role that a track's own name tells; where it tells little, that of its folders (nearest first)."""
    found = role_by_name(name, folders)
    return _guess_of(found.posterior, found.evidence)


def role_from_name_and_sound(by_name: NameGuess, heard: TrackAnalysis) -> RoleGuess:
    """The posterior of both. A name that the sound contradicts loses confidence, and it is said why."""
    by_sound = role_by_sound(heard)
    if not by_sound or by_name.is_sum:
        return _guess_of(by_name.posterior, by_name.evidence)
    posterior = combined(by_name.posterior, by_sound)
    return _guess_of(posterior, _evidence(by_name, by_sound, max(posterior, key=lambda role: posterior[role]), heard))


def combined(by_name: Mapping[str, float], by_sound: Mapping[str, float]) -> dict[str, float]:
    """Bayes: what the name tells, weighed by how much likelier than usual each role makes the sound."""
    if by_name and max(by_name, key=lambda role: by_name[role]) in VOICES:
        by_sound = _voices_alike(by_sound)
    usual = 1.0 / len(by_sound)
    name = by_name or dict.fromkeys(by_sound, usual)
    silent = name.get(UNKNOWN, 0.0)  # a name without a role says nothing about the sound
    prior = {
        role: name.get(role, 0.0) + (silent * usual if role in by_sound else 0.0)
        for role in {**by_sound, **name}
        if role != UNKNOWN
    }
    weighed = {role: share * _likelihood(by_sound, role) for role, share in prior.items()}
    total = sum(weighed.values())
    return {role: share / total for role, share in weighed.items()}


def _voices_alike(by_sound: Mapping[str, float]) -> dict[str, float]:
    """Which of the voices leads is told by a name better than by its tone."""
    mean = sum(by_sound.get(voice, 0.0) for voice in VOICES) / len(VOICES)
    return {role: mean if role in VOICES else share for role, share in by_sound.items()}


def _likelihood(by_sound: Mapping[str, float], role: str) -> float:
    """Of the sound, against the mean over roles; 1 for roles that are not told by sound."""
    return (1.0 - _DOUBT) * by_sound[role] * len(by_sound) + _DOUBT if role in by_sound else 1.0


def _evidence(by_name: NameGuess, by_sound: Mapping[str, float], role: str, heard: TrackAnalysis) -> tuple[str, ...]:
    likelihood = _likelihood(by_sound, role)
    if role == by_name.role and likelihood < _CONTRADICTED:
        heard_as = max(by_sound, key=lambda other: by_sound[other])
        return (*by_name.evidence, f"but {sound_evidence(heard, heard_as)}")
    by_ear = (sound_evidence(heard, role),) if likelihood > 1.0 else ()
    if role == by_name.role:
        return (*by_name.evidence, *by_ear)
    if by_name.role == UNKNOWN:
        return by_ear
    return (*by_ear, *(f"although {each} tells “{by_name.role}”" for each in by_name.evidence))


def _guess_of(posterior: Mapping[str, float], evidence: tuple[str, ...]) -> RoleGuess:
    ranked = sorted(posterior, key=lambda role: -posterior[role])
    if not ranked or ranked[0] == UNKNOWN:
        return RoleGuess(role=UNKNOWN, confidence=0.0, evidence=())
    second = ranked[1] if len(ranked) > 1 else ""
    return RoleGuess(
        role=ranked[0], confidence=posterior[ranked[0]], evidence=evidence,
        runner_up=second, runner_up_confidence=posterior.get(second, 0.0),
    )  # fmt: skip


def guess_roles(session: Session, graph: Graph, analysis: Analysis, pinned: Mapping[str, str]) -> dict[str, RoleGuess]:
    """A guess for every track, by GUID. `pinned` roles are the engineer's word and certain."""
    names = {track.guid: track.display_name for track in session.tracks}
    guesses = {
        track.guid: _guess(track, graph, names, analysis.track(track.guid), pinned.get(track.guid))
        for track in session.tracks
    }
    guesses |= {
        found.track_guid: _print_guess(found)
        for found in analysis.sums
        if found.track_guid not in pinned
        and graph.kind[found.track_guid] == "source"
        and graph.audible.issuperset(found.part_guids)
    }
    silent = {track.guid for track in session.tracks if _name_guess(track, graph, names).role not in VOICES}
    return _one_lead_by_sound(guesses, silent, analysis)


def _print_guess(found: TrackSum) -> RoleGuess:
    text = f"the sum of {len(found.part_guids)} other tracks, {found.residual_db:.0f} dB remain"
    return RoleGuess(role="reference", confidence=_PRINT, evidence=(text,))


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
    by_name = _name_guess(track, graph, names)
    if heard is None:
        return _guess_of(by_name.posterior, by_name.evidence)
    return _with_doubt(role_from_name_and_sound(by_name, heard), by_name, heard)


def _name_guess(track: Track, graph: Graph, names: Mapping[str, str]) -> NameGuess:
    return role_by_name(track.name, _folder_names(track.guid, graph, names))


def _with_doubt(guess: RoleGuess, by_name: NameGuess, heard: TrackAnalysis) -> RoleGuess:
    """A name of an instrument on a track that sings (a choir's “Bass”, a singer called Tom) needs the engineer."""
    share = heard.voice_share or 0.0
    if share < VOICE_SHARE or guess.role in (UNKNOWN, *VOICES) or guess.role != by_name.role:
        return guess
    doubt = f"but a voice in {share:.0%} of its sound"
    return RoleGuess(
        role=guess.role, confidence=_UNSURE * guess.confidence, evidence=(*guess.evidence, doubt),
        runner_up=guess.runner_up, runner_up_confidence=guess.runner_up_confidence,
    )  # fmt: skip


def _one_lead_by_sound(guesses: dict[str, RoleGuess], unnamed: set[str], analysis: Analysis) -> dict[str, RoleGuess]:
    """Of several voices that only sound tells, the one that sings most is the lead and the others back it."""
    is_led = any(g.role == "lead_vocal" and g.confidence >= FIRM for guid, g in guesses.items() if guid not in unnamed)
    voices = [guid for guid in unnamed if guesses[guid].role == "lead_vocal" and _sings(guid, analysis)]
    if not voices:
        return guesses
    lead = None if is_led else max(voices, key=lambda guid: (*_lead_rank(guid, analysis), guid))
    backing = {
        guid: RoleGuess(
            role="backing_vocal", confidence=FIRM, evidence=(*guesses[guid].evidence, "another voice leads")
        )
        for guid in voices
        if guid != lead
    }
    return {**guesses, **backing}


def _sings(guid: str, analysis: Analysis) -> bool:
    heard = analysis.track(guid)
    return heard is not None and (heard.voice_share or 0.0) >= VOICE_SHARE


def _lead_rank(guid: str, analysis: Analysis) -> tuple[float, float]:
    heard = analysis.track(guid)
    assert heard is not None
    return heard.activity.share * (heard.voice_share or 0.0), heard.voice_share or 0.0


def _folder_names(guid: str, graph: Graph, names: Mapping[str, str]) -> list[str]:
    found: list[str] = []
    folder = graph.parent.get(guid, graph.master_guid)
    while folder != graph.master_guid and folder in names and len(found) < len(names):
        found.append(names[folder])
        folder = graph.parent.get(folder, graph.master_guid)
    return found

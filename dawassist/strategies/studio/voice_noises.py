"""Sibilants, plosives and breaths of voices, told place by place. What to do about them is for the engineer."""

from collections.abc import Iterator, Sequence

from dawassist.analysis.voice_noises import voice_noises
from dawassist.plan.material import speakers
from dawassist.plan.mix_problem import Situation
from dawassist.plan.role_by_name import VOICES
from dawassist.plan.roles import FIRM
from dawassist.plan.tools_there import active_tools
from dawassist.session.findings import Evidence, Finding, FindingClass
from dawassist.session.model import Track
from dawassist.session.ruler import Places
from dawassist.units import counted

FEWEST_PLACES = 3  # fewer are dealt with when they are heard
_MOST_SHOWN = 8
_CONFIDENCE = 0.6
_WORDS: dict[FindingClass, tuple[str, str, str]] = {
    "sibilance": ("sibilant", "at 5–10 kHz, as loud as its vowels or nearly so", "5–10 kHz"),
    "plosive": ("plosive", "below 80 Hz, under what is sung", "20–80 Hz"),
    "breath": ("breath", "that stand out after pauses", "1.6–8 kHz"),
}
_HELP: dict[FindingClass, str] = {
    "sibilance": "a de-esser, or gain or an envelope there, takes them down",
    "plosive": "a high-pass or a short fade there takes them out",
    "breath": "gain or an envelope there takes them down",
}


def voice_noise_findings(situation: Situation) -> tuple[Finding, ...]:
    """Of every voice that is heard after its chain; nothing of tracks whose tool for it is there already."""
    return tuple(finding for track in _voices(situation) for finding in _of_track(situation, track))


def _voices(situation: Situation) -> Iterator[Track]:
    talking = {t.guid for t in speakers(situation.mix.session, situation.analysis, situation.roles)}
    for track in situation.mix.session.tracks:
        guess = situation.roles.get(track.guid)
        is_voice = guess is not None and guess.role in VOICES and guess.confidence >= FIRM
        if track.guid not in situation.fixed and (is_voice or track.guid in talking):
            yield track


def _of_track(situation: Situation, track: Track) -> Iterator[Finding]:
    measured = situation.analysis.track(track.guid)
    if measured is None or measured.bands is None or measured.measured_at != "after_chain":
        return
    found = voice_noises(measured.bands, situation.analysis.start_seconds)
    places: tuple[tuple[FindingClass, Sequence[tuple[float, float]]], ...] = (
        ("sibilance", () if active_tools(track, "deesser") else found.sibilants),
        ("plosive", found.plosives),
        ("breath", found.breaths),
    )
    for kind, told in places:
        if len(told) >= FEWEST_PLACES:
            yield _finding(track, kind, told, situation.places)


def _finding(track: Track, kind: FindingClass, noises: Sequence[tuple[float, float]], places: Places) -> Finding:
    noun, what, band = _WORDS[kind]
    shown = sorted(sorted(noises, key=lambda each: -each[1])[:_MOST_SHOWN])
    loudest = max(noises, key=lambda each: each[1])
    return Finding(
        kind=kind,
        track_guid=track.guid,
        sentence=f"{track.display_name} has {counted(len(noises), noun)} {what}, the loudest at "
        f"{places.text(loudest[0])}; {_HELP[kind]}.",
        confidence=_CONFIDENCE,
        evidence=tuple(
            Evidence(text=f"{places.text(at)}: {db:+.1f} dB against its vowels, {band}.", value=db, unit="dB")
            for at, db in shown
        ),
        at_seconds=tuple(at for at, _ in shown),
    )

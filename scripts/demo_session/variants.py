"""Sessions like the bundled one, with the faults elsewhere: built from the shipped media alone, no synthesizer needed.

The clean recordings are had from the shipped files by repairing what was planted. A seed changes the tempo and pitch
(as a tape machine would), recording levels, the order of tracks, sides, who sings the lead, which optional tracks are
there, and which eligible track gets each fault.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from scripts.demo_session import desk, faults, listening, media, song
from scripts.demo_session.desk import Excerpt, Strip
from scripts.demo_session.instruments import Signal
from scripts.demo_session.planted import DEMO_FOLDER, planted_faults, repair
from scripts.demo_session.project import SessionSpec, project_text, track_guid
from scripts.demo_session.shipped import SESSION_NAME, shipped_strips
from scripts.fluidsynth import RATE_HZ

_OPTIONAL = ("kick_out", "hat", "tom", "floor", "room", "gtr_clean", "keys", "lead_double")
_FULL_BAND_HZ = (100.0, 15000.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What was done to which track; `values` depend on the kind."""

    kind: str
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A session before it is written; `lead` is the key of the strip that sings the lead."""

    name: str
    strips: tuple[Strip, ...]
    signals: Mapping[str, Signal]
    excerpt: Excerpt = field(default_factory=Excerpt)
    lead: str = desk.LEAD
    faults: tuple[Fault, ...] = ()

    def strip(self, key: str) -> Strip:
        return next(strip for strip in self.strips if strip.key == key)

    def with_strip(self, key: str, **values: Any) -> "Draft":
        changed = tuple(replace(strip, **values) if strip.key == key else strip for strip in self.strips)
        return replace(self, strips=changed)

    def with_signal(self, key: str, signal: Signal) -> "Draft":
        return replace(self, signals={**self.signals, key: signal})

    def with_fault(self, kind: str, key: str, **values: Any) -> "Draft":
        return replace(self, faults=(*self.faults, Fault(kind=kind, key=key, values=values)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A written session: its project file, what was planted, and the GUID of each track by key."""

    path: Path
    faults: tuple[Fault, ...]
    guids: Mapping[str, str]


def build(folder: Path, *, seed: int | None, damaged: bool, neutral_names: bool, quick: bool) -> Built:
    """Write a session into `folder`. Without a seed it is the bundled one, with its faults or without.

    `quick` keeps eight bars around the first chorus.
    """
    return _written(folder, drafted(seed=seed, damaged=damaged, neutral_names=neutral_names, quick=quick))


def drafted(*, seed: int | None, damaged: bool, neutral_names: bool, quick: bool) -> Draft:
    """What `build` writes."""
    draft = shipped_draft() if damaged and seed is None else clean_draft()
    if seed is not None:
        chance = np.random.default_rng([20, seed])
        draft = _varied(draft, chance, seed, quick)
        draft = _damaged(draft, chance) if damaged else draft
    elif quick:
        draft = _cut(draft, 1.0, quick=True)
    if neutral_names:
        draft = _nameless(draft, seed or 0)
    return draft


def clean_draft() -> Draft:
    """The bundled session with nothing wrong; the dead spare channel is not there."""
    strips = [strip for strip in desk.STRIPS if strip.key != desk.SPARE]
    last = max(place for place, strip in enumerate(desk.STRIPS) if strip.key == desk.SPARE) - 1
    strips[last] = replace(strips[last], folder=desk.STRIPS[last + 1].folder)
    return Draft(name="clean", strips=tuple(strips), signals=_clean_signals())


def shipped_draft() -> Draft:
    """The bundled session as it is."""
    found = tuple(Fault(kind=fault.kind, key=fault.media, values=fault.values) for fault in planted_faults())
    return Draft(name=SESSION_NAME, strips=shipped_strips(), signals=_shipped_signals(), faults=found)


def rendered(draft: Draft) -> dict[str, Signal]:
    """Each track at the master, without plug-ins and sends."""
    return listening.heard_tracks(spec_of(draft), draft.signals)


@cache
def _shipped_signals() -> Mapping[str, Signal]:
    return {path.stem: media.read(path) for path in sorted((DEMO_FOLDER / "media").iterdir())}


@cache
def _clean_signals() -> Mapping[str, Signal]:
    signals = dict(_shipped_signals())
    for fault in reversed(planted_faults()):
        signals[fault.media] = repair(signals[fault.media], fault)
    return signals


def _varied(draft: Draft, chance: np.random.Generator, seed: int, quick: bool) -> Draft:
    draft = replace(_cut(draft, float(chance.uniform(0.94, 1.06)), quick=quick), name=f"variant {seed}")
    if chance.random() < 0.5:
        draft = _other_singer(draft)
    dropped = {str(key) for key in chance.choice(_OPTIONAL, int(chance.integers(0, 4)), replace=False)} - {draft.lead}
    draft = replace(draft, strips=_without(draft.strips, dropped))
    mirror = float(chance.choice((-1.0, 1.0)))
    for strip in draft.strips:
        if strip.extension:
            draft = _relevelled(draft, strip, float(chance.uniform(-6.0, 6.0)), float(chance.normal(0.0, 0.7)))
        draft = draft.with_strip(strip.key, pan=mirror * strip.pan)
    return replace(draft, strips=_shuffled(draft.strips, chance))


def _cut(draft: Draft, speed: float, *, quick: bool) -> Draft:
    """Cut to the excerpt and run at another speed, pitch included."""
    excerpt = Excerpt(speed=speed)
    if quick:
        middle = song.CHORUS_BAR
        excerpt = Excerpt(
            start_seconds=song.bar_seconds(middle - 4), end_seconds=song.bar_seconds(middle + 4), speed=speed
        )
    first, last = (round(at * RATE_HZ) for at in (excerpt.start_seconds, excerpt.end_seconds))
    used = {strip.key for strip in draft.strips}
    signals = {
        key: np.asarray(soxr.resample(x[..., first:last].T, speed * RATE_HZ, RATE_HZ).T)
        for key, x in draft.signals.items()
        if key in used
    }
    return replace(draft, signals=signals, excerpt=excerpt)


def _other_singer(draft: Draft) -> Draft:
    """The double sings the whole song in front, the other voice doubles the chorus behind it."""
    lead, double = draft.strip(desk.LEAD), draft.strip(desk.DOUBLE)
    louder = _level_db(draft.signals[desk.LEAD]) - _level_db(draft.signals[desk.DOUBLE])
    draft = draft.with_strip(desk.DOUBLE, fader_db=lead.fader_db + louder, plays=lead.plays, name=lead.name, fx=lead.fx)
    draft = draft.with_strip(desk.LEAD, fader_db=double.fader_db - louder, plays=double.plays, name=double.name, fx=())
    return replace(draft, lead=desk.DOUBLE)


def _relevelled(draft: Draft, strip: Strip, recorded_db: float, balance_db: float) -> Draft:
    """Recorded at another level, with the fader where it balances as before, give or take `balance_db`."""
    signal = draft.signals[strip.key]
    headroom_db = -1.0 - 20.0 * float(np.log10(np.abs(signal).max()))
    gain_db = min(recorded_db, headroom_db)
    draft = draft.with_signal(strip.key, signal * 10.0 ** (gain_db / 20.0))
    return draft.with_strip(strip.key, fader_db=round(strip.fader_db - gain_db + balance_db, 2))


def _without(strips: tuple[Strip, ...], dropped: set[str]) -> tuple[Strip, ...]:
    """Folders stay closed where they were."""
    kept: list[Strip] = []
    for strip in strips:
        if strip.key not in dropped:
            kept.append(strip)
        elif strip.folder:
            kept[-1] = replace(kept[-1], folder=kept[-1].folder + strip.folder)
    return tuple(kept)


def _shuffled(strips: tuple[Strip, ...], chance: np.random.Generator) -> tuple[Strip, ...]:
    """Folders in another order, and the tracks inside of each."""
    groups: list[list[Strip]] = []
    is_open = False
    for strip in strips:
        if not is_open:
            groups.append([])
        groups[-1].append(strip)
        is_open = (is_open or strip.folder > 0) and strip.folder >= 0
    for group in groups:
        inside = [replace(strip, folder=0) for strip in group[1:]]
        chance.shuffle(inside)
        if inside:
            inside[-1] = replace(inside[-1], folder=-1)
        group[1:] = inside
    order = chance.permutation(len(groups))
    return tuple(strip for place in order for strip in groups[place])


def _damaged(draft: Draft, chance: np.random.Generator) -> Draft:
    present = {strip.key for strip in draft.strips}
    for kind, keys in (
        ("polarity", ("snare_bottom", "kick_out")),
        ("delay", ("bass_amp", "bass_di")),
        ("hum", ("gtr_rhythm", "gtr_clean", "bass_di")),
        ("dead", ("hat", "floor", "room", "backing_2")),
    ):
        eligible = [key for key in keys if key in present]
        if eligible:
            draft = _in_sound(draft, kind, str(chance.choice(eligible)), chance)
    return _hard_panned_bass(_hidden_lead(draft, chance), chance)


def _in_sound(draft: Draft, kind: str, key: str, chance: np.random.Generator) -> Draft:
    signal = draft.signals[key]
    frames = int(chance.integers(40, 200))
    mains_hz = float(chance.choice((50.0, 60.0)))
    if kind == "polarity":
        return draft.with_signal(key, faults.flipped(signal)).with_fault(kind, key)
    if kind == "delay":
        return draft.with_signal(key, faults.shifted(signal, frames)).with_fault(kind, key, frames=frames)
    if kind == "hum":
        under = np.array([-28.0, -36.0, -33.0, -44.0, -39.0]) + 20.0 * np.log10(np.abs(signal).max())
        noisy = signal + faults.hum(signal.shape[-1], RATE_HZ, mains_hz, under.tolist())
        return draft.with_signal(key, noisy).with_fault(kind, key, mains_hz=mains_hz)
    return draft.with_signal(key, faults.dead(signal.shape[-1], int(frames))).with_fault(kind, key)


def _hidden_lead(draft: Draft, chance: np.random.Generator) -> Draft:
    """The lead's fader so far down that half of the time it lies 12–18 dB under the rest."""
    over = listening.lead_over_rest_db(rendered(draft), draft.lead, RATE_HZ, _FULL_BAND_HZ)
    lower_db = float(np.median(over)) + float(chance.uniform(12.0, 18.0))
    fader_db = round(draft.strip(draft.lead).fader_db - lower_db, 2)
    return draft.with_strip(draft.lead, fader_db=fader_db).with_fault("hidden_lead", draft.lead, lowered_db=lower_db)


def _hard_panned_bass(draft: Draft, chance: np.random.Generator) -> Draft:
    choices = (("bass_di",), ("bass_amp",), ("bass_di", "bass_amp"))
    pan = round(float(chance.choice((-1.0, 1.0)) * chance.uniform(0.85, 1.0)), 2)
    for key in choices[int(chance.integers(len(choices)))]:
        draft = draft.with_strip(key, pan=pan).with_fault("hard_pan", key, pan=pan)
    return draft


def _nameless(draft: Draft, seed: int) -> Draft:
    pattern = ("Track {}", "Audio {:02}", "{:02}")[seed % 3]
    strips = tuple(replace(s, name=pattern.format(place)) for place, s in enumerate(draft.strips, start=1))
    return replace(draft, strips=strips)


def _level_db(signal: Signal) -> float:
    return 10.0 * float(np.log10(np.mean(np.square(signal[np.abs(signal) > 1e-3]))))


def spec_of(draft: Draft) -> SessionSpec:
    files = {strip.key: _file(place) for place, strip in enumerate(draft.strips, start=1) if strip.extension}
    return desk.session_spec(draft.name, draft.strips, RATE_HZ, files, draft.excerpt)


def _file(place: int) -> str:
    return f"media/take-{place:02}.wav"


def _written(folder: Path, draft: Draft) -> Built:
    (folder / "media").mkdir(parents=True, exist_ok=True)
    for place, strip in enumerate(draft.strips, start=1):
        if strip.extension:
            media.write(folder / _file(place), draft.signals[strip.key])
    path = folder / "session.rpp"
    path.write_text(project_text(spec_of(draft)), encoding="utf-8", newline="\n")
    guids = {strip.key: track_guid(draft.name, strip.key) for strip in draft.strips}
    return Built(path=path, faults=draft.faults, guids=guids)

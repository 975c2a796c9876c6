"""Sessions made of real stems with faults that are known, or with what only looks like faults."""

import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from benchmarks.support.confounders import CONFOUNDERS, Strip
from benchmarks.support.damage import clipped, copied, dead, one_side_dead, with_dc, with_hum, with_rumble
from benchmarks.support.microphones import EASY, microphones
from benchmarks.support.stems import (
    RATE,
    Signal,
    Song,
    active_rms,
    active_share,
    excerpt,
    mono,
    named_like,
)
from demo_session.project import ItemSpec, SessionSpec, TrackSpec, project_text, track_guid

SECONDS = 20.0
CLASSES = ("polarity", "delay", "duplicate", "dead_channel", "clipping", "dc", "off_center", "hum", "rumble",
           "dead_side", "stereo_polarity")  # fmt: skip
_MOST_STEMS = 9
_FAULTS = (4, 6)  # per damaged session
_CONFOUNDERS = (3, 5)  # per clean session
_ENOUGH = 0.15  # of the stretch, for a stem to be damaged
_DRIVEN_WORDS = ("amp", "808", "dist", "fuzz", "synth", "gtr", "guitar", "pluck", "stab", "bass")
_CENTER_WORDS = ("lead", "bass", "kick")
_NOT_ALONE_WORDS = ("+", "&", "hat", "pad", "snare", "drum", "beat")  # loops and sums of several parts
_LOWEST_HZ, _BODY_HZ = 25.0, 2000.0
_ENOUGH_BODY = 0.5  # of the energy below 2 kHz: polarity is heard there
_PEAK_DBFS = -3.0  # of the sum: nothing clips at the master


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A fault of class `kind` on the tracks `guids`; the higher `severity`, the graver. `truth` is what undoes it."""

    kind: str
    guids: tuple[str, ...]
    severity: float
    truth: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """`confounders` are those of a clean session."""

    path: Path
    song: str
    planted: tuple[Planted, ...]
    confounders: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        return not self.planted


@dataclass(slots=True)
class _Draft:
    strips: list[Strip]
    rest: dict[str, Signal]  # all stems, mono: what bleeds
    generator: np.random.Generator
    planted: list[tuple[str, tuple[str, ...], float, dict[str, float]]] = field(default_factory=list)
    measured: dict[tuple[str, float], float] = field(default_factory=dict)  # of strips that carry no fault yet

    def plays(self, strip: Strip) -> float:
        """Share of the time."""
        return self._once(strip, 0.0, lambda: active_share(strip.samples))

    def share_below(self, strip: Strip, hertz: float) -> float:
        """Of the energy, 0…1."""
        return self._once(strip, hertz, lambda: _share_below(strip.samples, hertz))

    def _once(self, strip: Strip, hertz: float, measure: Callable[[], float]) -> float:
        key = strip.name, hertz
        if key not in self.measured:
            self.measured[key] = measure()
        return self.measured[key]

    def replace(self, strip: Strip, *others: Strip) -> None:
        place = self.strips.index(strip)
        self.strips[place : place + 1] = others

    def plant(self, kind: str, severity: float, *strips: Strip, **truth: float) -> None:
        self.planted.append((kind, tuple(strip.name for strip in strips), severity, truth))


def make_session(song: Song, folder: Path, seed: int, number: int, *, is_clean: bool, seconds: float = SECONDS) -> Made:
    """The session as `folder`/session.rpp with its files; the same for the same song, seed and number."""
    of_song = zlib.crc32(song.name.encode())
    generator = np.random.default_rng([seed, number, of_song])
    stems = excerpt(song, seconds, generator)
    order = [list(stems)[place] for place in generator.permutation(len(stems))]
    chosen = sorted(order, key=lambda name: active_share(stems[name]) < _ENOUGH)[:_MOST_STEMS]
    strips = [strip_of(name, stems[name]) for name in stems if name in chosen]
    draft = _Draft(strips, {name: mono(stem) for name, stem in stems.items()}, generator)
    turn = number + of_song % 97 + 31 * seed
    confounders = _confound(draft, turn) if is_clean else ()
    if not is_clean:
        _damage(draft, turn)
    planted = tuple(
        Planted(kind=kind, guids=tuple(track_guid(song.name, name) for name in on), severity=severity, truth=truth)
        for kind, on, severity, truth in draft.planted
    )
    return Made(
        path=write_session(folder, song.name, draft.strips), song=song.name, planted=planted, confounders=confounders
    )


def _confound(draft: _Draft, turn: int) -> tuple[str, ...]:
    """The confounders take turns, so that every one comes up."""
    count = draft.generator.integers(*_CONFOUNDERS, endpoint=True)
    kinds = [list(CONFOUNDERS)[(turn * 5 + place * 3) % len(CONFOUNDERS)] for place in range(count)]
    used = []
    for kind in dict.fromkeys(kinds):
        strip = _suitable(draft)
        if strip is not None:
            made = CONFOUNDERS[kind](strip, draft.generator)
            taken = {each.name for each in draft.strips if each is not strip}
            if taken.isdisjoint(each.name for each in made):
                draft.replace(strip, *made)
                used.append(kind)
    return tuple(used)


def _damage(draft: _Draft, turn: int) -> None:
    """The classes take turns; one that finds no suitable track is passed over."""
    count = draft.generator.integers(*_FAULTS, endpoint=True)
    for place in range(count):
        _FAULT_MAKERS[CLASSES[(turn * 5 + place) % len(CLASSES)]](draft)


def _suitable(draft: _Draft, accepts: Callable[[Strip], bool] = lambda _strip: True) -> Strip | None:
    """A strip that plays enough, carries no fault yet and is no confounder."""
    hit = {name for _, names, _, _ in draft.planted for name in names}
    fitting = [
        strip
        for strip in draft.strips
        if strip.name not in hit and strip.name in draft.rest and draft.plays(strip) >= _ENOUGH and accepts(strip)
    ]
    return fitting[draft.generator.integers(len(fitting))] if fitting else None


def _changed(draft: _Draft, strip: Strip, kind: str, severity: float, samples: Signal, **truth: float) -> None:
    draft.replace(strip, replace(strip, samples=samples))
    draft.plant(kind, severity, strip, **truth)


def _log_uniform(generator: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(generator.uniform(np.log(low), np.log(high))))


def _plant_microphones(draft: _Draft, delay_samples: float, *, inverted: bool) -> tuple[Strip, Strip] | None:
    """Two microphones in place of a strip, with bleed and a room between easy and medium."""
    chance = draft.generator
    strip = _suitable(draft, lambda each: draft.share_below(each, _BODY_HZ) > _ENOUGH_BODY)
    if strip is None:
        return None
    condition = replace(
        EASY, delay_samples=(delay_samples, delay_samples), direct_to_room_db=chance.uniform(3.0, 12.0),
        bleed_db=tuple(sorted(chance.uniform(-40.0, -14.0, 2))),
    )  # fmt: skip
    rest = [signal for name, signal in draft.rest.items() if name != strip.name]
    heard = microphones(mono(strip.samples), rest, condition, RATE, chance)
    while heard.inverted:  # against the bleed, which is not what a turned cable does
        heard = microphones(mono(strip.samples), rest, condition, RATE, chance)
    other = -heard.other if inverted else heard.other
    pair = (
        replace(strip, name=f"{strip.name} mic 1", samples=heard.reference[None]),
        replace(strip, name=f"{strip.name} mic 2", samples=other[None], fader_db=round(chance.uniform(-6.0, 3.0), 2)),
    )
    draft.replace(strip, *pair)
    return pair


def _polarity(draft: _Draft) -> None:
    """Severity: what the sum loses below 2 kHz, in dB."""
    delay_samples = float(draft.generator.integers(0, 21))
    pair = _plant_microphones(draft, delay_samples, inverted=True)
    if pair is not None:
        loss_db = _loss_db(pair[0], pair[1], round(delay_samples))
        draft.plant("polarity", loss_db, *pair, delay_samples=delay_samples, inverted=1.0)


def _delay(draft: _Draft) -> None:
    """Severity: samples."""
    delay_samples = float(round(_log_uniform(draft.generator, 1.0, 900.0)))
    inverted = bool(draft.generator.random() < 0.25)
    pair = _plant_microphones(draft, delay_samples, inverted=inverted)
    if pair is not None:
        draft.plant("delay", delay_samples, *pair, delay_samples=delay_samples, inverted=float(inverted))


def _duplicate(draft: _Draft) -> None:
    """Severity: the level of the copy, in dB."""
    strip = _suitable(draft)
    if strip is None:
        return
    gain_db = float(draft.generator.uniform(-6.0, 6.0))
    samples = copied(strip.samples, gain_db, one_late=bool(draft.generator.random() < 0.5), generator=draft.generator)
    copy = replace(strip, name=str(draft.generator.choice([f"{strip.name} copy", "Audio 7"])), samples=samples)
    if copy.name not in {each.name for each in draft.strips}:
        draft.replace(strip, strip, copy)
        draft.plant("duplicate", gain_db, strip, copy, gain_db=gain_db)


def _dead_channel(draft: _Draft) -> None:
    """Severity: how far the noise lies under 0 dBFS, in dB."""
    strip = _suitable(draft)
    if strip is not None:
        below_db = float(draft.generator.uniform(72.0, 100.0))
        _changed(draft, strip, "dead_channel", below_db, dead(strip.samples, -below_db, draft.generator))


def _clipping(draft: _Draft) -> None:
    """Severity: share of samples."""
    strip = _suitable(draft, lambda each: not any(word in each.name.lower() for word in _DRIVEN_WORDS))
    if strip is not None:
        share = _log_uniform(draft.generator, 0.0005, 0.05)
        ceiling_dbfs = float(draft.generator.choice([0.0, draft.generator.uniform(-12.0, 0.0)]))
        samples = clipped(strip.samples, share, ceiling_dbfs)
        raised_db = 20.0 * np.log10(max(active_rms(samples), 1e-6) / max(active_rms(strip.samples), 1e-6))
        draft.replace(strip, replace(strip, samples=samples, fader_db=round(-float(raised_db), 2)))
        draft.plant("clipping", share, strip)


def _dc(draft: _Draft) -> None:
    """Severity: dBFS."""
    strip = _suitable(draft)
    if strip is not None:
        offset_dbfs = float(draft.generator.uniform(-60.0, -20.0))
        _changed(draft, strip, "dc", offset_dbfs, with_dc(strip.samples, offset_dbfs, draft.generator.choice([-1, 1])))


def _hum(draft: _Draft) -> None:
    """Severity: level against the track, in dB."""
    strip = _suitable(draft)
    if strip is not None:
        below_db, mains_hz = float(draft.generator.uniform(25.0, 60.0)), float(draft.generator.choice([50.0, 60.0]))
        _changed(draft, strip, "hum", -below_db, with_hum(strip.samples, mains_hz, below_db, draft.generator))


def _rumble(draft: _Draft) -> None:
    """Severity: level against the track, in dB. Only where the track has less of its own down there."""
    below_db = float(draft.generator.uniform(15.0, 40.0))
    strip = _suitable(draft, lambda each: draft.share_below(each, _LOWEST_HZ) < 10.0 ** (-0.1 * below_db - 0.6))
    if strip is not None:
        _changed(draft, strip, "rumble", -below_db, with_rumble(strip.samples, below_db, draft.generator))


def _off_center(draft: _Draft) -> None:
    """Severity: how far from the center, 0…1."""
    fitting = named_like({strip.name: strip.samples for strip in draft.strips}, _CENTER_WORDS)
    together = named_like(draft.rest, _NOT_ALONE_WORDS)
    strip = _suitable(draft, lambda each: each.name in fitting and each.name not in together)
    if strip is not None:
        pan = _log_uniform(draft.generator, 0.5, 1.0) * float(draft.generator.choice([-1.0, 1.0]))
        draft.replace(strip, replace(strip, pan=round(pan, 2)))
        draft.plant("off_center", abs(pan), strip)


def _dead_side(draft: _Draft) -> None:
    """Severity: how far the noise lies under 0 dBFS, in dB."""
    strip = _suitable(draft, _is_stereo)
    if strip is not None:
        below_db, side = float(draft.generator.uniform(72.0, 100.0)), int(draft.generator.integers(2))
        _changed(draft, strip, "dead_side", below_db, one_side_dead(strip.samples, side, -below_db, draft.generator))


def _stereo_polarity(draft: _Draft) -> None:
    """Severity: correlation of the sides before one was turned over."""
    strip = _suitable(draft, lambda each: _is_stereo(each) and _correlation(each.samples) > 0.92)
    if strip is not None:
        turned = strip.samples * np.array([[1.0], [-1.0]], dtype=np.float32)
        _changed(draft, strip, "stereo_polarity", _correlation(strip.samples), turned)


_FAULT_MAKERS: dict[str, Callable[[_Draft], None]] = {
    "polarity": _polarity, "delay": _delay, "duplicate": _duplicate, "dead_channel": _dead_channel,
    "clipping": _clipping, "dc": _dc, "off_center": _off_center, "hum": _hum, "rumble": _rumble,
    "dead_side": _dead_side, "stereo_polarity": _stereo_polarity,
}  # fmt: skip


def strip_of(name: str, stem: Signal) -> Strip:
    """Stems whose sides are equal are written as mono files, which is what they are."""
    is_mono = bool(np.abs(stem[0] - stem[1]).max() < 1e-4)
    return Strip(name=name, samples=stem[:1] if is_mono else stem)


def _is_stereo(strip: Strip) -> bool:
    return len(strip.samples) == 2


def _correlation(samples: Signal) -> float:
    left, right = samples.astype(np.float64)
    return float(left @ right / max(np.sqrt((left @ left) * (right @ right)), 1e-12))


def _share_below(samples: Signal, hertz: float) -> float:
    """Of the energy, 0…1."""
    power = np.abs(np.fft.rfft(mono(samples))) ** 2
    low = np.fft.rfftfreq(samples.shape[-1], 1.0 / RATE) < hertz
    return float(max(power[low].sum(), 1e-20) / max(power.sum(), 1e-20))


def _loss_db(reference: Strip, other: Strip, delay_samples: int) -> float:
    """Energy from 20 Hz to 2 kHz of the corrected sum over that of the sum as it is."""
    one, two = (mono(each.samples) * 10.0 ** (each.fader_db / 20.0) for each in (reference, other))
    frequency_hz = np.fft.rfftfreq(len(one), 1.0 / RATE)
    band = (frequency_hz >= 20.0) & (frequency_hz < _BODY_HZ)
    first, second = np.fft.rfft(one)[band], np.fft.rfft(two)[band]
    turned = -second * np.exp(2j * np.pi * frequency_hz[band] * delay_samples / RATE)
    energies = [float(np.sum(np.abs(first + each) ** 2)) for each in (turned, second)]
    return float(10.0 * np.log10(energies[0] / max(energies[1], 1e-20)))


def write_session(
    folder: Path, song: str, strips: Sequence[Strip], buses: Sequence[TrackSpec] = (),
    folders: Sequence[tuple[TrackSpec, Collection[str]]] = (),
) -> Path:  # fmt: skip
    """`folder`/session.rpp with a file per strip; the master is turned down where the sum would clip.

    `folders` hold the strips of some names and come after the others.
    """
    import soundfile

    folder.mkdir(parents=True, exist_ok=True)
    length = strips[0].samples.shape[-1]
    total = np.zeros((2, length), dtype=np.float32)
    tracks = []
    for number, strip in enumerate(strips, start=1):
        media = f"{number:02}.wav"
        subtype = "FLOAT" if np.abs(strip.samples).max() > 1.0 else "PCM_24"
        first = round(strip.recorded_seconds * RATE)
        soundfile.write(folder / media, strip.samples[:, first:].T, RATE, subtype)
        sides = np.array([[min(1.0 - strip.pan, 1.0)], [min(1.0 + strip.pan, 1.0)]])
        total += (-1.0 if strip.inverted else 1.0) * 10.0 ** (strip.fader_db / 20.0) * sides * strip.samples
        tracks.append(
            TrackSpec(
                key=strip.name, name=strip.name, color=(120, 120, 120), fader_db=strip.fader_db, pan=strip.pan,
                inverted=strip.inverted, fx=strip.fx, sends=strip.sends, envelope=strip.envelope,
                items=(
                    ItemSpec(
                        media=media, position=first / RATE, length=(length - first) / RATE, fade_in=0.0, fade_out=0.0
                    ),
                ),
            )
        )  # fmt: skip
    peak_dbfs = 20.0 * np.log10(max(float(np.abs(total).max()), 1e-6))
    session = SessionSpec(
        name=song,
        bpm=120.0,
        rate_hz=RATE,
        tracks=(*_in_folders(tracks, folders), *buses),
        master_db=round(min(_PEAK_DBFS - peak_dbfs, 0.0), 2),
    )
    path = folder / "session.rpp"
    path.write_text(project_text(session), encoding="utf-8", newline="\n")
    return path


def _in_folders(
    tracks: Sequence[TrackSpec], folders: Sequence[tuple[TrackSpec, Collection[str]]]
) -> Iterator[TrackSpec]:
    held = {name for _, names in folders for name in names}
    yield from (track for track in tracks if track.name not in held)
    for folder, names in folders:
        *others, last = [None, *(track for track in tracks if track.name in names)]
        if last is not None:
            yield replace(folder, folder=1)
            yield from (track for track in others if track is not None)
            yield replace(last, folder=-1)

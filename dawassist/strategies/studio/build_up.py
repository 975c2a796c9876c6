"""Build-ups in the low mids: an octave in which the mix stands over its own smooth spectrum, and who piles up there.

One broad, gentle cut on at most two of those that pile up most and stand over their own smooth spectrum there, too.
A track that is full in the low mids by itself (a guitar alone, a cello, a voice near its microphone) is no build-up,
nor is the octave in which the notes of a part begin.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.masking import power_gain
from dawassist.analysis.spectrum import BandPower
from dawassist.console.gains import Console
from dawassist.intents import EqBandIntent
from dawassist.plan.draft import Proposal
from dawassist.plan.mix_problem import Situation
from dawassist.plan.model import Prediction, Rationale
from dawassist.plan.objects import MixObject
from dawassist.plan.rationale import shortened
from dawassist.plan.roles import FIRM
from dawassist.session.findings import Evidence, PlotSeries
from dawassist.session.model import Session
from dawassist.strategies.studio.chain import has_cut
from dawassist.strategies.studio.masking import YIELDING_ROLES
from dawassist.strategies.studio.spectra import bell_power
from dawassist.units import frequency_text

Values = npt.NDArray[np.float64]
# The mixes of two CC0 songs by their artist stand at most 0.2 dB over their own smooth spectrum in any of these.
LEAST_MIX_DB = 3.0
LEAST_OWN_DB = 3.0
LARGEST_CUT_DB = 3.5
CUT_Q = 1.0
_SMALLEST_CUT_DB = 1.5
_CUT_SHARE = 0.5  # of what the mix has too much
_LOWEST_HZ, _HIGHEST_HZ = 190.0, 410.0  # of the middle of the octave: 150 to 500 Hz in all
_HALF_OCTAVE, _OUTSIDE_OCTAVES = 0.55, 0.84  # bands within; bands that tell what lies around
_SMOOTH_FROM_HZ, _SMOOTH_TO_HZ = 60.0, 5000.0
_SMOOTH_RANGE_DB = 35.0  # weaker bands are not played
_FEWEST_BANDS = 6
_LEAST_SHARE, _FEWEST_TOGETHER = 0.12, 3  # of the energy there; tracks that have so much
_LEAST_SHARE_CUT = 0.2  # 3.5 dB off a smaller share change the octave of the mix by less than half a decibel
_LEAST_BELOW = 0.03  # of a track's energy in the octave: with less under it the octave is where its notes begin
_MOST_CUTS = 2
_PAUSE_DB = -30.0
_LEAST_SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Part:
    """One object and its power per frame and third octave at the master."""

    object: MixObject
    power: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _BuildUp:
    center_hz: float
    mix_db: float
    seconds: float
    shares: tuple[tuple[_Part, float], ...]  # of the energy there, the largest first
    centers_hz: Values
    curve_db: Values


def build_ups(situation: Situation, session: Session) -> Iterator[Proposal]:
    """`session` is the one that is judged: with the levels that the plan proposes."""
    heard = list(_parts(situation, session))
    if len(heard) < _FEWEST_TOGETHER:
        return
    bands = _bands_of(situation, heard[0])
    found = _build_up(np.array(bands.center_hz), bands.frame_seconds, heard)
    if found is None:
        return
    made = 0
    for part, share in found.shares:
        own_db = _own_db(part, found)
        is_free = part.object.role.role in YIELDING_ROLES and part.object.role.confidence >= FIRM
        is_done = any(has_cut(session, track, 140.0, 520.0) for track in part.object.tracks)
        is_its_part = share >= _LEAST_SHARE_CUT and own_db >= LEAST_OWN_DB and not _begins_there(part, found)
        if made < _MOST_CUTS and is_its_part and is_free and not is_done:
            made += 1
            yield _proposal(part, share, own_db, found)


def _parts(situation: Situation, session: Session) -> Iterator[_Part]:
    """Of all that was heard behind its chain, as loud as at the master."""
    analysis, console = situation.analysis, Console(session)
    for each in situation.objects:
        measured = [m for guid in each.guids if (m := analysis.track(guid)) is not None]
        heard = [
            (m, m.bands) for m in measured
            if m.bands and m.measured_at == "after_chain" and console.is_heard(m.track_guid)
        ]  # fmt: skip
        if not heard or len({bands.third_octave.shape for _, bands in heard}) > 1:
            continue
        first = heard[0][1]
        times = np.asarray(analysis.start_seconds + (np.arange(len(first.third_octave)) + 0.5) * first.frame_seconds)
        power = np.sum([power_gain(m, console, times)[:, None] * bands.third_octave for m, bands in heard], axis=0)
        yield _Part(object=each, power=np.asarray(power, dtype=np.float64))


def _bands_of(situation: Situation, part: _Part) -> BandPower:
    found = (situation.analysis.track(guid) for guid in part.object.guids)
    return next(m.bands for m in found if m is not None and m.bands is not None)


def _build_up(centers_hz: Values, frame_seconds: float, parts: list[_Part]) -> _BuildUp | None:
    """The octave in which the mix stands out most, while several play in it."""
    alike = [part for part in parts if part.power.shape == parts[0].power.shape]
    mix = np.sum([part.power for part in alike], axis=0)
    whole = mix.sum(axis=1)
    plays = whole > max(float(whole.max(initial=0.0)) * 10.0 ** (_PAUSE_DB / 10.0), 1e-12)
    if plays.sum() * frame_seconds < _LEAST_SECONDS:
        return None
    mean = mix[plays].mean(axis=0)
    chosen = [hertz for hertz in centers_hz.tolist() if _LOWEST_HZ <= hertz <= _HIGHEST_HZ]
    over = {hertz: _over_smooth_db(mean, centers_hz, hertz) for hertz in chosen}
    center_hz = max(chosen, key=lambda hertz: over[hertz])
    if over[center_hz] < LEAST_MIX_DB:
        return None
    inside = _inside(centers_hz, center_hz)
    energy = [float(part.power[plays][:, inside].sum()) for part in alike]
    total = sum(energy)
    shares = sorted(((part, one / total) for part, one in zip(alike, energy, strict=True)), key=lambda each: -each[1])
    if sum(share >= _LEAST_SHARE for _, share in shares) < _FEWEST_TOGETHER:
        return None
    together = [_over_smooth_db(frame, centers_hz, center_hz) >= LEAST_MIX_DB for frame in mix[plays]]
    seconds = float(np.sum(together)) * frame_seconds
    if seconds < _LEAST_SECONDS:
        return None
    return _BuildUp(
        center_hz=center_hz, mix_db=over[center_hz], seconds=seconds, shares=tuple(shares), centers_hz=centers_hz,
        curve_db=10.0 * np.log10(mean / mean.max() + 1e-9),
    )  # fmt: skip


def _inside(centers_hz: Values, center_hz: float) -> npt.NDArray[np.bool_]:
    return np.asarray(np.abs(np.log2(centers_hz / center_hz)) <= _HALF_OCTAVE)


def _over_smooth_db(power: Values, centers_hz: Values, center_hz: float) -> float:
    """The octave against the straight line, dB over octaves, through what lies around it; 0 where too little does."""
    level_db = 10.0 * np.log10(power + 1e-15)
    octaves = np.log2(centers_hz / center_hz)
    around = (centers_hz >= _SMOOTH_FROM_HZ) & (centers_hz <= _SMOOTH_TO_HZ) & (np.abs(octaves) > _OUTSIDE_OCTAVES)
    around &= level_db > level_db.max() - _SMOOTH_RANGE_DB
    if around.sum() < _FEWEST_BANDS:
        return 0.0
    slope, at_center = np.polyfit(octaves[around], level_db[around], 1)
    inside = _inside(centers_hz, center_hz)
    return float((level_db - at_center - slope * octaves)[inside].mean())


def _begins_there(part: _Part, found: _BuildUp) -> bool:
    """Whether the octave is the lowest of the track's register: fundamentals, and no build-up."""
    power = part.power.sum(axis=0)
    inside = _inside(found.centers_hz, found.center_hz)
    below = (found.centers_hz < found.center_hz) & ~inside
    return float(power[below].sum()) < _LEAST_BELOW * float(power[inside].sum())


def _own_db(part: _Part, found: _BuildUp) -> float:
    whole = part.power.sum(axis=1)
    plays = whole > max(float(whole.max(initial=0.0)) * 10.0 ** (_PAUSE_DB / 10.0), 1e-12)
    return _over_smooth_db(part.power[plays].mean(axis=0), found.centers_hz, found.center_hz) if plays.any() else 0.0


def _proposal(part: _Part, share: float, own_db: float, found: _BuildUp) -> Proposal:
    each = part.object
    wanted_db = _CUT_SHARE * min(found.mix_db, own_db)
    cut_db = round(float(np.clip(wanted_db, _SMALLEST_CUT_DB, LARGEST_CUT_DB)), 1)
    name, place = shortened(each.name), frequency_text(found.center_hz)
    verb = "has" if len(each.tracks) == 1 else "have"
    inside = _inside(found.centers_hz, found.center_hz)
    energy = part.power.sum(axis=0)[inside]
    gain = bell_power(found.centers_hz[inside], found.center_hz, -cut_db, CUT_Q)
    taken_db = float(10.0 * np.log10((energy @ gain) / energy.sum()))
    low_hz, high_hz = (found.center_hz * 2.0**way for way in (-0.5, 0.5))
    others = [f"{shortened(p.object.name)} {s:.0%}" for p, s in found.shares if s >= _LEAST_SHARE]
    return Proposal(
        intents=tuple(
            EqBandIntent(track_guid=guid, type="bell", frequency_hz=found.center_hz, gain_db=-cut_db, q=CUT_Q)
            for guid in each.guids
        ),
        reason_class="build_up",
        basis="corrective",
        confidence=0.6 * each.role.confidence,
        rationale=Rationale(
            headline=f"{name} {verb} {share:.0%} of a build-up around {place}, {found.mix_db:.1f} dB in the mix",
            evidence=(
                Evidence(
                    text=f"From {low_hz:.0f} to {high_hz:.0f} Hz the mix stands {found.mix_db:.1f} dB over its own "
                    f"smooth spectrum, for {found.seconds:.0f} s of what plays.",
                    value=found.mix_db, unit="dB",
                ),
                Evidence(text=f"Who piles up there: {', '.join(others)}.", value=share, unit="share"),
                Evidence(
                    text=f"By itself it stands {own_db:.1f} dB over its own smooth spectrum there.",
                    value=own_db, unit="dB",
                ),
            ),
            sources=("third octaves at the master, a straight line in dB over octaves as the smooth spectrum",),
            plot_kind="lines",
            plot=(
                PlotSeries(label="mix", x=tuple(found.centers_hz.tolist()), y=tuple(found.curve_db.tolist())),
            ),
        ),
        predicted=(
            Prediction(metric=f"its energy at {low_hz:.0f}–{high_hz:.0f} Hz", before=0.0, after=round(taken_db, 2),
                       unit="dB"),
        ),
    )  # fmt: skip

"""Rings: one narrow band that stands over a track's own spectrum nearly all the time it plays, whatever is played.

Notes and formants come and go; a band that stays up does so because of the room, the drum or the microphone. Only for
voices that move and for what has no pitch: a drone, a chord that is held and an instrument's own note look the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dawassist.analysis.spectrum import BandPower
from dawassist.intents import EqBandIntent
from dawassist.plan.draft import Proposal
from dawassist.plan.effect_priors import effect_priors
from dawassist.plan.mix_problem import Situation
from dawassist.plan.model import Prediction, Rationale
from dawassist.plan.objects import MixObject
from dawassist.plan.rationale import shortened
from dawassist.plan.roles import FIRM
from dawassist.session.findings import Evidence, PlotSeries
from dawassist.strategies.studio.chain import has_cut
from dawassist.strategies.studio.spectra import bell_power
from dawassist.units import frequency_text

Values = npt.NDArray[np.float64]
RINGING_ROLES = frozenset({"lead_vocal", "snare", "overhead"})  # hats of one CC0 song are tuned
# Over its own spectrum in 85 % of the frames: clean leads, snares, toms, cymbals and rooms of three CC0 songs and the
# bundled session have at most 4.3 dB; backing voices on one note have 15 dB and more, in several bands.
LEAST_STEADY_DB = 8.0
_STEADY_PERCENTILE = 15
_ONLY_ONE_DB = 6.0  # a second band above it: notes that are held
_NEAR_BANDS = 2
_LOWEST_HZ, _HIGHEST_HZ = 200.0, 6000.0
_PAUSE_DB = -30.0
_CUT_SHARE, LARGEST_CUT_DB = 0.5, 6.0
_Q = 4.0  # engineers' cuts on snares: 3.9 in the middle, on lead vocals 3.0
_FEWEST_FRAMES = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Ring:
    center_hz: float
    over_db: float  # median over its own spectrum
    cut_db: float
    after_db: float  # median behind the cut, which lowers what lies around a little, too
    share: float  # of the time it plays that it stands 8 dB over it
    centers_hz: Values
    curve_db: Values


def rings(situation: Situation) -> Iterator[Proposal]:
    """At most one per object, the same on all its microphones."""
    session = situation.mix.session
    for each in situation.objects:
        if each.role.role not in RINGING_ROLES or each.role.confidence < FIRM:
            continue
        measured = [situation.analysis.track(guid) for guid in each.guids]
        heard = [m.bands for m in measured if m and m.bands and m.measured_at == "after_chain"]
        found = [ring for bands in heard if (ring := _ring(bands)) is not None]
        if len(heard) < len(measured) or not found:
            continue
        worst = max(found, key=lambda ring: ring.over_db)
        if any(has_cut(session, track, worst.center_hz / 1.26, worst.center_hz * 1.26) for track in each.tracks):
            continue
        yield _proposal(each, worst)


def _ring(bands: BandPower) -> _Ring | None:
    power = bands.erb.astype(np.float64)
    whole = power.sum(axis=1)
    plays = whole > max(float(whole.max(initial=0.0)) * 10.0 ** (_PAUSE_DB / 10.0), 1e-12)
    if plays.sum() < _FEWEST_FRAMES:
        return None
    centers_hz = np.array(bands.erb_center_hz)
    level_db = 10.0 * np.log10(power[plays] + 1e-14)
    over_db = _over_own_spectrum_db(level_db, centers_hz)
    steady_db = np.percentile(over_db, _STEADY_PERCENTILE, axis=0)
    judged = (centers_hz >= _LOWEST_HZ) & (centers_hz <= _HIGHEST_HZ)
    place = int(np.argmax(np.where(judged, steady_db, -np.inf)))
    others = judged & (np.abs(np.arange(len(centers_hz)) - place) > _NEAR_BANDS)
    if steady_db[place] < LEAST_STEADY_DB or (steady_db[others] >= _ONLY_ONE_DB).any():
        return None
    near = slice(max(place - 1, 0), place + 2)
    weight = 10.0 ** (steady_db[near] / 10.0)
    center_hz = float(np.exp(np.log(centers_hz[near]) @ weight / weight.sum()))
    ring_db = float(np.median(over_db[:, place]))
    cut_db = round(min(_CUT_SHARE * ring_db, LARGEST_CUT_DB), 1)
    lowered_db = level_db + 10.0 * np.log10(bell_power(centers_hz, center_hz, -cut_db, _Q))
    return _Ring(
        center_hz=center_hz, over_db=ring_db, cut_db=cut_db,
        after_db=float(np.median(_over_own_spectrum_db(lowered_db, centers_hz)[:, place])),
        share=float(np.mean(over_db[:, place] >= LEAST_STEADY_DB)),
        centers_hz=centers_hz[judged], curve_db=np.median(over_db, axis=0)[judged],
    )  # fmt: skip


def _over_own_spectrum_db(level_db: Values, centers_hz: Values) -> Values:
    """Every band against the median of those within an octave, its neighbors left out, (frames, bands)."""
    places = np.arange(len(centers_hz))
    over = np.empty_like(level_db)
    for place, center_hz in enumerate(centers_hz):
        around = (np.abs(np.log2(centers_hz / center_hz)) <= 1.0) & (np.abs(places - place) > 1)
        over[:, place] = level_db[:, place] - np.median(level_db[:, around], axis=1) if around.any() else 0.0
    return over


def _proposal(each: MixObject, ring: _Ring) -> Proposal:
    prior = effect_priors()
    place = frequency_text(ring.center_hz)
    verb = "ring" if len(each.tracks) > 1 else "rings"
    return Proposal(
        intents=tuple(
            EqBandIntent(track_guid=guid, type="bell", frequency_hz=ring.center_hz, gain_db=-ring.cut_db, q=_Q)
            for guid in each.guids
        ),
        reason_class="ring",
        basis="corrective",
        confidence=each.role.confidence * prior.by_role[each.role.role].cut_share,
        rationale=Rationale(
            headline=f"{shortened(each.name)} {verb} at {place}, {ring.over_db:.0f} dB over its own spectrum",
            evidence=(
                Evidence(
                    text=f"In {ring.share:.0%} of the time it plays the band stands at least {LEAST_STEADY_DB:.0f} dB "
                    "over what lies within an octave of it.",
                    value=ring.share, unit="share",
                ),
                Evidence(
                    text=f"No other band does so: {place} stays whatever is played, as no note does.",
                    value=ring.center_hz, unit="Hz",
                ),
                Evidence(
                    text=f"The cut takes half of it, {ring.cut_db:.1f} dB.", value=ring.cut_db, unit="dB",
                ),
            ),
            sources=(prior.source,),
            plot_kind="lines",
            plot=(
                PlotSeries(label=each.name, x=tuple(ring.centers_hz.tolist()), y=tuple(ring.curve_db.tolist())),
            ),
        ),
        predicted=(
            Prediction(
                metric=f"{place} over its own spectrum", before=round(ring.over_db, 2),
                after=round(ring.after_db, 2), unit="dB",
            ),
        ),
    )  # fmt: skip

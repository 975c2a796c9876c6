"""High-passes, only where there is energy under what the source can play: stage, stand and bleed on open microphones.

Never on kick and bass, nor on what hears a whole kit, and not where a high-pass is on already. Microphones of one
object get the same filter; objects of one kind share a card.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dawassist.analysis.equalizer_fit import FittedBand
from dawassist.intents import EqBandIntent
from dawassist.plan.draft import Proposal
from dawassist.plan.effect_priors import effect_priors
from dawassist.plan.mix_problem import Situation
from dawassist.plan.model import Prediction, Rationale
from dawassist.plan.objects import MixObject
from dawassist.plan.rationale import shortened, spoken
from dawassist.plan.roles import FIRM
from dawassist.session.findings import Evidence, PlotSeries
from dawassist.session.model import Track
from dawassist.strategies.studio.chain import has_high_pass
from dawassist.strategies.studio.spectra import (
    PlayingSpectrum,
    Values,
    filtered_lufs,
    high_pass_power,
    level_change_db,
    playing_spectrum,
)
from dawassist.units import counted

# The lowest that each can play: E2 of a low male voice and of a guitar (82 Hz; in drop D 73 Hz), B1 of a guitar with
# seven strings (62 Hz), a hi-hat's lowest mode.
LOWEST_HZ = {
    "lead_vocal": 75.0, "backing_vocal": 75.0, "acoustic_guitar": 71.0, "electric_guitar": 60.0, "hat": 180.0,
}  # fmt: skip
_KINDS = {
    "lead_vocal": ("vocal track", "sung"), "backing_vocal": ("vocal track", "sung"),
    "acoustic_guitar": ("guitar track", "played"), "electric_guitar": ("guitar track", "played"),
    "hat": ("hi-hat track", "played"),
}  # fmt: skip
LEAST_UNDER_RANGE_DB = -24.0  # of the whole; clean voices and hats of four CC0 songs lie under −35 dB
_NOTES_DB = -20.0  # under the strongest band: the lowest that is played
_BELOW_NOTES = 0.7  # of their frequency: there a high-pass takes 1 dB
_LEAST_TAKEN_DB = 3.0
HIGH_PASS_Q = 0.71  # without a peak
_SMALLEST_SAID_LU = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class _Low:
    """What lies under the range of one object: against all of it, now and after its high-pass.

    `guid` is the track that has most of it.
    """

    object: MixObject
    guid: str
    under_hz: float
    before_db: float
    after_db: float
    lowest_note_hz: float
    cutoff_frequency_hz: float
    loudness_change_lu: float
    spectrum: PlayingSpectrum


def high_passes(situation: Situation) -> Iterator[Proposal]:
    """One proposal per object, one card per kind of source."""
    found: dict[str, list[_Low]] = {}
    for each in situation.objects:
        low = _low(situation, each)
        if low is not None:
            found.setdefault(_KINDS[each.role.role][0], []).append(low)
    for kind, lows in found.items():
        for low in lows:
            yield _proposal(situation, kind, low, lows)


def _low(situation: Situation, each: MixObject) -> _Low | None:
    under_hz = LOWEST_HZ.get(each.role.role)
    if under_hz is None or each.role.confidence < FIRM:
        return None
    session = situation.mix.session
    if any(has_high_pass(session, track) for track in each.tracks):
        return None
    spectra = [_spectrum(situation, track, each.role.role) for track in each.tracks]
    heard = [spectrum for spectrum in spectra if spectrum is not None]
    if not heard or len(heard) < len(spectra):
        return None
    lowest_note_hz = min(_lowest_note_hz(spectrum, under_hz) for spectrum in heard)
    prior = effect_priors().by_role[each.role.role].high_pass_cutoff_hz
    highest_hz = prior.p75 if prior else under_hz
    cutoff_frequency_hz = float(f"{min(_BELOW_NOTES * lowest_note_hz, highest_hz):.2g}")
    guid, worst = max(zip(each.guids, heard, strict=True), key=lambda one: _under_db(one[1], under_hz))
    gain = high_pass_power(worst.center_hz, cutoff_frequency_hz)
    before_db, after_db = _under_db(worst, under_hz), _under_db(worst, under_hz, gain)
    if before_db < LEAST_UNDER_RANGE_DB or before_db - after_db < _LEAST_TAKEN_DB:
        return None
    measured, low_end = situation.analysis.track(guid), situation.analysis.whole_low_end(guid)
    assert measured is not None
    filters = (FittedBand(kind="high_pass", cutoff_frequency_hz=cutoff_frequency_hz, gain_db=0.0, q=HIGH_PASS_Q),)
    if low_end is not None:
        after_db = before_db + level_change_db(low_end, filters, under_hz, session.sample_rate_hz)
    after_lufs = filtered_lufs(situation.mix, measured, situation.analysis.start_seconds, filters, low_end)
    return _Low(
        object=each, guid=guid, under_hz=under_hz, before_db=before_db, after_db=after_db,
        lowest_note_hz=lowest_note_hz, cutoff_frequency_hz=cutoff_frequency_hz,
        loudness_change_lu=after_lufs - situation.mix.track_lufs[guid], spectrum=worst,
    )  # fmt: skip


def _spectrum(situation: Situation, track: Track, role: str) -> PlayingSpectrum | None:
    """None where its chain was not heard, or hums: a high-pass leaves the other lines of a hum. Nor for a hi-hat in
    stereo, which is no microphone but a loop."""
    measured = situation.analysis.track(track.guid)
    if measured is None or measured.bands is None or measured.measured_at != "after_chain":
        return None
    hums = measured.disturbances is not None and measured.disturbances.hum is not None
    if hums or (role == "hat" and not measured.is_mono):
        return None
    return playing_spectrum(measured.bands, LOWEST_HZ[role])


def _lowest_note_hz(spectrum: PlayingSpectrum, under_hz: float) -> float:
    """The lower edge of the lowest band, above what lies under the range, that carries what is played."""
    own = spectrum.highest_hz > under_hz
    carries = own & (spectrum.power >= spectrum.power[own].max() * 10.0 ** (_NOTES_DB / 10.0))
    return float(spectrum.lowest_hz[carries].min())


def _under_db(spectrum: PlayingSpectrum, under_hz: float, gain: Values | float = 1.0) -> float:
    """Power under the range against all of the unfiltered track."""
    under = spectrum.highest_hz <= under_hz
    return float(10.0 * np.log10(max((spectrum.power * gain)[under].sum() / spectrum.power.sum(), 1e-12)))


def _proposal(situation: Situation, kind: str, low: _Low, together: Sequence[_Low]) -> Proposal:
    role = low.object.role
    prior = effect_priors().by_role[role.role]
    lufs = situation.mix.track_lufs[low.guid]
    return Proposal(
        intents=tuple(
            EqBandIntent(track_guid=guid, type="high_pass", frequency_hz=low.cutoff_frequency_hz, q=HIGH_PASS_Q)
            for guid in low.object.guids
        ),
        reason_class="energy_under_range",
        basis="corrective",
        confidence=role.confidence * prior.high_pass_share,  # of all such tracks, whatever lies under them
        rationale=_rationale(kind, low, together),
        card=f"high-pass {kind}",
        predicted=(
            Prediction(
                metric=f"level under {low.under_hz:.0f} Hz", before=round(low.before_db, 2),
                after=round(low.after_db, 2), unit="dB",
            ),
            Prediction(
                metric="track loudness", before=round(lufs, 3), after=round(lufs + low.loudness_change_lu, 3),
                unit="LUFS",
            ),
        ),
    )  # fmt: skip


def _rationale(kind: str, low: _Low, together: Sequence[_Low]) -> Rationale:
    tracks = sum(len(each.object.tracks) for each in together)
    verb = _KINDS[low.object.role.role][1]
    nothing = "no hi-hat plays there" if low.object.role.role == "hat" else f"nothing {verb} there"
    where = shortened(low.object.name) if tracks == 1 else counted(tracks, kind)
    loudest_db = max(each.before_db for each in together)
    prior = effect_priors()
    share = prior.by_role[low.object.role.role].high_pass_share
    role = spoken(low.object.role.role)
    center = tuple(low.spectrum.center_hz.tolist())
    level = tuple((10.0 * np.log10(low.spectrum.power / low.spectrum.power.max() + 1e-9)).tolist())
    return Rationale(
        headline=f"Below {low.under_hz:.0f} Hz on {where}: {loudest_db:.0f} dB of the whole, {nothing}",
        evidence=(
            Evidence(
                text=f"{shortened(low.object.name)}: {low.before_db:.1f} dB against all of it while it plays.",
                value=low.before_db, unit="dB",
            ),
            Evidence(
                text=f"What is {verb} begins at {low.lowest_note_hz:.0f} Hz.",
                value=low.lowest_note_hz, unit="Hz",
            ),
            Evidence(
                text=f"The filter changes its loudness by {low.loudness_change_lu:+z.1f} LU"
                f"{_gates(low.loudness_change_lu)}.",
                value=low.loudness_change_lu, unit="LU",
            ),
            Evidence(text=f"{share:.0%} of {role} tracks in engineers' mixes have one.", value=share, unit="share"),
        ),
        sources=(prior.source,),
        plot_kind="lines",
        plot=(PlotSeries(label=low.object.name, x=center, y=level),),
    )  # fmt: skip


def _gates(change_lu: float) -> str:
    """A filter that takes something away makes a track louder only by what the gates of the measure then leave out."""
    return ", as its pauses then count no more" if change_lu > _SMALLEST_SAID_LU else ""

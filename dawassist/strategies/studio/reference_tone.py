"""The tone of a reference on the master, where it is asked for: few broad bands, part of the way, within limits.

A mix goes neutral into the master chain, so nothing of it is proposed unasked; nor before plug-ins that it would drive
otherwise, on top of an equalizer that the comparison did not hear, or into a mix that is still to be balanced.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from dawassist.analysis.equalizer_fit import FittedBand, Measured, fit_equalizer, response_db
from dawassist.analysis.masking_measures import k_weights
from dawassist.intents import BandType, EqBandIntent
from dawassist.plan.draft import Proposal, SessionState
from dawassist.plan.mix_problem import Situation
from dawassist.plan.model import Prediction, Rationale
from dawassist.plan.reference_targets import LARGEST_TONE_DB, ReferenceTargets, reference_targets
from dawassist.session.findings import Evidence, PlotSeries
from dawassist.session.model import Session
from dawassist.strategies.studio.master import is_treated
from dawassist.units import frequency_text, signed_db_text

LEAST_TONE_DB = 1.0  # octave bands of two mixes of one song differ by that
OCTAVES_HZ = (63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0)
_MOST_BANDS = 2
_SMALLEST_SAID_DB = 0.3
_CONFIDENCE = 0.5  # two mixes of one song differ in tone by as much as a reference asks for
_TYPES: dict[str, BandType] = {"low_shelf": "low_shelf", "peak": "bell", "high_shelf": "high_shelf"}
_WORDS: dict[BandType, str] = {"low_shelf": "low shelf", "bell": "bell", "high_shelf": "high shelf"}
Reals = npt.NDArray[np.float64]


def tone_moves(situation: Situation, state: SessionState) -> tuple[Proposal, ...]:
    """One proposal for the master, only where the brief asks for it."""
    targets = reference_targets(situation.analysis, situation.brief)
    strength = situation.brief.strength
    if targets is None or not strength or "reference_tone" not in situation.brief.extras:
        return ()
    if why_not_tone(situation, state):
        return ()
    bands = tone_bands(targets, situation.mix.session.sample_rate_hz, strength)
    return (_proposal(situation.mix.session, targets, bands),) if bands else ()


def why_not_tone(situation: Situation, state: SessionState) -> str:
    """Why the master gets no equalizer; "" where it may."""
    master = situation.mix.session.master
    if state != "in_progress":
        return "only the tone of a mix in progress is compared in earnest."
    if situation.material.kind not in ("music", "live"):
        return "what plays is no music."
    if is_treated(master):
        return "its plug-ins come after the comparison, and would get another sound."
    if master.guid in situation.fixed or situation.brief.scope.kind != "project":
        return "the brief leaves it alone."
    return ""


def tone_bands(targets: ReferenceTargets, sample_rate_hz: int, strength: float = 1.0) -> tuple[FittedBand, ...]:
    """Broad ones, with values as they are set."""
    hz = np.array(targets.found.reference.center_hz)
    curve = strength * np.array(targets.tone_db)
    measured = Measured(frequency_hz=hz, curve_db=curve, weights=np.ones(len(hz)))
    found = fit_equalizer(measured, sample_rate_hz, most_bands=_MOST_BANDS)
    return tuple(
        FittedBand(
            kind=band.kind, cutoff_frequency_hz=round(band.cutoff_frequency_hz, 1),
            gain_db=round(float(np.clip(band.gain_db, -LARGEST_TONE_DB, LARGEST_TONE_DB)), 1), q=round(band.q, 2),
        )
        for band in found.bands
        if band.kind in _TYPES and abs(band.gain_db) >= LEAST_TONE_DB / 2.0
    )  # fmt: skip


def octave_differences(targets: ReferenceTargets) -> Iterator[tuple[float, float]]:
    """(Hz, dB) of what the reference has more, per octave."""
    hz, tone = np.array(targets.found.reference.center_hz), np.array(targets.found.tone_db)
    for center, near in _octaves(hz):
        yield center, float(tone[near].mean())


def band_text(band: FittedBand) -> str:
    word = _WORDS[_TYPES[band.kind]]
    return f"a {word} of {band.gain_db:+.1f} dB at {frequency_text(band.cutoff_frequency_hz)}"


def _octaves(hz: Reals) -> Iterator[tuple[float, npt.NDArray[np.bool_]]]:
    for center in OCTAVES_HZ:
        near = np.abs(np.log2(hz / center)) < 0.5
        if near.any():
            yield center, near


def _proposal(session: Session, targets: ReferenceTargets, bands: Sequence[FittedBand]) -> Proposal:
    return Proposal(
        intents=tuple(
            EqBandIntent(
                track_guid=session.master.guid, type=_TYPES[band.kind], frequency_hz=band.cutoff_frequency_hz,
                gain_db=band.gain_db, q=band.q,
            )
            for band in bands
        ),
        reason_class="reference_tone",
        basis="taste",
        confidence=_CONFIDENCE,
        rationale=_rationale(session, targets, bands),
        card="tone of the reference",
        predicted=tuple(_predictions(targets, bands, session.sample_rate_hz)),
        is_final=True,
    )  # fmt: skip


def _predictions(targets: ReferenceTargets, bands: Sequence[FittedBand], sample_rate_hz: int) -> Iterator[Prediction]:
    """Of octaves of the whole mix, where they change."""
    power, curve = _mix_power(targets), _curve_db(targets, bands, sample_rate_hz)
    for center, near in _octaves(np.array(targets.found.mix.center_hz)):
        before_db, after_db = (
            10.0 * float(np.log10(max((power * gain)[near].sum(), 1e-20)))
            for gain in (np.ones_like(power), 10.0 ** (curve / 10.0))
        )
        if abs(after_db - before_db) >= _SMALLEST_SAID_DB:
            yield Prediction(
                metric=f"octave at {frequency_text(center)} of the mix", before=round(before_db, 2),
                after=round(after_db, 2), unit="dB",
            )  # fmt: skip


def _mix_power(targets: ReferenceTargets) -> Reals:
    return np.asarray(10.0 ** (np.array(targets.found.mix.balance_db) / 10.0))


def _curve_db(targets: ReferenceTargets, bands: Sequence[FittedBand], sample_rate_hz: int) -> Reals:
    return response_db(bands, np.array(targets.found.mix.center_hz), sample_rate_hz)


def _rationale(session: Session, targets: ReferenceTargets, bands: Sequence[FittedBand]) -> Rationale:
    found = targets.found
    curve = _curve_db(targets, bands, session.sample_rate_hz)
    weighted = k_weights(found.mix.center_hz) * _mix_power(targets)
    louder_lu = 10.0 * float(np.log10((weighted * 10.0 ** (curve / 10.0)).sum() / weighted.sum()))
    told = [(hz, each) for hz, each in octave_differences(targets) if abs(each) >= LEAST_TONE_DB]
    most = max(bands, key=lambda band: abs(band.gain_db))
    where = frequency_text(most.cutoff_frequency_hz)
    return Rationale(
        headline=f"Tone of {found.name[:30]}, part of the way: {signed_db_text(most.gain_db)} at {where} on the master",
        evidence=(
            *(
                Evidence(
                    text=f"At {frequency_text(hz)} {found.name} has {each:+.1f} dB against this mix, levels apart.",
                    value=each, unit="dB",
                )
                for hz, each in told
            ),
            Evidence(
                text=f"{targets.amount:.0%} of the way, at most {LARGEST_TONE_DB:.0f} dB per band: "
                f"{', '.join(band_text(band) for band in bands)}.",
                value=targets.amount, unit="share",
            ),
            Evidence(
                text=f"The mix becomes {louder_lu:+.1f} LU louder by it; a comparison by ear takes that back first.",
                value=louder_lu, unit="LU",
            ),
        ),
        sources=("third octaves of up to 32 seconds of each, smoothed",),
        plot_kind="lines",
        plot=(
            PlotSeries(label="reference against mix, dB", x=found.mix.center_hz, y=found.tone_db),
            PlotSeries(label="equalizer, dB", x=found.mix.center_hz, y=tuple(curve.tolist())),
        ),
    )  # fmt: skip

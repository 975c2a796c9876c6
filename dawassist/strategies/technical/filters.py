"""What takes DC, rumble and hum away: a high-pass under everything that is played, narrow cuts on the lines of a hum.

All microphones of one source get the same filter, so that it turns no phase between them. Where a high-pass is on
already, or the filter would take of what is played, the finding stands alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dawassist.analysis.disturbances import Disturbances
from dawassist.analysis.hum import Hum
from dawassist.analysis.model import Analysis, RoleGuess
from dawassist.analysis.rumble import Rumble
from dawassist.analysis.spectrum import BandPower
from dawassist.intents import EqBandIntent
from dawassist.plan.draft import Proposal
from dawassist.plan.model import Prediction, Rationale
from dawassist.plan.objects import MixObject
from dawassist.plan.rationale import shortened
from dawassist.plan.roles import FIRM
from dawassist.session.findings import Evidence, Finding, FindingClass
from dawassist.session.model import Session, Track
from dawassist.strategies.studio.chain import has_cut, has_high_pass
from dawassist.strategies.studio.spectra import Values, bell_power, high_pass_power, playing_spectrum
from dawassist.units import SILENCE_DB, counted, power_to_db

_KINDS = ("dc", "rumble", "hum")
LEAST_DC_DBFS = -50.0  # what lies under it takes no headroom: 0.03 dB at most
LEAST_RUMBLE_DBFS, LEAST_RUMBLE_DB = -60.0, -35.0  # of full scale; of the track
_LOWEST_HZ, _HIGHEST_HZ = 20.0, 40.0
_NOTES_FROM_HZ = 35.0
_NOTES_DB = -20.0  # under the strongest band: the lowest that is played
_UNDER_NOTES = 0.6  # of their frequency: there a high-pass takes 0.5 dB
_LEAST_TAKEN_DB = 6.0
_MOST_NOTCHES = 4
_NOTCH_DB, _NOTCH_Q = -18.0, 20.0
_SAME_LINE = 1.03
_MOST_LOST_LU = 0.2
_NOTES_OF_ITS_OWN = frozenset({"bass", "kick"})  # on the lines of the mains


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """A track whose chain was heard, with what lies under its sound and its reported findings by kind."""

    track: Track
    disturbances: Disturbances
    bands: BandPower
    findings: Mapping[FindingClass, Finding]


def filters(
    session: Session, analysis: Analysis, objects: Iterable[MixObject], reported: Sequence[Finding]
) -> Iterator[Proposal]:
    """A proposal per object and kind of filter, for `reported` findings only."""
    for each in objects:
        heard = [found for track in each.tracks if (found := _heard(track, analysis, reported))]
        if heard and not any(has_high_pass(session, track) for track in each.tracks):
            yield from _low_filter(each, heard)
        for found in heard:
            yield from _notches(session, found, each.role)


def _heard(track: Track, analysis: Analysis, reported: Sequence[Finding]) -> _Heard | None:
    measured = analysis.track(track.guid)
    findings: Mapping[FindingClass, Finding] = {
        f.kind: f for f in reported if f.track_guid == track.guid and f.kind in _KINDS
    }
    if not findings or measured is None or measured.measured_at != "after_chain":
        return None
    if measured.disturbances is None or measured.bands is None:
        return None
    return _Heard(track=track, disturbances=measured.disturbances, bands=measured.bands, findings=findings)


def _low_filter(each: MixObject, heard: Sequence[_Heard]) -> Iterator[Proposal]:
    notes_hz = min(_lowest_note_hz(found.bands) for found in heard)
    cutoff_hz = float(np.clip(np.floor(_UNDER_NOTES * notes_hz), _LOWEST_HZ, _HIGHEST_HZ))
    faults = [(found, *_low_faults(found, cutoff_hz)) for found in heard]
    graver = [(found, predicted) for found, _, predicted in faults if predicted]
    if not graver:
        return
    kinds = {kind for _, found_kinds, _ in faults for kind in found_kinds}
    findings = [found.findings[kind] for found, found_kinds, _ in faults for kind in found_kinds]
    yield Proposal(
        intents=tuple(
            EqBandIntent(track_guid=guid, type="high_pass", frequency_hz=cutoff_hz) for guid in each.guids
        ),
        reason_class="dc_and_rumble" if len(kinds) > 1 else next(iter(kinds)),
        basis="technical",
        confidence=min(finding.confidence for finding in findings),
        rationale=Rationale(
            headline=_low_headline(graver[0][0], kinds, cutoff_hz),
            evidence=(
                *(line for finding in findings for line in finding.evidence),
                Evidence(text=f"What is played begins at {notes_hz:.0f} Hz.", value=notes_hz, unit="Hz"),
                *_same_filter(each),
            ),
            sources=("spectrum of the track below 40 Hz",),
        ),
        predicted=tuple(prediction for _, predicted in graver for prediction in predicted),
    )  # fmt: skip


def _low_faults(found: _Heard, cutoff_hz: float) -> tuple[tuple[FindingClass, ...], tuple[Prediction, ...]]:
    kinds: list[FindingClass] = []
    predicted: list[Prediction] = []
    name = shortened(found.track.display_name)
    dc, rumble = found.disturbances.dc, found.disturbances.rumble
    if "dc" in found.findings and dc and dc.level_dbfs >= LEAST_DC_DBFS:
        kinds.append("dc")
        predicted.append(Prediction(metric=f"DC offset of {name}", before=dc.level_dbfs, after=SILENCE_DB, unit="dBFS"))
    if "rumble" in found.findings and rumble and _is_worth_it(rumble, cutoff_hz):
        kinds.append("rumble")
        predicted.append(
            Prediction(
                metric=f"rumble of {name} under {rumble.under_hz:.0f} Hz", before=round(rumble.level_dbfs, 1),
                after=round(_filtered_dbfs(rumble, cutoff_hz), 1), unit="dBFS",
            )
        )  # fmt: skip
    return tuple(kinds), tuple(predicted)


def _is_worth_it(rumble: Rumble, cutoff_hz: float) -> bool:
    is_grave = rumble.level_dbfs >= LEAST_RUMBLE_DBFS and rumble.under_track_db >= LEAST_RUMBLE_DB
    return is_grave and rumble.level_dbfs - _filtered_dbfs(rumble, cutoff_hz) >= _LEAST_TAKEN_DB


def _filtered_dbfs(rumble: Rumble, cutoff_hz: float) -> float:
    hertz, power = np.array([line for line in rumble.spectrum if line[0] <= rumble.under_hz]).T
    kept = float(high_pass_power(hertz, cutoff_hz) @ power / power.sum())
    return rumble.level_dbfs + power_to_db(kept)


def _lowest_note_hz(bands: BandPower) -> float:
    """The lower edge of the lowest band, above any rumble, that carries what is played."""
    spectrum = playing_spectrum(bands, _NOTES_FROM_HZ)
    if spectrum is None:
        return _NOTES_FROM_HZ
    own = spectrum.lowest_hz >= _NOTES_FROM_HZ
    carries = own & (spectrum.power >= spectrum.power[own].max() * 10.0 ** (_NOTES_DB / 10.0))
    return float(spectrum.lowest_hz[carries].min())


def _low_headline(found: _Heard, kinds: set[FindingClass], cutoff_hz: float) -> str:
    name = shortened(found.track.display_name)
    dc, rumble = found.disturbances.dc, found.disturbances.rumble
    if "dc" in kinds and dc:
        rest = " and rumble" if "rumble" in kinds else ""
        return f"{name}: DC of {dc.level_dbfs:.0f} dBFS{rest}, a high-pass at {cutoff_hz:.0f} Hz takes it away"
    assert rumble is not None
    taken_db = rumble.level_dbfs - _filtered_dbfs(rumble, cutoff_hz)
    return f"{name}: rumble at {rumble.level_dbfs:.0f} dBFS, a high-pass at {cutoff_hz:.0f} Hz takes {taken_db:.0f} dB"


def _same_filter(each: MixObject) -> tuple[Evidence, ...]:
    count = len(each.tracks)
    if count == 1:
        return ()
    text = f"The same filter goes on all {count} tracks of the source, so that none turns against another."
    return (Evidence(text=text, value=float(count), unit="tracks"),)


def _notches(session: Session, found: _Heard, role: RoleGuess) -> Iterator[Proposal]:
    hum = found.disturbances.hum
    if hum is None or "hum" not in found.findings or (role.role in _NOTES_OF_ITS_OWN and role.confidence >= FIRM):
        return
    lines = sorted(hum.lines_dbfs, key=lambda line: -line[1])[:_MOST_NOTCHES]
    if any(has_cut(session, found.track, hertz / _SAME_LINE, hertz * _SAME_LINE) for hertz, _ in lines):
        return
    after_dbfs = _notched_dbfs(hum, [hertz for hertz, _ in lines])
    lost_lu = _lost_lu(found.bands, [hertz for hertz, _ in lines])
    if hum.level_dbfs - after_dbfs < _LEAST_TAKEN_DB or lost_lu is None or lost_lu > _MOST_LOST_LU:
        return
    name = shortened(found.track.display_name)
    taken_db = hum.level_dbfs - after_dbfs
    yield Proposal(
        intents=tuple(
            EqBandIntent(
                track_guid=found.track.guid, type="bell", frequency_hz=hertz, gain_db=_NOTCH_DB, q=_NOTCH_Q
            )
            for hertz, _ in sorted(lines)
        ),
        reason_class="hum",
        basis="technical",
        confidence=found.findings["hum"].confidence,
        rationale=Rationale(
            headline=f"{name}: hum at {hum.level_dbfs:.0f} dBFS, {counted(len(lines), 'narrow cut')} "
            f"take {taken_db:.0f} dB",
            evidence=(
                *found.findings["hum"].evidence,
                Evidence(
                    text=f"All else on the track loses {lost_lu:.2f} LU while it plays.", value=lost_lu, unit="LU"
                ),
            ),
            sources=("lines of the track below 500 Hz",),
            plot_kind="lines",
            plot=found.findings["hum"].plot,
        ),
        predicted=(
            Prediction(
                metric=f"hum of {name}", before=round(hum.level_dbfs, 1), after=round(after_dbfs, 1), unit="dBFS"
            ),
        ),
    )  # fmt: skip


def _notched_dbfs(hum: Hum, centers_hz: Sequence[float]) -> float:
    hertz, levels = np.array(hum.lines_dbfs).T
    return power_to_db(float(_notch_power(hertz, centers_hz) @ 10.0 ** (levels / 10.0)))


def _notch_power(hertz: Values, centers_hz: Sequence[float]) -> Values:
    gains = [bell_power(hertz, center_hz, _NOTCH_DB, _NOTCH_Q) for center_hz in centers_hz]
    return np.asarray(np.prod(gains, axis=0))


def _lost_lu(bands: BandPower, centers_hz: Sequence[float]) -> float | None:
    """How much quieter the track gets where it plays, its bands taken as flat."""
    spectrum = playing_spectrum(bands, _NOTES_FROM_HZ)
    if spectrum is None:
        return None
    inside = np.geomspace(spectrum.lowest_hz, spectrum.highest_hz, 65, axis=-1)
    return -spectrum.loudness_change_lu(_notch_power(inside, centers_hz).mean(axis=-1))

"""`rough-mix`: the faders, pans and broad equalizers with which the session sounds like the engineer's own bounce."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dawassist.analysis.equalizer_fit import FittedBand
from dawassist.analysis.model import Analysis, TrackAnalysis
from dawassist.analysis.recovered_console import RecoveredTrack, RoughMix
from dawassist.console.gains import Console
from dawassist.console.stage import track_gain
from dawassist.errors import InputError
from dawassist.intents import BandType, EqBandIntent, Intent, LevelIntent, PanIntent
from dawassist.plan.brief import Brief
from dawassist.plan.draft import Draft, Proposal
from dawassist.plan.mix_state import MixState, standing_mix
from dawassist.plan.model import LeftOut, Prediction, Rationale
from dawassist.plan.rationale import shortened
from dawassist.plan.roles import guess_roles
from dawassist.plan.scope import resolve_pinned_roles
from dawassist.plan.session_state import session_state
from dawassist.session.findings import Evidence, PlotSeries
from dawassist.session.graph import build_graph
from dawassist.session.model import Session, Track
from dawassist.strategies.protocol import Fidelity
from dawassist.strategies.roles_told import track_roles
from dawassist.strategies.studio.spectra import filtered_lufs
from dawassist.units import counted, frequency_text, pan_text, signed_db_text

_SMALLEST_LEVEL_DB = 0.5
_SMALLEST_PAN = 0.05
_SMALLEST_BAND_DB = 1.0
_WELL_EXPLAINED_DB, _BARELY_EXPLAINED_DB = -30.0, -6.0
_BANDS: dict[str, BandType] = {
    "peak": "bell", "low_shelf": "low_shelf", "high_shelf": "high_shelf", "high_pass": "high_pass",
}  # fmt: skip


class RoughMixMatch:
    name = "rough-mix"
    summary = "Matches a stereo bounce that the brief names: its faders, pans and broad equalizers are found again."
    fidelity: Fidelity = "our own"

    def suggest(self, session: Session, analysis: Analysis, brief: Brief) -> Draft:
        """Raises InputError when the brief names no rough mix."""
        found = analysis.rough_mix
        if found is None:
            raise InputError(
                "There is no rough mix to match.",
                next_step="Name a stereo bounce of this session: --match BOUNCE.wav, or rough_mix in the brief.",
            )
        graph = build_graph(session)
        roles = guess_roles(session, graph, analysis, resolve_pinned_roles(session, brief))
        heard = [
            track for track in session.tracks if graph.kind[track.guid] == "source" and track.guid in graph.audible
        ]
        state, reason = session_state(session, heard, analysis)
        console = Console(session)
        proposals = [
            proposal
            for each in found.tracks
            if (track := session.track(each.track_guid)) is not None
            for proposal in _proposals(console, track, each, found, _heard(session, analysis, track))
        ]
        return Draft(
            session_state=state,
            session_state_reason=reason,
            roles=track_roles(roles),
            proposals=tuple(sorted(proposals, key=_weight)),
            left_out=tuple(_left_out(session, found)),
            checked=f"{counted(len(found.tracks), 'track')} against the rough mix",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """What was measured of a track, for what its equalizer does."""

    mix: MixState
    measured: TrackAnalysis
    start_seconds: float

    def loudness(self, bands: Sequence[FittedBand]) -> Prediction:
        before = self.mix.track_lufs[self.measured.track_guid]
        after = filtered_lufs(self.mix, self.measured, self.start_seconds, bands)
        return Prediction(metric="track loudness", before=round(before, 3), after=round(after, 3), unit="LUFS")


def _heard(session: Session, analysis: Analysis, track: Track) -> _Heard | None:
    measured = analysis.track(track.guid)
    if analysis.mix_covariance is None or measured is None or measured.bands is None:
        return None
    mix = standing_mix(session, analysis.mix_covariance)
    return _Heard(mix=mix, measured=measured, start_seconds=analysis.start_seconds)


def _proposals(
    console: Console, track: Track, found: RecoveredTrack, whole: RoughMix, heard: _Heard | None
) -> Iterator[Proposal]:
    raise_db = round(found.gain_db - _present_db(console, track), 1)
    intents: list[Intent] = []
    if abs(raise_db) >= _SMALLEST_LEVEL_DB:
        intents.append(LevelIntent(track_guid=track.guid, gain_db=raise_db))
    if abs(found.pan - track.pan) >= _SMALLEST_PAN:
        intents.append(PanIntent(track_guid=track.guid, pan=round(found.pan, 2)))
    bands = [band for band in found.bands if band.kind == "high_pass" or abs(band.gain_db) >= _SMALLEST_BAND_DB]
    tools = [
        EqBandIntent(
            track_guid=track.guid, type=_BANDS[band.kind], frequency_hz=round(band.cutoff_frequency_hz, 1),
            gain_db=round(band.gain_db, 1), q=round(band.q, 2),
        )
        for band in bands
    ]  # fmt: skip
    predicted = (heard.loudness([_as_set(band) for band in bands]),) if heard and bands else ()
    for chosen, card, effects in (
        (tuple(intents), "rough mix", ()),
        (tuple(tools), "rough mix, equalizers", predicted),
    ):
        if chosen:
            yield Proposal(
                intents=chosen,
                reason_class="rough_mix",
                basis="taste",
                confidence=_confidence(whole),
                rationale=_rationale(track, found, whole, raise_db, tools if chosen == tuple(tools) else []),
                card=card,
                predicted=effects,
            )


def _as_set(band: FittedBand) -> FittedBand:
    return replace(band, cutoff_frequency_hz=round(band.cutoff_frequency_hz, 1), gain_db=round(band.gain_db, 1))


def _present_db(console: Console, track: Track) -> float:
    """The gain from the fader input to the master as it stands, the track's own pan law taken out."""
    total = np.abs(console.gain_matrix(track.guid)).max()
    own = np.abs(track_gain(console.session, track, None)).max()
    return track.fader_db + 20.0 * math.log10(max(float(total), 1e-9) / max(float(own), 1e-9))


def _confidence(whole: RoughMix) -> float:
    """0.5 where the bounce is barely explained, 0.95 where hardly anything of it is left over."""
    share = (whole.residual_db - _BARELY_EXPLAINED_DB) / (_WELL_EXPLAINED_DB - _BARELY_EXPLAINED_DB)
    return 0.5 + 0.45 * min(max(share, 0.0), 1.0)


def _rationale(
    track: Track, found: RecoveredTrack, whole: RoughMix, raise_db: float, bands: list[EqBandIntent]
) -> Rationale:
    name = shortened(track.display_name)
    evidence = [
        Evidence(
            text=f"In the rough mix it plays at {signed_db_text(found.gain_db)} and {pan_text(found.pan)}.",
            value=found.gain_db,
            unit="dB",
        ),
        Evidence(
            text=f"Faders, pans and equalizers explain the rough mix but for {whole.residual_db:.1f} dB of it.",
            value=whole.residual_db,
            unit="dB",
        ),
    ]
    if whole.compression_db:
        text = f"A compressor takes {whole.compression_db:.1f} dB off the rough mix, on average; it is taken out."
        evidence.append(Evidence(text=text, value=whole.compression_db, unit="dB"))
    for band in bands:
        what = "high-pass" if band.type == "high_pass" else signed_db_text(band.gain_db)
        text = f"{what} at {frequency_text(band.frequency_hz)}."
        evidence.append(Evidence(text=text, value=band.frequency_hz, unit="Hz"))
    ways = " and ".join(
        part
        for part, is_there in (
            (signed_db_text(raise_db), not bands and abs(raise_db) >= _SMALLEST_LEVEL_DB),
            (pan_text(found.pan), not bands and abs(found.pan - track.pan) >= _SMALLEST_PAN),
            (counted(len(bands), "equalizer band"), bool(bands)),
        )
        if is_there
    )
    return Rationale(
        headline=f"{name}: {ways} as in the rough mix",
        evidence=tuple(evidence),
        sources=("least squares of the bounce on the session's own tracks, per sixth octave",),
        plot_kind="lines" if bands else "",
        plot=(PlotSeries(label="unexplained, dB", x=whole.center_hz, y=whole.band_residual_db),) if bands else (),
    )


def _left_out(session: Session, found: RoughMix) -> Iterator[LeftOut]:
    for guid in found.untold_guids:
        track = session.track(guid)
        if track is not None:
            reason = "The rough mix does not tell its level: it is not heard there, or its pan mode places sides apart."
            yield LeftOut(track_guid=guid, track_name=track.display_name, reason=reason)


def _weight(proposal: Proposal) -> tuple[float, str]:
    largest = max((abs(i.gain_db) for i in proposal.intents if isinstance(i, LevelIntent)), default=0.0)
    return -largest, min(intent.track_guid for intent in proposal.intents)

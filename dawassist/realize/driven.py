"""What a card changes for the folders and busses behind its tracks whose plug-ins work by level, and for their keys."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dawassist.analysis.covariance import block_powers
from dawassist.analysis.equalizer_fit import FittedBand, response_db
from dawassist.analysis.loudness import gated_lufs
from dawassist.analysis.masking_measures import k_weights
from dawassist.analysis.model import Analysis
from dawassist.console.biquads import FilterKind
from dawassist.console.bus_chains import bus_chain
from dawassist.console.equalizer import EqualizerSettings
from dawassist.intents import BandType, EqBandIntent
from dawassist.plan.mix_problem import is_driven
from dawassist.plan.mix_state import MixState, part_of
from dawassist.plan.rationale import shortened
from dawassist.realize.bycatch import passage_of
from dawassist.realize.demands import balance_of
from dawassist.realize.steps import Step
from dawassist.session.edits import CreateSend
from dawassist.session.graph import is_key
from dawassist.session.model import Send, Session, Track
from dawassist.units import SILENCE_DB, frequency_text

KEPT_DRIVE_DB = 0.5  # of what a bus with dynamics gets; a larger change is said
_BAND_STANDS_OUT_DB = 1.0  # against the whole
_FAINTEST_BAND = 0.01  # of the power before: what is canceled to nothing gives no number
_LEAST_BAND_SHARE = 0.1  # of the power there, before or after
_HALF_BLOCK_SECONDS = 0.2
_SILENT_POWER = 1e-12
_SHAPES: dict[BandType, FilterKind] = {
    "high_pass": "high_pass", "low_shelf": "low_shelf", "bell": "peak", "high_shelf": "high_shelf",
}  # fmt: skip
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Changed:
    """The mix before and after a card; `gains` (blocks, n) is what its tools do to the tracks, `concerned` (blocks,)
    where its passages lie, all blocks of a card without any."""

    before: MixState
    after: MixState
    gains: Values
    concerned: npt.NDArray[np.bool_]

    def change_db(self, guid: str) -> float:
        """Of what a folder or bus gets; 0 where it gets nothing before or after."""
        was, becomes = (self._level_db(mix, guid, g) for mix, g in ((self.before, None), (self.after, self.gains)))
        return becomes - was if min(was, becomes) > SILENCE_DB else 0.0

    def _level_db(self, mix: MixState, guid: str, gains: Values | None) -> float:
        matrices = mix.matrices_into(guid)
        arrives = np.abs(matrices).max(axis=(-2, -1)).reshape(-1, matrices.shape[-3]).max(axis=0) > 0.0
        guids = [track for track, is_in in zip(mix.covariance.track_guids, arrives.tolist(), strict=True) if is_in]
        part, places = part_of(mix.covariance, guids)
        matrices = matrices[..., places, :, :]
        if gains is not None and (gains[:, places] != 1.0).any():
            moving = matrices if matrices.ndim > 3 else np.broadcast_to(matrices, (len(gains), *matrices.shape))
            matrices = moving * gains[:, places, None, None]
        powers = block_powers(part, matrices) if places else np.zeros(len(part.tensor))
        weights = np.broadcast_to(part.weights, len(powers))
        if self.concerned.all():
            return gated_lufs(powers, weights)
        mean = float(np.average(powers[self.concerned], weights=weights[self.concerned]))
        return 10.0 * np.log10(mean) if mean > _SILENT_POWER else SILENCE_DB

    def band_change_db(self, guid: str) -> tuple[float, str]:
        """The largest change of a band that counts there, with its place; (0, "") where it is not known."""
        bands = self.before.covariance.bands
        was, becomes = self.before.matrices_into(guid), self.after.matrices_into(guid)
        if bands is None or was.ndim > 3 or becomes.ndim > 3 or (self.gains != 1.0).any():
            return 0.0, ""
        mean = bands.tensor.mean(axis=1, dtype=np.float64)
        count = mean.shape[-1] // 2
        split = mean.reshape(-1, count, 2, count, 2)
        then, now = (np.einsum("ioc,bicjd,jod->b", m, split, m) for m in (was, becomes))
        counts = np.maximum(then / max(then.sum(), _SILENT_POWER), now / max(now.sum(), _SILENT_POWER))
        floor = _FAINTEST_BAND * max(then.sum(), _SILENT_POWER)
        change = 10.0 * np.log10(np.maximum(now, floor) / np.maximum(then, floor))
        change[counts < _LEAST_BAND_SHARE] = 0.0
        largest = int(np.argmax(np.abs(change)))
        return float(change[largest]), _between(bands.edges_hz[largest], bands.edges_hz[largest + 1])


def with_changes_of_drive(mix: MixState, analysis: Analysis, card: Sequence[Step]) -> list[Step]:
    """The card, with a line on its first move for every bus and key that gets more or less by over `KEPT_DRIVE_DB`.

    What sends of a moved track itself get is told by `drive.changes_of_drive` already.
    """
    session = _with_new_sends(mix.session, card)
    after = MixState(session, mix.covariance) if session is not mix.session else mix
    after = after.changed(balance_of(step.change for step in card))
    places = _behind(after, card)
    if not places:
        return list(card)
    gains, concerned = _of_tools(mix, analysis, card)
    changed = _Changed(before=mix, after=after, gains=gains, concerned=concerned)
    first, *others = card
    own = _told_already(card)
    for place in places:
        keys = [send for send in place.sends if is_key(send) and _sounds(session, send)]
        is_told = is_driven(place) and place.guid not in own
        if not (keys or is_told):
            continue
        change_db = changed.change_db(place.guid)
        if abs(change_db) <= KEPT_DRIVE_DB:
            continue
        if is_told:
            first = first.with_evidence(_drive(changed, place, change_db), change_db, "dB")
        for send in keys:
            first = first.with_evidence(_key(session, place, send, change_db), change_db, "dB")
    return [first, *others]


def _behind(mix: MixState, card: Iterable[Step]) -> list[Track]:
    """Folders and busses behind what the card moves, in session order, without the master."""
    guids = {guid for step in card for guid in mix.graph.downstream(step.track.guid)}
    return [track for track in mix.session.tracks if track.guid in guids]


def _told_already(card: Iterable[Step]) -> set[str]:
    faders = (step.track for step in card if step.kind == "fader")
    return {send.destination_guid for track in faders for send in track.sends if send.tap == "post_fader"}


def _of_tools(mix: MixState, analysis: Analysis, card: Sequence[Step]) -> tuple[Values, npt.NDArray[np.bool_]]:
    """Amplitude gains per block and track of equalizers, items and rides, and the blocks that a card is about."""
    guids = mix.covariance.track_guids
    gains = np.ones((len(mix.covariance.block_seconds), len(guids)))
    middles = mix.covariance.block_seconds + _HALF_BLOCK_SECONDS
    in_passages = np.zeros(len(gains), dtype=np.bool_)
    for step in card:
        if step.track.guid not in guids:
            continue
        place, span = guids.index(step.track.guid), passage_of(step)
        if span is not None:
            inside = (middles >= span[0]) & (middles < span[1])
            gains[inside, place] *= 10.0 ** ((step.change.after - step.change.before) / 20.0)
            in_passages |= inside
        elif step.kind == "eq":
            gains[:, place] *= 10.0 ** (_equalized_db(mix, analysis, step) / 20.0)
    return gains, in_passages if in_passages.any() else ~in_passages


def _equalized_db(mix: MixState, analysis: Analysis, step: Step) -> float:
    """What the band of a step does to the K-weighted level of its track, by its mean spectrum."""
    measured, band = analysis.track(step.track.guid), _band(step)
    if measured is None or measured.spectrum is None or band is None:
        return 0.0
    center_hz = np.array(measured.spectrum.center_hz)
    response = response_db([band], center_hz, mix.session.sample_rate_hz)
    if band.kind == "high_pass" and step.change.before > 0.0:  # one that is there moves
        there = replace(band, cutoff_frequency_hz=step.change.before)
        response = response - response_db([there], center_hz, mix.session.sample_rate_hz)
    weighted = np.array(measured.spectrum.power) * k_weights(measured.spectrum.center_hz)
    filtered = float(weighted @ 10.0 ** (response / 10.0))
    return float(10.0 * np.log10(max(filtered, _SILENT_POWER) / max(float(weighted.sum()), _SILENT_POWER)))


def _band(step: Step) -> FittedBand | None:
    """The band of the step, at the gain that it gets."""
    change = step.change
    for intent in step.proposal.intents:
        if not isinstance(intent, EqBandIntent) or intent.track_guid != step.track.guid:
            continue
        if intent.type == "high_pass" and change.unit == "Hz":
            return FittedBand(kind="high_pass", cutoff_frequency_hz=change.after, gain_db=0.0, q=intent.q)
        if change.unit == "dB" and frequency_text(intent.frequency_hz) in change.parameter:
            gain_db = change.after - change.before
            kind = _SHAPES[intent.type]
            return FittedBand(kind=kind, cutoff_frequency_hz=intent.frequency_hz, gain_db=gain_db, q=intent.q)
    return None


def _with_new_sends(session: Session, card: Iterable[Step]) -> Session:
    """The session with the sends that a card creates to busses that are there."""
    for step in card:
        for edit in step.change.setup:
            if isinstance(edit, CreateSend) and session.track(edit.destination_guid) is not None:
                session = _with_send(session, edit, step.change.after)
    return session


def _with_send(session: Session, edit: CreateSend, level_db: float) -> Session:
    send = Send(
        destination_guid=edit.destination_guid, level_db=level_db, pan=0.0, muted=False, polarity_inverted=False,
        mono=False, tap=edit.tap, source_channel=0, destination_channel=0,
    )  # fmt: skip
    tracks = tuple(
        replace(track, sends=(*track.sends, send)) if track.guid == edit.track_guid else track
        for track in session.tracks
    )
    return replace(session, tracks=tracks)


def _sounds(session: Session, send: Send) -> bool:
    is_audio = send.source_channel >= 0 and not send.muted and send.level_db > SILENCE_DB
    return is_audio and session.track(send.destination_guid) is not None


def _drive(changed: _Changed, place: Track, change_db: float) -> str:
    band_db, where = changed.band_change_db(place.guid)
    band = f" ({band_db:+.1f} dB {where})" if abs(band_db) >= abs(change_db) + _BAND_STANDS_OUT_DB else ""
    return (
        f"What drives the plug-ins of “{shortened(place.display_name)}” changes by {change_db:+.1f} dB{band}; their "
        f"thresholds {change_db:+.1f} dB keep what they do.{_held(changed.before, place)}"
    )


def _held(mix: MixState, place: Track) -> str:
    """What the prediction assumes where dynamics of the bus are heard (see `console.busses`)."""
    inserts = bus_chain(mix.session, place, mix.graph).inserts
    dynamic = any(not isinstance(insert.settings, EqualizerSettings) for insert in inserts)
    return " The predicted levels hold its gain as it is now." if dynamic else ""


def _key(session: Session, place: Track, send: Send, change_db: float) -> str:
    target = session.track(send.destination_guid)
    name = shortened(target.display_name) if target else ""
    return (
        f"“{shortened(place.display_name)}” keys “{name}”: the key changes by {change_db:+.1f} dB; "
        f"{-change_db:+.1f} dB on that send keep it."
    )


def _between(low_hz: float, high_hz: float) -> str:
    if low_hz <= 0.0:
        return f"under {frequency_text(high_hz)}"
    if np.isinf(high_hz):
        return f"over {frequency_text(low_hz)}"
    low, high = frequency_text(low_hz), frequency_text(high_hz)
    same_unit = low.split()[-1] == high.split()[-1]
    return f"at {low.split()[0] if same_unit else low}–{high}"

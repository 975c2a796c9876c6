"""A balance as small matrices: what fader and pan moves do to the mix, its sides, busses and a lead, in microseconds.

With the blocks that pass the loudness gate held as they are, the power of a mix is a quadratic form of the gains:
sᵀ K s with s = 10^(x/20) and K[i, j] the mean over those blocks of the products of tracks i and j at the output. Sends
before the fader are taken to follow it; `MixState` tells what a final balance really does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from dawassist.analysis.loudness import ABSOLUTE_GATE_LUFS, RELATIVE_GATE_LU, lufs_to_power
from dawassist.analysis.model import BandCovariance, BlockCovariance
from dawassist.console.gains import Console
from dawassist.plan.character import WEIGHTED_DB, Character, character_of
from dawassist.plan.mix_state import MixState
from dawassist.session.graph import Graph
from dawassist.session.targets import Target, TrackTarget

Values = npt.NDArray[np.float64]
SUNG_DB = 15.0  # a block counts as sung when the lead lies at most this far under its loudest tenth
BURIED_DB = -6.0  # under the rest at 1–4 kHz
_PRESENCE_HZ, _PRESENCE_END_HZ = 1000.0, 4000.0
_SMALL_SPEAKER_HZ = (120.0, 400.0)  # from where a laptop and a phone play, up to the end of presence
_PAN_STEP = 0.01
_SMALLEST = 1e-15


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PowerForm:
    """Power s·K·s of some tracks together; `matrix` (n, n). `follows` (n,): the part of each track's move that gets
    there, 0 for one that is made behind this place."""

    matrix: Values
    follows: Values | float = 1.0

    def level_db(self, moves_db: Values) -> float:
        gains = 10.0 ** (moves_db * self.follows / 20.0)
        return float(10.0 * np.log10(max(float(gains @ self.matrix @ gains), _SMALLEST)))

    def slope(self, moves_db: Values) -> Values:
        """dB of the sum per dB of each track, (n,): the shares of the tracks in it."""
        gains = 10.0 ** (moves_db * self.follows / 20.0)
        arriving = self.matrix @ gains
        return np.asarray(self.follows * gains * arriving / max(float(gains @ arriving), _SMALLEST))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LeadForm:
    """A lead against the rest at 1–4 kHz in the blocks where it sings: `matrices` (blocks, n, n), `is_lead` (n,);
    `small_speaker` (ranges, blocks, n, n) the same from 120 and from 400 Hz to 4 kHz, not K-weighted."""

    matrices: Values
    is_lead: npt.NDArray[np.bool_]
    small_speaker: Values

    def margins_db(self, moves_db: Values) -> Values:
        """Lead minus rest per sung block."""
        return self._margins(self.matrices, moves_db)

    def clearance_db(self, moves_db: Values) -> float:
        """The median of the margins, at 1–4 kHz or on a small speaker, where it stands out more."""
        margins = (self._margins(each, moves_db) for each in (self.matrices, *self.small_speaker))
        return max(float(np.median(each)) for each in margins)

    def buried_share(self, moves_db: Values) -> float:
        margins = self.margins_db(moves_db)
        return float(np.mean(margins < BURIED_DB)) if len(margins) else 0.0

    def slope(self, moves_db: Values) -> Values:
        """dB of the mean margin per dB of each track, (n,)."""
        gains = 10.0 ** (moves_db / 20.0)
        total = np.zeros(len(gains))
        for part, sign in ((self.is_lead, 1.0), (~self.is_lead, -1.0)):
            chosen = gains * part
            arriving = self.matrices @ chosen
            total += sign * np.mean(chosen * arriving / np.maximum(arriving @ chosen, _SMALLEST)[:, None], axis=0)
        return total

    def _margins(self, matrices: Values, moves_db: Values) -> Values:
        gains = 10.0 ** (moves_db / 20.0)
        lead, rest = ((matrices @ each) @ each for each in (gains * self.is_lead, gains * ~self.is_lead))
        return np.asarray(10.0 * np.log10(np.maximum(lead, _SMALLEST) / np.maximum(rest, _SMALLEST)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BalanceModel:
    """Forms of the tracks `track_guids`, in the order of their GUIDs.

    `pan_slope` (2, n): dB of each side per unit of each track's pan. `buses` are what busses with dynamics get;
    `character` is None where bands were not measured.
    """

    track_guids: tuple[str, ...]
    mix: PowerForm
    sides: tuple[PowerForm, PowerForm]
    pan_slope: Values
    buses: Mapping[str, PowerForm]
    lead: LeadForm | None
    character: Character | None = None

    def lean_db(self, moves_db: Values) -> float:
        """Left less right."""
        return self.sides[0].level_db(moves_db) - self.sides[1].level_db(moves_db)


@lru_cache(maxsize=1)
def balance_model(mix: MixState, leads: tuple[str, ...], buses: tuple[str, ...]) -> BalanceModel:
    """The forms of a session as it stands; `leads` are the lead's tracks, `buses` the busses to watch.

    Kept for the latest session: what changes with a lock or a verdict is not in them.
    """
    covariance = mix.covariance
    order = np.argsort(np.array(covariance.track_guids))
    guids = tuple(covariance.track_guids[place] for place in order)
    mean = _mean_covariance(mix)[order][:, :, order]
    gains = _standing(mix.matrices, covariance.weights)[order]
    halves = [_form(mean, gains[:, side : side + 1]) for side in (0, 1)]
    console = Console(mix.session)
    moved = _panned(mix, guids) - mix_gains(console, guids)
    return BalanceModel(
        track_guids=guids,
        mix=PowerForm(matrix=halves[0] + halves[1]),
        sides=(PowerForm(matrix=halves[0]), PowerForm(matrix=halves[1])),
        pan_slope=_pan_slope(mean, gains, moved / _PAN_STEP),
        buses={guid: PowerForm(matrix=_form(mean, console.gain_matrices(guids, into=guid))) for guid in sorted(buses)},
        lead=_lead_form(covariance, order, gains, set(leads)),
        character=_character(covariance.bands, order, gains, _form(mean, gains.sum(axis=1, keepdims=True))),
    )


def moved_on_folders(graph: Graph, model: BalanceModel, folders: Mapping[str, str]) -> BalanceModel:
    """The model in which moves of some tracks are written on the fader of a folder, by track: what comes before that
    fader, its own plug-ins too, gets as much as now."""
    behind = {folder: graph.downstream(folder) for folder in set(folders.values())}
    buses = {
        bus: replace(form, follows=np.array([
            float(guid not in folders or bus in behind[folders[guid]]) for guid in model.track_guids
        ]))
        for bus, form in model.buses.items()
    }  # fmt: skip
    return replace(model, buses=buses)


def mix_gains(console: Console, guids: Sequence[str]) -> Values:
    return console.gain_matrices(guids)


def _mean_covariance(mix: MixState) -> Values:
    """The covariance of the blocks that pass the gate of the mix as it stands, (n, 2, n, 2); added block by block."""
    tensor = mix.covariance.tensor
    weights = np.broadcast_to(mix.covariance.weights, len(tensor))
    powers = mix.powers
    loud = powers > lufs_to_power(ABSOLUTE_GATE_LUFS)
    if loud.any():
        loud &= powers > np.average(powers[loud], weights=weights[loud]) * 10.0 ** (RELATIVE_GATE_LU / 10.0)
    total = np.zeros(tensor.shape[1:])
    for block in np.flatnonzero(loud):
        total += weights[block] * tensor[block]
    count = tensor.shape[1] // 2
    return (total / max(float(weights[loud].sum()), 1.0)).reshape(count, 2, count, 2)


def _standing(matrices: Values, weights: Values) -> Values:
    """One matrix per track; of moving gains their mean."""
    if matrices.ndim == 3:
        return matrices
    return np.asarray(np.average(matrices, axis=0, weights=np.broadcast_to(weights, len(matrices))))


def _form(mean: Values, gains: Values) -> Values:
    """K of gains (n, outputs, 2) over a mean covariance (n, 2, n, 2)."""
    return np.asarray(np.einsum("ioc,icjd,jod->ij", gains, mean, gains))


def _panned(mix: MixState, guids: Sequence[str]) -> Values:
    """The gains with every track a little further to the right, (n, 2, 2); its loudness is kept by the fader."""
    changes: dict[Target, float] = {}
    for guid in guids:
        track = mix.session.track(guid)
        if track is not None and track.pan_mode not in ("dual", "stereo"):
            way = _PAN_STEP if track.pan <= 0.0 else -_PAN_STEP
            changes[TrackTarget(track_guid=guid, field="pan")] = track.pan + way
    ways = np.array([_way(changes, mix, guid) for guid in guids])
    standing = Console(mix.session).gain_matrices(guids)
    return np.asarray(standing + (Console(mix.session, changes).gain_matrices(guids) - standing) * ways[:, None, None])


def _way(changes: Mapping[Target, float], mix: MixState, guid: str) -> float:
    """+1 where the change went right, −1 where left, 0 where there is none."""
    raw = changes.get(TrackTarget(track_guid=guid, field="pan"))
    track = mix.session.track(guid)
    return 0.0 if raw is None or track is None else float(np.sign(raw - track.pan))


def _pan_slope(mean: Values, gains: Values, turning: Values) -> Values:
    """dB of each side per unit of pan: `turning` (n, 2, 2) is the gains' slope, each track's own power held."""
    own = np.einsum("ioc,icid,iod->i", gains, mean, gains)
    change = np.einsum("ioc,icid,iod->i", turning, mean, gains)
    kept = turning - gains * (change / np.maximum(own, _SMALLEST))[:, None, None]
    slopes = []
    for side in (0, 1):
        row = gains[:, side : side + 1]
        total = np.einsum("ioc,icjd,jod->", row, mean, row)
        slopes.append(2.0 * np.einsum("ioc,icjd,jod->i", kept[:, side : side + 1], mean, row) / max(total, _SMALLEST))
    return np.asarray(np.array(slopes) * 10.0 / np.log(10.0))


def _lead_form(
    covariance: BlockCovariance, order: npt.NDArray[np.intp], gains: Values, leads: set[str]
) -> LeadForm | None:
    is_lead = np.array([covariance.track_guids[place] in leads for place in order], dtype=np.bool_)
    if not is_lead.any() or is_lead.all():
        return None
    matrices = _block_forms(_of_bands(covariance, _PRESENCE_HZ), order, gains)
    lead = (matrices @ is_lead) @ is_lead
    if lead.max(initial=0.0) <= 0.0:
        return None
    sung = lead > np.percentile(lead[lead > 0.0], 90) * 10.0 ** (-SUNG_DB / 10.0)
    small = [_block_forms(_unweighted(covariance, each)[sung], order, gains) for each in _SMALL_SPEAKER_HZ]
    return LeadForm(matrices=matrices[sung], is_lead=is_lead, small_speaker=np.array(small))


def _character(
    bands: BandCovariance | None, order: npt.NDArray[np.intp], gains: Values, mono: Values
) -> Character | None:
    if bands is None or not bands.tensor.any():
        return None
    return character_of(bands, lambda tensor: _block_forms(tensor, order, gains), mono)


def _block_forms(tensor: npt.NDArray[np.floating], order: npt.NDArray[np.intp], gains: Values) -> Values:
    """K of gains (n, outputs, 2) per block of a covariance (blocks, 2n, 2n), (blocks, n, n)."""
    count = tensor.shape[1] // 2
    split = tensor.reshape(-1, count, 2, count, 2)[:, order][:, :, :, order].astype(np.float64)
    arriving = np.einsum("bicjd,jod->bicjo", split, gains)
    return np.asarray(np.einsum("ioc,bicjo->bij", gains, arriving))


def _of_bands(covariance: BlockCovariance, lowest_hz: float) -> npt.NDArray[np.float32]:
    """Covariances from a frequency to 4 kHz; of all bands where they were not measured apart."""
    bands = covariance.bands
    if bands is None or lowest_hz not in bands.edges_hz:
        return covariance.tensor
    first, end = bands.edges_hz.index(lowest_hz), bands.edges_hz.index(_PRESENCE_END_HZ)
    found: npt.NDArray[np.float32] = bands.tensor[first:end].sum(axis=0)
    return found


def _unweighted(covariance: BlockCovariance, lowest_hz: float) -> npt.NDArray[np.float32]:
    """The same without the K-weighting: a small speaker does not weigh what it plays."""
    bands = covariance.bands
    if bands is None or lowest_hz not in bands.edges_hz:
        return covariance.tensor
    first, end = bands.edges_hz.index(lowest_hz), bands.edges_hz.index(_PRESENCE_END_HZ)
    gains = 10.0 ** (-np.array(WEIGHTED_DB[first:end]) / 10.0)
    return np.tensordot(gains.astype(np.float32), bands.tensor[first:end], axes=1)

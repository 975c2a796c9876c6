"""Compression for uneven leads and basses that nobody compressed yet, as loud after it as before.

Parameters after Z. Ma, B. De Man, P. D. L. Pestana, D. A. A. Black, J. D. Reiss, "Intelligent multitrack dynamic range
compression", JAES 63(6), 2015, as public implementations print them; ratio and times are kept to what engineers use for
the role. The threshold rises until the mean reduction is small. The make-up gain is that of K-weighted, gated loudness.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dawassist.analysis.level_curve import STEP_SECONDS
from dawassist.analysis.loudness import gated_lufs
from dawassist.analysis.model import TrackAnalysis
from dawassist.console.compressor import CompressorSettings, reduction_of_levels
from dawassist.fxmaps.categories import Category
from dawassist.intents import CompressorIntent
from dawassist.plan.draft import Proposal
from dawassist.plan.effect_priors import Quartiles, effect_priors
from dawassist.plan.mix_problem import Situation
from dawassist.plan.model import Prediction, Rationale
from dawassist.plan.objects import MixObject
from dawassist.plan.rationale import shortened, spoken
from dawassist.plan.roles import FIRM
from dawassist.plan.tools_there import active_tools
from dawassist.session.findings import Evidence
from dawassist.session.model import Track

Values = npt.NDArray[np.float64]
MOST_USE_IT = 0.7  # share of engineers: basses 80 %, lead vocals 72 %, all other roles less
# Crest factor under which a track counts as compressed already: the lower quartile of its role in the table that
# `scripts/fit_role_sounds` fits roles from.
COMPRESSED_CREST_DB = {"lead_vocal": 12.1, "bass": 8.4}
LEAST_UNEVEN_DB = 10.0  # of 400 ms levels; the finished leads and basses of three CC0 songs: 3.8 to 9.0 dB
WANTED_REDUCTION_DB, LEAST_REDUCTION_DB = 3.0, 1.0  # mean while it plays
_HOLDING: tuple[Category, ...] = ("compressor", "limiter", "saturation", "amp")
_HIGHEST_RAISE_DB = 24.0
_WINDOW_STEPS = 80
_PAUSE_DB = -20.0  # under the loud passages
_LONGEST_ATTACK_MS, _LONGEST_RELEASE_MS = 80.0, 1000.0
_WIDEST_KNEE_DB = 24.0  # of ReaComp
_PARTS = 5  # of a step of 5 ms
_BLOCK_STEPS = 80  # of BS.1770's 400 ms


@dataclass(frozen=True, slots=True, kw_only=True)
class _Session:
    """What the parameters are relative to: crest factors and low-frequency shares of all tracks, by GUID."""

    crest: dict[str, float]
    low: dict[str, float]


def compressions(situation: Situation) -> Iterator[Proposal]:
    """One proposal per source that one track holds."""
    priors = effect_priors().by_role
    context = _context(situation)
    for each in situation.objects:
        prior = priors.get(each.role.role)
        if prior is None or prior.compressor_share < MOST_USE_IT or each.role.confidence < FIRM:
            continue
        if len(each.tracks) > 1 or any(_is_held(track) for track in _on_the_way(situation, each.tracks[0])):
            continue  # microphones of one source, each compressed alone, change against each other
        found = _proposal(situation, each, each.tracks[0], context)
        if found is not None:
            yield found


def _on_the_way(situation: Situation, track: Track) -> Iterator[Track]:
    """The track and its folders."""
    graph, session = situation.mix.graph, situation.mix.session
    yield track
    guid = graph.parent.get(track.guid, graph.master_guid)
    while guid != graph.master_guid and (folder := session.track(guid)) is not None:
        yield folder
        guid = graph.parent.get(guid, graph.master_guid)


def _is_held(track: Track) -> bool:
    return any(active_tools(track, kind) for kind in _HOLDING)


def _context(situation: Situation) -> _Session:
    heard = [track for track in situation.analysis.tracks if track.dynamics is not None and track.spectrum is not None]
    return _Session(
        crest={t.track_guid: 10.0 ** (t.dynamics.crest_p50_db / 20.0) for t in heard if t.dynamics},
        low={t.track_guid: _low_share(t) for t in heard},
    )


def _low_share(track: TrackAnalysis) -> float:
    """Energy below 1 kHz over all of it."""
    assert track.spectrum is not None
    power, center_hz = np.array(track.spectrum.power), np.array(track.spectrum.center_hz)
    return float(power[center_hz <= 1000.0].sum() / max(power.sum(), 1e-20))


def _proposal(situation: Situation, each: MixObject, track: Track, context: _Session) -> Proposal | None:
    measured = situation.analysis.track(track.guid)
    if measured is None or measured.levels is None or measured.dynamics is None or track.guid not in context.crest:
        return None
    if measured.measured_at != "after_chain":
        return None
    level_db = measured.levels.level_dbfs.astype(np.float64)
    uneven_db = unevenness_db(level_db)
    if measured.dynamics.crest_p50_db < COMPRESSED_CREST_DB[each.role.role] or uneven_db < LEAST_UNEVEN_DB:
        return None
    settings = _gentle(_settings(track.guid, level_db, each.role.role, context), level_db)
    reduction_db = reduction_of_levels(level_db, STEP_SECONDS, settings, _PARTS)
    mean_db = float(reduction_db[_plays(level_db)].mean())
    if mean_db < LEAST_REDUCTION_DB:
        return None
    makeup_db = _makeup_db(situation, track, level_db, reduction_db)
    after_db = unevenness_db(level_db - reduction_db, level_db)
    if after_db >= uneven_db:  # soft passages between loud ones would sink with them
        return None
    lufs = situation.mix.track_lufs[track.guid]
    return Proposal(
        intents=(
            CompressorIntent(
                track_guid=track.guid, threshold_db=round(settings.threshold_db, 1), ratio=settings.ratio,
                attack_ms=settings.attack_ms, release_ms=settings.release_ms, knee_db=settings.knee_db,
                makeup_gain_db=round(makeup_db, 1),
            ),
        ),
        reason_class="uneven_level",
        basis="taste",
        confidence=each.role.confidence * effect_priors().by_role[each.role.role].compressor_share,
        rationale=_rationale(track, each.role.role, uneven_db, after_db, mean_db),
        predicted=(
            Prediction(metric="mean gain reduction", before=0.0, after=round(mean_db, 2), unit="dB"),
            Prediction(
                metric="spread of 400 ms levels", before=round(uneven_db, 2), after=round(after_db, 2), unit="dB"
            ),
            Prediction(metric="track loudness", before=round(lufs, 3), after=round(lufs, 3), unit="LUFS"),
        ),
    )  # fmt: skip


def unevenness_db(level_db: Values, before_db: Values | None = None) -> float:
    """Between the 10th and the 90th percentile of the 400 ms levels while it plays; 0 for what is shorter.

    Where it plays is told by the levels `before_db` a move, if given.
    """
    windows = _windows_db(level_db)
    if not len(windows):
        return 0.0
    plays = _plays(windows if before_db is None else _windows_db(before_db))
    low, high = np.percentile(windows[plays], (10, 90))
    return float(high - low)


def _windows_db(level_db: Values) -> Values:
    """Levels of 400 ms, one after the other."""
    count = len(level_db) // _WINDOW_STEPS
    power = 10.0 ** (level_db[: count * _WINDOW_STEPS].reshape(count, _WINDOW_STEPS) / 10.0)
    return np.asarray(10.0 * np.log10(power.mean(axis=1)))


def _plays(level_db: Values) -> npt.NDArray[np.bool_]:
    loud = np.percentile(level_db[level_db > level_db.max() - 40.0], 95)
    return np.asarray(level_db > loud + _PAUSE_DB)


def _settings(guid: str, level_db: Values, role: str, context: _Session) -> CompressorSettings:
    """Ma et al.: a percussivity weight from the crest factor, a weight from the low end, both against the session."""
    crest, low = context.crest[guid], context.low[guid]
    crests = np.array(list(context.crest.values()))
    spread = max(float(crests.std()), 1e-3)
    bell = float(np.exp(-((crest - crests.mean()) ** 2) / (2.0 * spread**2)))
    percussive = bell if crest <= crests.mean() else 2.0 - bell
    low_weight = low / max(float(np.mean(list(context.low.values()))), 1e-3)
    rms_db = 10.0 * np.log10(np.mean(10.0 ** (level_db[_plays(level_db)] / 10.0)))
    attack_ms = 2.0 * _LONGEST_ATTACK_MS / crest**2
    release_ms = 2.0 * _LONGEST_RELEASE_MS / crest**2 - attack_ms
    prior = effect_priors().by_role[role]
    threshold_db = float(-11.03 + 0.44 * rms_db - 4.897 * percussive)
    return CompressorSettings(
        threshold_db=threshold_db,
        ratio=round(_within(0.54 * percussive + 0.764 * low_weight + 1.0, prior.compressor_ratio), 1),
        attack_ms=round(_within(attack_ms, prior.compressor_attack_ms), 1),
        release_ms=round(_within(release_ms, prior.compressor_release_ms)),
        knee_db=_knee_db(threshold_db),
    )


def _knee_db(threshold_db: float) -> float:
    return round(min(abs(threshold_db) / 2.0, _WIDEST_KNEE_DB), 1)


def _within(value: float, prior: Quartiles | None) -> float:
    """Kept to what half of the engineers use."""
    return float(np.clip(value, prior.p25, prior.p75)) if prior else value


def _gentle(settings: CompressorSettings, level_db: Values) -> CompressorSettings:
    """With a threshold at which the mean reduction is what is wanted, or as it is where it does less."""
    plays = _plays(level_db)

    def mean_db(threshold_db: float) -> float:
        changed = _with_threshold(settings, threshold_db)
        return float(reduction_of_levels(level_db, STEP_SECONDS, changed)[plays].mean())

    low, high = settings.threshold_db, settings.threshold_db + _HIGHEST_RAISE_DB
    if mean_db(low) <= WANTED_REDUCTION_DB:
        return settings
    for _ in range(8):
        middle = (low + high) / 2.0
        low, high = (middle, high) if mean_db(middle) > WANTED_REDUCTION_DB else (low, middle)
    return _with_threshold(settings, high)


def _with_threshold(settings: CompressorSettings, threshold_db: float) -> CompressorSettings:
    return replace(settings, threshold_db=threshold_db, knee_db=_knee_db(threshold_db))


def _makeup_db(situation: Situation, track: Track, level_db: Values, reduction_db: Values) -> float:
    """What keeps the integrated loudness: every K-weighted block is lowered as the power of its steps is.

    On seven voices and basses of CC0 songs at most 0.3 LU from what BS.1770 measures before and after a compressor.
    """
    mix = situation.mix
    powers = mix.part_powers([track.guid])
    starts = np.round((mix.covariance.block_seconds - situation.analysis.start_seconds) / STEP_SECONDS).astype(int)
    inside = (starts >= 0) & (starts < len(level_db))
    first = starts[inside]
    last = np.minimum(first + _BLOCK_STEPS, len(level_db))
    before, after = (
        np.concatenate(([0.0], np.cumsum(10.0 ** (each / 10.0)))) for each in (level_db, level_db - reduction_db)
    )
    kept = (after[last] - after[first]) / np.maximum(before[last] - before[first], 1e-15)
    weights = np.broadcast_to(mix.covariance.weights, powers.shape)[inside]
    return gated_lufs(powers[inside], weights) - gated_lufs(powers[inside] * kept, weights)


def _rationale(track: Track, role: str, uneven_db: float, after_db: float, mean_db: float) -> Rationale:
    prior = effect_priors()
    share = prior.by_role[role].compressor_share
    return Rationale(
        headline=f"{shortened(track.display_name)} varies by {uneven_db:.0f} dB, with no compressor on it",
        evidence=(
            Evidence(
                text=f"Its 400 ms levels lie {uneven_db:.1f} dB apart (10th to 90th percentile while it plays); "
                f"{after_db:.1f} dB after the move.",
                value=uneven_db, unit="dB",
            ),
            Evidence(
                text=f"{mean_db:.1f} dB of gain reduction on average while it plays, made up to the same loudness.",
                value=mean_db, unit="dB",
            ),
            Evidence(
                text=f"{share:.0%} of {spoken(role)} tracks in engineers' mixes have a compressor; ratio and times are "
                "kept to what half of them use.",
                value=share, unit="share",
            ),
        ),
        sources=("parameters after Ma et al. (2015)", prior.source),
    )  # fmt: skip

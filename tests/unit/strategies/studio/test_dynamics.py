"""Compression where a lead or a bass is uneven and nothing holds it; with what it will do, as a compressor does it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pyloudnorm import Meter

from dawassist.analysis.level_curve import STEP_SECONDS, LevelCurve
from dawassist.analysis.levels import Dynamics
from dawassist.analysis.onsets import OnsetMeter
from dawassist.console.compressor import Compressor, CompressorSettings, reduction_of_levels
from dawassist.console.dynamics import DetectorSettings
from dawassist.plan.brief import Brief
from dawassist.plan.effect_priors import effect_priors
from dawassist.plan.model import Change, Plan
from dawassist.plan.wording import wording_faults
from dawassist.realize.plan import realize
from dawassist.session.model import Fx
from dawassist.strategies.studio import Studio
from dawassist.strategies.studio.dynamics import COMPRESSED_CREST_DB, MOST_USE_IT
from tests.analyses import Sound, make_analysis
from tests.sessions import make_item, make_session, make_track
from tests.tools import make_fx

RATE_HZ = 48000
UNEVEN = np.repeat([-14.0, -26.0, -18.0, -30.0], 400)  # passages of 2 s
EVEN = np.repeat([-18.0, -21.0, -19.0, -20.0], 400)


def plan_of(
    name: str, levels: np.ndarray[Any, Any], *, crest_db: float = 15.0, folder_fx: tuple[Fx, ...] = (),
    k_power: np.ndarray[Any, Any] | None = None, **fields: Any,
) -> Plan:  # fmt: skip
    """A session in progress in which the track of that name, in a folder of its own, has these levels, and where it is
    given this power per block."""
    names = (name, "Keys", "Snare")
    tracks = [
        make_track(
            number=n, name=each, items=[make_item("a.wav")], fader_db=-5.0,
            **(fields | {"folder_depth": -1} if each == name else {}),
        )
        for n, each in enumerate(names, start=1)
    ]  # fmt: skip
    tracks.insert(0, make_track(number=9, name="Group", folder_depth=1, fx=folder_fx))
    session = make_session(tracks)
    analysis = make_analysis(session, {each: Sound(lufs=-22) for each in names})
    dynamics = Dynamics(crest_p10_db=crest_db, crest_p50_db=crest_db, crest_p90_db=crest_db, rms_spread_db=8.0)
    curve = LevelCurve(level_dbfs=levels.astype(np.float16))
    heard = tuple(replace(t, dynamics=dynamics, levels=curve) for t in analysis.tracks)
    analysis = replace(analysis, tracks=heard)
    if k_power is not None and analysis.covariance is not None:
        tensor = np.repeat(analysis.covariance.tensor[:1], len(k_power), axis=0)
        tensor[:, :2, :2] = (k_power / 4.0)[:, None, None]  # the same in both channels
        blocks = np.arange(len(k_power)) * 0.1
        analysis = replace(analysis, covariance=replace(analysis.covariance, tensor=tensor, block_seconds=blocks))
    draft = Studio().suggest(session, analysis, Brief())
    return realize(session, analysis, Brief(), draft, strategy="studio")


def compressed(plan: Plan) -> list[str]:
    return [r.track_name for r in plan.recommendations if r.kind == "compressor"]


def setting(change: Change, parameter: str) -> float:
    return next(each.after for each in change.also if each.parameter == parameter)


@pytest.mark.parametrize(("name", "role"), [("Lead Vox", "lead_vocal"), ("Bass", "bass")])
def test_an_uneven_lead_or_bass_is_held_a_little_and_stays_as_loud(name: str, role: str) -> None:
    plan = plan_of(name, UNEVEN)
    assert compressed(plan) == [name]
    (move,) = [r for r in plan.recommendations if r.kind == "compressor"]
    reduction, spread, loudness = move.predicted
    assert 1.0 <= reduction.after <= 4.0
    assert spread.after < spread.before
    assert loudness.after == loudness.before
    prior = effect_priors().by_role[role]
    assert prior.compressor_ratio is not None
    assert prior.compressor_ratio.p25 <= setting(move.change, "Ratio") <= prior.compressor_ratio.p75
    assert 0.0 < setting(move.change, "Make-up gain") < 8.0
    assert wording_faults(move) == []


def test_the_knee_is_half_the_threshold_as_printed() -> None:
    (move,) = [r for r in plan_of("Lead Vox", UNEVEN).recommendations if r.kind == "compressor"]
    assert setting(move.change, "Knee") == pytest.approx(abs(move.change.after) / 2.0, abs=0.15)


def test_the_make_up_gain_keeps_the_loudness_of_what_is_weighted_unlike_its_level() -> None:
    """Low notes drive the compressor and hardly count as loudness; the quiet passage is all of high ones."""
    seconds = np.arange(12 * RATE_HZ) / RATE_HZ
    low = 0.4 * np.sin(2.0 * np.pi * 30.0 * seconds) * (seconds % 4.0 < 2.0)
    high = 0.1 * np.sin(2.0 * np.pi * 900.0 * seconds) * (0.3 + 0.7 * (seconds % 4.0 >= 2.0))
    signal = np.tile(low + high, (2, 1))
    meter = OnsetMeter(RATE_HZ)
    meter.push(signal.astype(np.float32))
    levels = meter.level_curve().level_dbfs.astype(np.float64)
    plan = plan_of("Bass", levels, k_power=_k_power(signal))
    (move,) = [r for r in plan.recommendations if r.kind == "compressor"]
    makeup_db = setting(move.change, "Make-up gain")
    settings = CompressorSettings(
        threshold_db=move.change.after, ratio=setting(move.change, "Ratio"), knee_db=setting(move.change, "Knee"),
        attack_ms=setting(move.change, "Attack"), release_ms=setting(move.change, "Release"),
        detector=DetectorSettings(rms_size_ms=5.0),
    )  # fmt: skip
    loudness = Meter(RATE_HZ).integrated_loudness
    before, after = loudness(signal.T), loudness(Compressor(settings, RATE_HZ).push(signal).T)
    assert makeup_db == pytest.approx(before - after, abs=0.3)
    reduced_db = reduction_of_levels(levels, STEP_SECONDS, settings, 5)
    by_level = 10.0 * np.log10(np.mean(10.0 ** (levels / 10.0)) / np.mean(10.0 ** ((levels - reduced_db) / 10.0)))
    assert abs(by_level - (before - after)) > 0.5


def _k_power(signal: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """K-weighted power of both channels in blocks of 400 ms every 100 ms."""
    weighted = signal.T
    for stage in Meter(RATE_HZ)._filters.values():
        weighted = np.stack([stage.apply_filter(channel) for channel in weighted.T], axis=1)
    total = np.concatenate(([0.0], np.cumsum((weighted**2).sum(axis=1))))
    starts = np.arange(0, len(weighted) - RATE_HZ * 4 // 10 + 1, RATE_HZ // 10)
    return (total[starts + RATE_HZ * 4 // 10] - total[starts]) / (RATE_HZ * 4 // 10)


@pytest.mark.parametrize("name", ["Gtr", "Kick", "Overheads", "Pad", "Audio 07"])
def test_what_most_engineers_leave_alone_is_left_alone(name: str) -> None:
    assert compressed(plan_of(name, UNEVEN)) == []


def test_even_and_compressed_tracks_are_left_alone() -> None:
    assert compressed(plan_of("Lead Vox", EVEN)) == []
    assert compressed(plan_of("Lead Vox", UNEVEN, crest_db=COMPRESSED_CREST_DB["lead_vocal"] - 0.5)) == []


@pytest.mark.parametrize("tool", ["VST3: CLA-76 (Waves)", "VST: ReaComp (Cockos)", "VST3: Scheps Omni Channel (Waves)"])
def test_no_compressor_after_one_of_any_kind(tool: str) -> None:
    plan = plan_of("Lead Vox", UNEVEN, fx=(make_fx(tool),))
    assert compressed(plan) == []
    assert not any(left.by_hand for left in plan.left_out)


def test_a_compressor_on_the_folder_holds_its_tracks() -> None:
    assert compressed(plan_of("Lead Vox", UNEVEN)) == ["Lead Vox"]
    assert compressed(plan_of("Lead Vox", UNEVEN, folder_fx=(make_fx("VST3: Pro-C 2 (FabFilter)"),))) == []


def test_by_default_only_what_most_engineers_compress_is_judged() -> None:
    usual = {role for role, prior in effect_priors().by_role.items() if prior.compressor_share >= MOST_USE_IT}
    assert usual == set(COMPRESSED_CREST_DB)


@pytest.mark.parametrize(("parts", "tolerance_db"), [(1, 0.5), (5, 0.25)])
def test_the_prediction_from_levels_is_what_the_compressor_does(parts: int, tolerance_db: float) -> None:
    chance = np.random.default_rng(7)
    shape = np.repeat(10.0 ** (np.array([-14.0, -26.0, -18.0, -30.0, -10.0]) / 20.0), RATE_HZ)
    signal = np.tile(shape * chance.normal(size=len(shape)), (2, 1))
    meter = OnsetMeter(RATE_HZ)
    meter.push(signal.astype(np.float32))
    settings = CompressorSettings(
        threshold_db=-24.0, ratio=3.0, attack_ms=5.0, release_ms=120.0, knee_db=6.0,
        detector=DetectorSettings(rms_size_ms=5.0),
    )  # fmt: skip
    levels = meter.level_curve().level_dbfs.astype(np.float64)
    predicted = reduction_of_levels(levels, STEP_SECONDS, settings, parts)
    heard = Compressor(settings, RATE_HZ).push(signal)
    made = np.array(
        [
            10.0 * np.log10(np.mean(before**2) / np.mean(after**2))
            for before, after in zip(np.split(signal, 50, axis=1), np.split(heard, 50, axis=1), strict=True)
        ]
    )
    assert float(predicted.mean()) == pytest.approx(float(made.mean()), abs=tolerance_db)

"""The shipped priors are those that the fitting script makes of the public data, and they say what mixers know."""

import subprocess
import sys
from pathlib import Path

import pytest

from dawassist.plan.effect_priors import effect_priors
from dawassist.plan.engineer_priors import engineer_priors
from dawassist.plan.level_prior import level_model
from dawassist.plan.pan_prior import pan_priors
from dawassist.plan.priors import priors
from dawassist.plan.vocal_chain import vocal_chain

ROOT = Path(__file__).parents[3]
DATA = ROOT.parent / "shared/data"
IS_PRESENT = (DATA / "mixologydb/mixes.json").is_file() and (DATA / "diffvox/presets/internal").is_dir()


@pytest.mark.skipif(not IS_PRESENT, reason="MixologyDB and DiffVox are not on this machine")
@pytest.mark.parametrize("folder", [DATA, DATA / "mixologydb"], ids=["all data", "the folder of mixes.json"])
def test_fitting_again_gives_the_same_numbers(folder: Path) -> None:
    command = [sys.executable, str(ROOT / "scripts/fit_priors.py"), "--data", str(folder), "--check"]
    subprocess.run(command, check=True, timeout=60)


def test_absent_data_are_named_with_their_source_and_hash(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "scripts/fit_priors.py"), "--data", str(tmp_path)]
    found = subprocess.run(command, check=False, timeout=60, capture_output=True, text=True)
    assert found.returncode == 1
    assert "github.com/mclemcrew/MixologyDB" in found.stderr
    assert "github.com/SonyResearch/diffvox" in found.stderr
    assert priors().sha256 in found.stderr
    assert vocal_chain().sha256 in found.stderr


def test_every_role_has_a_spread() -> None:
    for role, prior in priors().by_role.items():
        assert prior.level_p5 < prior.level_p50 < prior.level_p95, role
        assert prior.tracks >= 20


def test_low_end_and_the_loudest_lead_are_centered_and_guitars_balance_each_other() -> None:
    pans = pan_priors().by_role
    assert min(pans[role].centered_share for role in ("kick", "bass", "snare")) > 0.9
    assert pans["lead_vocal"].loudest_centered_share > 0.9 > pans["lead_vocal"].centered_share
    assert (pans["electric_guitar"].lean_p50 or 1.0) < 0.2
    assert 0.0 < pan_priors().imbalance_p50_db < pan_priors().imbalance_p90_db < 2.0


def test_pans_aside_are_beyond_the_center_and_up_to_hard() -> None:
    for role, prior in pan_priors().by_role.items():
        if prior.aside is not None:
            assert 0.05 < prior.aside.p10 <= prior.aside.p50 <= prior.aside.p90 <= 1.0, role


def test_effects_are_used_as_mixers_know() -> None:
    roles = effect_priors().by_role
    assert roles["kick"].high_pass_cutoff_hz is not None
    assert roles["hat"].high_pass_cutoff_hz is not None
    assert roles["kick"].high_pass_cutoff_hz.p50 < 60.0 < roles["hat"].high_pass_cutoff_hz.p50
    assert roles["bass"].compressor_share > roles["electric_guitar"].compressor_share
    assert roles["lead_vocal"].reverb_share > 0.7 > 0.2 > roles["bass"].reverb_share
    assert roles["bass"].reverb_send_db is None  # fewer than ten basses have a send


def test_settings_have_the_sign_and_the_range_of_their_kind() -> None:
    for role, prior in effect_priors().by_role.items():
        assert prior.cut_gain_db is not None, role
        assert prior.boost_gain_db is not None, role
        assert prior.cut_gain_db.p75 < 0.0 < prior.boost_gain_db.p25, role
        assert prior.compressor_ratio is not None, role
        assert 1.0 < prior.compressor_ratio.p25 <= prior.compressor_ratio.p75 <= 20.0, role
        shares = (prior.high_pass_share, prior.cut_share, prior.boost_share, prior.compressor_share, prior.reverb_share)
        assert all(0.0 < share < 1.0 for share in shares), role


def test_vocal_chains_cut_low_mids_and_compress() -> None:
    chain = vocal_chain()
    assert chain.low_mid_gain_db.p50 < 0.0 < chain.high_shelf_gain_db.p50
    assert 1.0 < chain.ratio.p10 < chain.ratio.p50 < chain.ratio.p90
    assert chain.attack_ms.p50 < chain.release_ms.p50
    assert abs(chain.pan.p50) < 0.05


def test_a_strategy_gets_the_shipped_fit_as_one_value() -> None:
    shipped = engineer_priors()
    assert shipped.ranges == priors().by_role
    assert shipped.levels == level_model()
    assert shipped.pans == pan_priors()

"""The shipped priors are those that the fitting script makes of the public data."""

import subprocess
import sys
from pathlib import Path

import pytest

from dawassist.plan.priors import priors

ROOT = Path(__file__).parents[3]
DATA = ROOT.parent / "shared/data/mixologydb"


@pytest.mark.skipif(not (DATA / "mixes.json").is_file(), reason="mixes.json of MixologyDB is not on this machine")
def test_fitting_again_gives_the_same_numbers() -> None:
    command = [sys.executable, str(ROOT / "scripts/fit_priors.py"), "--data", str(DATA), "--check"]
    subprocess.run(command, check=True, timeout=60)


def test_absent_data_are_named_with_their_source(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "scripts/fit_priors.py"), "--data", str(tmp_path)]
    found = subprocess.run(command, check=False, timeout=60, capture_output=True, text=True)
    assert found.returncode == 1
    assert "github.com/mclemcrew/MixologyDB" in found.stderr


def test_every_role_has_a_spread() -> None:
    for role, prior in priors().by_role.items():
        assert prior.level_p5 < prior.level_p50 < prior.level_p95, role
        assert prior.tracks >= 20

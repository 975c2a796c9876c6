"""How sure an alignment is: the shipped trees, and that they can be fitted again from material that is not scored."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dawassist.analysis.alignment.candidates import FEATURES
from dawassist.analysis.alignment.estimator import CERTAIN
from dawassist.analysis.alignment.model import Model, best_of, read, shipped
from scripts.alignment_fitting.boosting import boosted
from scripts.alignment_fitting.fitting import calibration, probabilities
from scripts.alignment_fitting.trials import trial, trial_of_copies, trial_of_noises

ROOT = Path(__file__).parents[4]
DATA = ROOT / "../shared/data"
RELATED_SEEDS, UNRELATED_SEEDS = (10089, 10112), (10063, 10115, 10119)


def stump() -> Model:
    text = f"""
start = -1.0
slope = 1.0
bias = 0.0
features = {list(FEATURES)}
trees = [[[3, 0.5, 1, 2], -2.0, 2.0]]
"""
    return read(text.replace("'", '"'))


def test_a_tree_goes_left_up_to_its_threshold() -> None:
    features = np.zeros((2, len(FEATURES)))
    features[:, 3] = (0.5, 0.6)
    assert stump().logits(features).tolist() == [-3.0, 1.0]


def test_other_features_than_the_model_was_fitted_on_are_refused() -> None:
    with pytest.raises(ValueError, match="run scripts/fit_alignment"):
        read('start = 0.0\nfeatures = ["brightness"]\ntrees = []')


def test_a_calibrated_probability_follows_slope_and_bias() -> None:
    assert stump().calibrated(0.0) == 0.5
    assert replace(stump(), bias=2.0).calibrated(0.0) == pytest.approx(0.8808, abs=1e-4)


def test_nothing_that_speaks_for_a_candidate_is_no_claim() -> None:
    _, confidence = best_of(np.zeros((3, len(FEATURES))))
    assert confidence < 0.3


def test_no_path_through_a_shipped_tree_is_longer_than_is_walked() -> None:
    model = shipped()
    places = model.roots
    for _ in range(7):
        places = np.unique(np.concatenate([model.left[places], model.right[places]]))
    assert np.array_equal(model.left[places], places)


def test_trees_learn_what_depends_on_something_else() -> None:
    generator = np.random.default_rng(0)
    features = generator.random((3000, 10))
    right = np.where(features[:, 0] > 0.5, features[:, 1] > 0.6, features[:, 2] > 0.4)
    start, trees = boosted(features[:2000], right[:2000], seed=0)

    def logit(values: np.ndarray) -> float:
        found = start
        for tree in trees:
            place = 0
            while (node := tree[place]).left != place:
                place = node.left if values[node.feature] <= node.threshold else node.right
            found += node.value
        return found

    told = np.array([logit(values) > 0.0 for values in features[2000:]])
    assert np.mean(told == right[2000:]) > 0.9


def test_a_calibration_says_the_share_that_is_right() -> None:
    generator = np.random.default_rng(0)
    logits = generator.normal(0.0, 3.0, 4000)
    right = generator.random(4000) < probabilities(logits, 0.7, 0.5)
    slope, bias = calibration(logits, right)
    assert slope == pytest.approx(0.7, abs=0.05)
    assert bias == pytest.approx(0.5, abs=0.15)


@pytest.mark.parametrize("seed", RELATED_SEEDS)
def test_made_pairs_of_one_source_are_claimed(seed: int) -> None:
    found = trial_of_noises(seed)
    assert found is not None
    place, confidence = best_of(found.features)
    assert confidence >= CERTAIN
    assert found.is_right[place]


@pytest.mark.parametrize("seed", range(3))
def test_copies_by_any_fraction_of_a_sample_are_claimed(seed: int) -> None:
    strokes = np.random.default_rng(seed).standard_normal(600_000) * np.exp(-(np.arange(600_000) % 20_000) / 1500.0)
    found = trial_of_copies({"made": {"drum": strokes.astype(np.float32)}}, seed)
    assert found is not None
    place, confidence = best_of(found.features)
    assert confidence >= CERTAIN
    assert found.is_right[place]


@pytest.mark.parametrize("seed", UNRELATED_SEEDS)
def test_made_pairs_of_two_sources_are_not_claimed(seed: int) -> None:
    found = trial_of_noises(seed)
    assert found is not None
    assert found.truth is None
    assert best_of(found.features)[1] < CERTAIN


def test_pairs_of_the_songs_it_was_fitted_on_are_told_apart() -> None:
    files = sorted((DATA / "stems/sodium").glob("*.flac"))
    if not files:
        pytest.skip("no stems of the song sodium beside the project")
    import soundfile

    stems = {file.stem: soundfile.read(file, dtype="float32", always_2d=True)[0].mean(axis=1) for file in files[:5]}
    found = [each for seed in range(4) if (each := trial({"sodium": stems}, seed)) is not None]
    said = [(*best_of(each.features), each) for each in found]
    claims = [(place, each) for place, confidence, each in said if confidence >= CERTAIN]
    assert claims
    assert all(each.is_right[place] for place, each in claims)


@pytest.mark.slow
def test_the_shipped_model_is_what_a_new_fit_gives() -> None:
    cache = ROOT / "build/alignment_trials.pickle"
    if not cache.is_file():
        pytest.skip("nothing measured yet: scripts/fit_alignment --data FOLDER takes half an hour")
    command = [sys.executable, str(ROOT / "scripts/fit_alignment.py"), "--cache", str(cache), "--check"]
    subprocess.run(command, check=True, timeout=600, cwd=ROOT)

"""Fit how sure an alignment is, for `dawassist/analysis/alignment/model.toml`.

Pairs with known delay and polarity, and unrelated ones, from songs that no benchmark scores: the stems sodium and
rubidium (`--data`/stems, CC0), MIDI songs (`--data`/midi) played by FluidSynth with FluidR3 GM, drum one-shots
(Debian: fluidsynth, fluid-soundfont-gm, hydrogen-drumkits), the demo session, strokes of noise; and all of the songs
again without highs, as sub basses are, with a layer of the source in the bleed, and copied. What is measured of them
(half an hour on two cores) is kept in `--cache`, so that fitting again takes ten minutes. `--check` compares with the
committed model.
"""

import argparse
import pickle
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
from benchmarks.alignment import lower_bound

from dawassist.analysis.alignment.model import MODEL, read
from dawassist.demo import demo_session_path
from scripts.alignment_fitting.fitting import calibration, fitted, held_out, probabilities
from scripts.alignment_fitting.material import Stems, all_songs
from scripts.alignment_fitting.trials import (
    Trial,
    trial,
    trial_of_copies,
    trial_of_layers,
    trial_of_lows,
    trial_of_noises,
)

OUTPUT = Path(__file__).parent.parent / "dawassist/analysis/alignment" / MODEL
_SEEDS = (*range(900), *range(5000, 5900))
_NOISE_SEEDS = range(10000, 10100)
_LOW_SEEDS = range(20000, 20800)
_LAYER_SEEDS = (*range(40000, 40101), *range(40150, 40241))
_COPY_SEEDS = range(60000, 60150)
_CHUNK = 60
_THRESHOLDS = (0.9, 0.93, 0.94, 0.95, 0.96, 0.97, 0.98)
_SAME_WITHIN = 0.01  # of a probability
Make = Callable[[Mapping[str, Stems], int], Trial | None]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder of stems and midi")
    parser.add_argument("--cache", type=Path, default=Path("build/alignment_trials.pickle"), help="what is measured")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--check", action="store_true", help="compare with the committed model instead of writing it")
    arguments = parser.parse_args()
    trials = _trials(arguments.data, arguments.cache, arguments.processes)
    with ProcessPoolExecutor(arguments.processes, mp_context=get_context("fork")) as pool:
        logits, right = held_out(trials, pool)
        slope, bias = calibration(logits, right)
        _report(trials, probabilities(logits, slope, bias), right)
        text = fitted(trials, slope, bias, pool)
    if arguments.check:
        return 0 if _is_same(trials, text, OUTPUT.read_text(encoding="utf-8")) else 1
    OUTPUT.write_text(text, encoding="utf-8")
    return 0


def _trials(data: Path, cache: Path, processes: int) -> list[Trial]:
    if cache.is_file():
        found: list[Trial] = pickle.loads(cache.read_bytes())  # noqa: S301 (written by this script)
        return found
    songs = dict(all_songs(data, demo_session_path().parent / "media"))
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        found = [each for part in pool.map(partial(_measured, songs, trial), _parts(_SEEDS)) for each in part]
        found += [each for each in pool.map(trial_of_noises, _NOISE_SEEDS) if each is not None]
        for make, seeds in (
            (trial_of_lows, _LOW_SEEDS),
            (trial_of_layers, _LAYER_SEEDS),
            (trial_of_copies, _COPY_SEEDS),
        ):
            found += [each for part in pool.map(partial(_measured, songs, make), _parts(seeds)) for each in part]
    cache.parent.mkdir(parents=True, exist_ok=True)
    cache.write_bytes(pickle.dumps(found))
    return found


def _parts(seeds: Sequence[int]) -> list[Sequence[int]]:
    return [seeds[first : first + _CHUNK] for first in range(0, len(seeds), _CHUNK)]


def _measured(songs: Mapping[str, Stems], make: Make, seeds: Sequence[int]) -> list[Trial]:
    return [found for seed in seeds if (found := make(songs, seed)) is not None]


def _report(trials: Sequence[Trial], said: np.ndarray, right: np.ndarray) -> None:
    """What is claimed of songs that were left out, and how much of it is right: what `CERTAIN` is chosen by."""
    kinds = np.array([each.kind for each in trials])
    for kind in (*dict.fromkeys(kinds.tolist()), "all"):
        own = (kinds == kind) | (kind == "all")
        for threshold in _THRESHOLDS:
            claimed = own & (said >= threshold)
            count, wrong = int(claimed.sum()), int((claimed & ~right).sum())
            bound = lower_bound(count - wrong, count) if count else 1.0
            told = f"coverage {count / own.sum():.3f}, {wrong} of {count} wrong, right at least {bound:.3f}"
            print(f"{kind:14} at {threshold:.2f}: {told}")


def _is_same(trials: Sequence[Trial], one: str, other: str) -> bool:
    """Two models say, on average, the same of the best candidate of a trial: measuring again rounds differently."""
    new, old = read(one), read(other)
    said = [
        [model.calibrated(float(model.logits(each.features).max())) for model in (new, old)] for each in trials
    ]  # fmt: skip
    apart = float(np.mean(np.abs(np.diff(said, axis=1))))
    if apart > _SAME_WITHIN:
        print(f"{MODEL} differs from a new fit by {apart:.3f} on average; run it without --check.", file=sys.stderr)
    return apart <= _SAME_WITHIN


if __name__ == "__main__":
    sys.exit(main())

"""How far balances lie from those of engineers: MixologyDB's raw levels and faders, whole songs left out.

Ours comes from what `suggest` runs, on sessions with faders at 0 and pans centered whose tracks were "heard" at the
table's loudness, with the table's labels as the engineer's word on roles. `target` is the level it aims at, `proposed`
the balance after its moves (a raw session gets all its faders on one card), `12 largest` that after no more than its
twelve largest level moves. Every mix is judged with priors fitted without its song. Distance to engineers' faders is
not preference. About a minute.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from benchmarks.support.engineer_levels import (
    Distance,
    consensus_distance,
    distance,
    interval_by_song,
)
from benchmarks.support.level_baselines import equal_loudness, equal_with_lead, role_regression, unity
from benchmarks.support.our_balance import MOST_ALONE, OurBalance, our_balance
from benchmarks.support.table import Row
from fitting.engineer_priors import fit_engineer_priors
from fitting.levels import FEWEST_ENGINEERS
from fitting.mixologydb import SOURCE, LeveledMix, read_mixes
from fitting.pans import CENTERED, side_balance_db

DEFAULT_TABLE = Path(__file__).resolve().parents[2].parent / "shared/data/mixologydb/mixes.json"
MOST_CARDS = 12
_TRACK_SHARE, _GROUP_SHARE = 0.6, 0.85  # of the way from unity to the ceiling
_CENTERED_ROLES = ("lead_vocal", "kick", "bass", "snare")
_LARGEST = f"{MOST_ALONE} largest"
_LIMITS = {  # what ours is held against
    "target": ("<", "L1 role regression"),
    "proposed": ("≤", "unity"),
    _LARGEST: ("≤", "unity"),
}


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--train", type=Path, default=DEFAULT_TABLE, help="mixes.json that priors are fitted from")
    parser.add_argument("--test", type=Path, help="mixes.json whose mixes are judged; default: those of --train")


def run(options: argparse.Namespace) -> Iterator[Row]:
    training = _read(options.train)
    tested = training if options.test is None else _read(options.test)
    songs = sorted({mix.song for mix in tested})
    without = {song: [mix for mix in training if mix.song != song] for song in songs}
    regressions = {song: role_regression(mixes) for song, mixes in without.items()}
    priors = {song: fit_engineer_priors(mixes) for song, mixes in without.items()}
    balances = [our_balance(mix, priors[mix.song]) for mix in tested]
    distances = {
        "target": distance(tested, (balance.target_lufs for balance in balances)),
        "proposed": distance(tested, (balance.proposed_lufs for balance in balances)),
        _LARGEST: distance(tested, (balance.largest_lufs for balance in balances)),
        "unity": distance(tested, map(unity, tested)),
        "equal loudness": distance(tested, map(equal_loudness, tested)),
        "equal, lead +2 dB": distance(tested, map(equal_with_lead, tested)),
        "L1 role regression": distance(tested, (regressions[mix.song](mix) for mix in tested)),
    }
    yield from level_rows(distances, consensus_distance(tested))
    yield from move_rows(tested, balances)
    yield from pan_rows(tested, balances)


def level_rows(distances: Mapping[str, Distance], ceiling: Distance | None) -> Iterator[Row]:
    """Errors with their intervals, what they must reach, and how far ours is ahead of the others."""
    for level, share in (("track", _TRACK_SHARE), ("group", _GROUP_SHARE)):
        errors = {name: _errors(found, level) for name, found in distances.items()}
        means = {name: float(np.mean(values)) for name, values in errors.items()}
        for name, values in errors.items():
            yield _error_row(level, name, means, values, distances[name].songs)
        if ceiling is not None:
            best = _errors(ceiling, level)
            means["ceiling"] = float(np.mean(best))
            yield _error_row(level, "ceiling", means, best, ceiling.songs)
            yield from _way_rows(level, means, share)
        yield from _ahead_rows(level, errors, distances["target"].songs)


def _error_row(level: str, name: str, means: Mapping[str, float], values: np.ndarray, songs: Sequence[str]) -> Row:
    low, high = interval_by_song(songs, values)
    case, metric = f"{level} distance, {len(values)} mixes", f"{name} [{low:.2f}, {high:.2f}]"
    if name not in _LIMITS:
        return Row(case=case, metric=metric, unit="dB", ours=means[name])
    sign, limit = _LIMITS[name]
    ok = means[name] < means[limit] or (sign == "≤" and means[name] == means[limit])
    baselines, bar = {limit: means[limit]}, f"{sign} {limit}"
    return Row(case=case, metric=metric, unit="dB", ours=means[name], baselines=baselines, bar=bar, ok=ok)


def _way_rows(level: str, means: Mapping[str, float], share: float) -> Iterator[Row]:
    for name in _LIMITS:
        closed = (means["unity"] - means[name]) / (means["unity"] - means["ceiling"])
        bar = f"≥ {share:.0%}" if name == "target" else ""
        case = f"{level}, of the way from unity to the ceiling"
        yield Row(case=case, metric=name, unit="%", ours=100.0 * closed, bar=bar, ok=not bar or closed >= share)


def _ahead_rows(level: str, errors: Mapping[str, np.ndarray], songs: Sequence[str]) -> Iterator[Row]:
    for name in ("L1 role regression", "unity", "equal loudness"):
        ahead = errors[name] - errors["target"]
        low, high = interval_by_song(songs, ahead)
        case = f"{level}, target nearer than"
        yield Row(case=case, metric=f"{name} [{low:.2f}, {high:.2f}]", unit="dB", ours=float(np.mean(ahead)))


def move_rows(mixes: Sequence[LeveledMix], balances: Sequence[OurBalance]) -> Iterator[Row]:
    """How much is proposed, and the share of the moves that brings a track nearer to the engineer."""
    cards = max(balance.cards for balance in balances)
    bar = f"≤ {MOST_CARDS}"
    yield Row(case="proposed", metric="most cards shown first", unit="", ours=cards, bar=bar, ok=cards <= MOST_CARDS)
    levels = [int(balance.is_moved.sum()) for balance in balances]
    yield Row(case="proposed", metric="level moves on the card, mean", unit="", ours=float(np.mean(levels)))
    controls = max(balance.controls for balance in balances)
    yield Row(
        case="proposed, with pans and what keeps them loud", metric="most controls in a plan", unit="", ours=controls
    )
    pairs = list(zip(mixes, balances, strict=True))
    equal, targets = (
        100.0 * float(np.concatenate([_nearer(mix, levels) for mix, levels in each]).mean())
        for each in (
            [(mix, equal_loudness(mix)) for mix in mixes],
            [(mix, balance.target_lufs) for mix, balance in pairs],
        )
    )
    baselines = {"equal loudness": equal, "target, every track": targets}
    whole = [_nearer(mix, balance.proposed_lufs)[balance.is_moved] for mix, balance in pairs]
    largest = [_nearer(mix, balance.largest_lufs)[balance.is_largest] for mix, balance in pairs]
    for case, each in (("proposed", whole), (_LARGEST, largest)):
        found = np.concatenate(each)
        precision = 100.0 * float(found.mean()) if len(found) else 0.0
        yield Row(case=f"{case}, {len(found)} level moves", metric="move precision", unit="%", ours=precision,
                  baselines=baselines)  # fmt: skip


def pan_rows(mixes: Sequence[LeveledMix], balances: Sequence[OurBalance]) -> Iterator[Row]:
    """Mono tracks in the center, against engineers; and left against right of whole mixes."""
    pairs = list(zip(mixes, balances, strict=True))
    for role in _CENTERED_ROLES:
        chosen = [
            (track.pan, pan)
            for mix, balance in pairs
            for track, pan in zip(mix.tracks, balance.pans, strict=True)
            if track.role == role and track.pan is not None
        ]
        if chosen:
            human, ours = (100.0 * float(np.mean(np.abs(pans) <= CENTERED)) for pans in zip(*chosen, strict=True))
            yield Row(
                case="pans, centered", metric=role, unit="%", ours=ours, baselines={"engineers": human},
                bar="≥ engineers", ok=ours >= human,
            )  # fmt: skip
    human_db = [abs(side_balance_db(mix.level_lufs, [track.pans for track in mix.tracks])) for mix in mixes]
    ours_db = [abs(side_balance_db(balance.proposed_lufs, _channels(mix, balance))) for mix, balance in pairs]
    limit, worst = float(np.percentile(human_db, 90)), float(np.percentile(ours_db, 90))
    yield Row(
        case="pans, left against right", metric="90th percentile of mixes", unit="dB", ours=worst,
        baselines={"engineers": limit}, bar="≤ engineers", ok=worst <= limit,
    )  # fmt: skip
    yield side_row(mixes, balances)


def side_row(mixes: Sequence[LeveledMix], balances: Sequence[OurBalance]) -> Row:
    """How far |pan| of mono tracks lies from the engineer's: ours, all in the center, the median of the others."""
    by_file: dict[tuple[str, str], list[float]] = defaultdict(list)
    for mix in mixes:
        for track in mix.tracks:
            if track.pan is not None:
                by_file[mix.song, track.file].append(abs(track.pan))
    found = []
    for mix, balance in zip(mixes, balances, strict=True):
        for track, pan in zip(mix.tracks, balance.pans, strict=True):
            others = by_file[mix.song, track.file].copy()
            if track.pan is not None and len(others) >= FEWEST_ENGINEERS:
                engineer = abs(track.pan)
                others.remove(engineer)
                found.append((abs(abs(pan) - engineer), engineer, abs(float(np.median(others)) - engineer)))
    ours, centered, consensus = 100.0 * np.mean(found, axis=0) if found else (0.0, 0.0, 0.0)
    baselines = {"all in the center": float(centered), "median of the other engineers": float(consensus)}
    case = f"pans, distance of |pan|, {len(found)} mono tracks"
    return Row(case=case, metric="proposed", unit="%", ours=float(ours), baselines=baselines)


def _channels(mix: LeveledMix, balance: OurBalance) -> list[tuple[float, ...]]:
    pairs = zip(mix.tracks, balance.pans, strict=True)
    return [(float(pan),) if track.is_mono else (-1.0, 1.0) for track, pan in pairs]


def _nearer(mix: LeveledMix, levels: np.ndarray) -> np.ndarray:
    """Which tracks lie nearer to the engineer than at unity, each relative to the mix's median, (tracks,)."""
    before, after = (mix.level_lufs - each for each in (mix.raw_lufs, levels))
    return np.asarray(np.abs(after - np.median(after)) < np.abs(before - np.median(before)))


def _errors(found: Distance, level: str) -> np.ndarray:
    return found.track_db if level == "track" else found.group_db


def _read(path: Path) -> list[LeveledMix]:
    if not path.is_file():
        raise SystemExit(f"{path} is absent. The table is public: {SOURCE}; give its mixes.json with --train.")
    return [mix.leveled for mix in read_mixes(path)]

"""Which role a track plays: by names that no rule was written for, by sound alone, by both, and with wrong names.

Names: a list in ten languages by someone who had seen neither the lexicon nor our lists (the bar is on all of it: 35
names tell little about one language), our own second list, and those of MixologyDB (`--names FOLDER`), for calibration:
the lexicon was written with sight of them. Its songs are left out of the baseline, character n-gram naive Bayes.
Sounds: stems named by their maker (`--stems FOLDER`), each song judged by a model fitted without it. A question
to the engineer (confidence below 0.6) counts as a wrong answer in "accuracy" and is listed.
"""

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from benchmarks.support.role_names import LabelledName, NameList, mixology_names, written_names
from benchmarks.support.table import Row
from fit_role_sounds import read_table

from dawassist.plan.lexicon import lexicon
from dawassist.plan.name_letters import LetterModel, fit_letters
from dawassist.plan.names import name_parts
from dawassist.plan.role_by_name import role_by_name
from dawassist.plan.role_by_sound import SoundModel
from dawassist.plan.roles import FIRM, combined
from scripts.role_sounds.fitting import fit
from scripts.role_sounds.material import stems
from scripts.role_sounds.measuring import Measured, measured

Answer = tuple[str, float]
Scored = tuple[Answer, tuple[str, ...]]
_BAR = 0.9
_BINS = 10
_WRONG_SEED = 7


def add_options(parser: argparse.ArgumentParser) -> None:
    data = Path("../shared/data")
    parser.add_argument("--names", type=Path, default=data / "mixologydb", help="the folder of MixologyDB's mixes.json")
    parser.add_argument("--stems", type=Path, default=data / "stems", help="a folder of songs with stems")
    parser.add_argument("--list", action="store_true", help="print every name that is not answered rightly")


def run(options: argparse.Namespace) -> Iterator[Row]:
    yield from _languages("independent", options.list)
    yield from _own_list()
    if (options.names / "mixes.json").is_file():
        yield from _mixology(mixology_names(options.names / "mixes.json"), options.list)
    if options.stems.is_dir():
        yield from _sounds(options.stems)


def _own_list() -> Iterator[Row]:
    """Written before the lexicon was extended, by the one who extended it."""
    names = list(written_names("held_out"))
    scored = [(_by_name(name.name), name.roles) for name in names]
    yield _row(f"names, our second list ({len(names)})", scored, {}, bar=True)


def _languages(which: NameList, is_listed: bool) -> Iterator[Row]:
    names = list(written_names(which))
    answers = [_by_name(name.name) for name in names]
    naive = fit_letters((phrase, role) for phrase, role, _ in lexicon())
    by_language = defaultdict(list)
    for place, name in enumerate(names):
        by_language[name.group].append(place)
    for language, places in by_language.items():
        scored = [(answers[place], names[place].roles) for place in places]
        naively = [(_naively(naive, names[place].name), names[place].roles) for place in places]
        yield _row(f"names, {language} ({len(places)})", scored, {"n-grams of the lexicon alone": naively}, bar=False)
    scored = list(zip(answers, (name.roles for name in names), strict=True))
    yield _row(f"names, all languages ({len(names)})", scored, {}, bar=True)
    phrases = {phrase for phrase, _, _ in lexicon()}
    new = [place for place, name in enumerate(names) if name_parts(name.name).words not in phrases]
    yield _row(f"names that are no entry of ours ({len(new)})", [scored[place] for place in new], {}, bar=False)
    yield from _details("names, all languages", scored)
    _list(names, answers, is_listed)


def _mixology(names: Sequence[LabelledName], is_listed: bool) -> Iterator[Row]:
    answers = [_by_name(name.name) for name in names]
    naively = [_naively(_without(names, name.group), name.name) for name in names]
    scored = list(zip(answers, (name.roles for name in names), strict=True))
    baseline = list(zip(naively, (name.roles for name in names), strict=True))
    yield _row(f"names, MixologyDB ({len(names)})", scored, {"n-grams, leaving the song out": baseline}, bar=False)
    types = [((_type(role), sure), tuple(map(_type, roles))) for (role, sure), roles in scored]
    naive_types = [((_type(role), sure), tuple(map(_type, roles))) for (role, sure), roles in baseline]
    yield _row(
        "… by type (drums, guitars, keys, voices)", types, {"n-grams, leaving the song out": naive_types}, bar=False
    )
    yield from _details("names, MixologyDB", scored)
    _list(names, answers, is_listed)


_MODELS: dict[str, LetterModel] = {}


def _without(names: Sequence[LabelledName], song: str) -> LetterModel:
    """Naive Bayes on the names of all other songs."""
    if song not in _MODELS:
        rest = [(name_parts(name.name).words, name.roles[0]) for name in names if name.group != song]
        _MODELS[song] = fit_letters(rest)
    return _MODELS[song]


def _sounds(folder: Path) -> Iterator[Row]:
    table = read_table()
    played = list(measured(stems(folder), takes=1))
    models = {song: fit([row for row in table if row.group != song]) for song in {row.group for row in played}}
    generator = np.random.default_rng(_WRONG_SEED)
    shown = sorted({row.role for row in played})
    wrong = [str(generator.choice([role for role in shown if role != row.role])) for row in played]

    def answers(named: Callable[[Measured, str], str]) -> list[Scored]:
        return [
            (_by_both(named(row, lie), row, models[row.group]), (row.role,))
            for row, lie in zip(played, wrong, strict=True)
        ]

    alone = answers(lambda _row, _lie: "")
    both = answers(lambda row, _lie: row.name.rsplit(" / ")[0])
    misled = answers(lambda _row, lie: lie.replace("_", " "))
    name_only = [(_by_name(row.name.rsplit(" / ")[0]), (row.role,)) for row in played]
    yield _row(f"sound alone ({len(played)} stems)", alone, {}, bar=False)
    yield from _details("sound alone", alone)
    yield _row("name and sound", both, {"name alone": name_only}, bar=True)
    before = [_by_name(lie.replace("_", " "))[1] for lie in wrong]
    kept = [sure if role == lie else 0.0 for ((role, sure), _), lie in zip(misled, wrong, strict=True)]
    yield Row(
        case="wrong names", metric="confidence in the wrong role", unit="", ours=float(np.mean(kept)),
        baselines={"by the name alone": float(np.mean(before))}, bar="lower than by name",
        ok=bool(np.mean(kept) < np.mean(before)),
    )  # fmt: skip
    believed = float(np.mean([sure >= FIRM for sure in kept]))
    yield Row(case="wrong names", metric="believed (≥ 0.6)", unit="", ours=believed)
    right = [(by_both[0][1] - by_name[0][1]) for by_both, by_name in zip(both, name_only, strict=True)]
    yield Row(case="right names", metric="confidence gained by sound", unit="", ours=float(np.mean(right)))


def _by_name(name: str) -> Answer:
    found = role_by_name(name)
    return found.role, found.confidence


def _by_both(name: str, row: Measured, model: SoundModel) -> Answer:
    by_sound = model.posterior(row.features, row.voice_share)
    found = combined(role_by_name(name).posterior, by_sound)
    best = max(found, key=lambda role: found[role])
    return best, found[best]


def _naively(model: LetterModel, name: str) -> Answer:
    found = model.posterior(name_parts(name).words, temper=1.0)
    best = max(found, key=lambda role: found[role]) if found else ""
    return best, found.get(best, 0.0)


def _type(role: str) -> str:
    groups = {
        "drums": ("kick", "snare", "tom", "hat", "overhead", "room", "percussion", "drums"),
        "guitars": ("electric_guitar", "acoustic_guitar"),
        "keys": ("keys", "synth"),
        "voices": ("lead_vocal", "backing_vocal"),
    }
    return next((group for group, members in groups.items() if role in members), role)


def _row(case: str, scored: Sequence[Scored], baselines: dict[str, list[Scored]], *, bar: bool) -> Row:
    rate = _rate(scored)
    text = f"≥ {_BAR:.0%}" if bar else ""
    others = {name: 100 * _rate(found) for name, found in baselines.items()}
    return Row(
        case=case, metric="accuracy", unit="%", ours=100 * rate, baselines=others, bar=text, ok=not bar or rate >= _BAR
    )


def _rate(scored: Sequence[Scored]) -> float:
    return float(np.mean([role in roles for (role, _), roles in scored]))


def _details(case: str, scored: Sequence[Scored]) -> Iterator[Row]:
    """What is said without a question, how often that is right, and how far confidence and accuracy are apart."""
    sure = np.array([confidence for (_, confidence), _ in scored])
    right = np.array([role in roles for (role, _), roles in scored])
    said = sure >= FIRM
    yield Row(case=case, metric="said without asking (≥ 0.6)", unit="%", ours=100 * float(said.mean()))
    if said.any():
        yield Row(case=case, metric="… and right", unit="%", ours=100 * float(right[said].mean()))
    places = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    error = 0.0
    for place in np.unique(places):
        inside = places == place
        error += abs(float(right[inside].sum()) - float(sure[inside].sum())) / len(sure)
        yield Row(
            case=case, metric=f"right at {place / _BINS:.1f}–{(place + 1) / _BINS:.1f} (n = {inside.sum()})", unit="",
            ours=float(right[inside].mean()), baselines={"mean confidence": float(sure[inside].mean())},
        )  # fmt: skip
    yield Row(case=case, metric="expected calibration error", unit="", ours=error)


def _list(names: Sequence[LabelledName], answers: Sequence[Answer], is_listed: bool) -> None:
    for name, (role, sure) in zip(names, answers, strict=True):
        if is_listed and role not in name.roles:
            print(f"{name.group}: {name.name!r} is {name.roles[0]}, said {role} ({sure:.2f})")

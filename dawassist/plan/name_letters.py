"""What the letters of a name resemble, where none of its words is known: naive Bayes over character n-grams.

It learns from the lexicon itself, so compounds (“Westerngit”), plurals (“Trompettes”) and misspellings fall to the role
whose words they resemble. n = 2–4 as in leave-song-out trials on the names of MixologyDB.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from dawassist.plan.lexicon import lexicon
from dawassist.plan.name_marks import marks
from dawassist.plan.names import name_parts

SILENT = "unknown"
_SIZES = (2, 3, 4)
_SMOOTHING = 0.1
_TEMPER = 0.2  # n-grams of one word are not independent: fitted by leaving each phrase of the lexicon out
_FEWEST_KNOWN = 2  # n-grams
_SHORTEST = 3


@dataclass(frozen=True, slots=True, eq=False)
class LetterModel:
    """How many names of each role hold each n-gram."""

    counts: Mapping[str, Mapping[str, int]]
    names: Mapping[str, int]

    def coverage(self, words: Iterable[str]) -> float:
        """The share of the n-grams that some name holds, 0..1: how familiar the words are."""
        grams = set(n_grams(words))
        return sum(gram in self.counts for gram in grams) / len(grams) if grams else 0.0

    def posterior(self, words: Iterable[str], *, temper: float = _TEMPER) -> dict[str, float]:
        """Probability by role, 1 in all; empty where hardly an n-gram is known."""
        known = [self.counts[gram] for gram in sorted(set(n_grams(words))) if gram in self.counts]
        if len(known) < _FEWEST_KNOWN:
            return {}
        scores = {
            role: temper * sum(math.log((found.get(role, 0) + _SMOOTHING) / (size + 2 * _SMOOTHING)) for found in known)
            for role, size in self.names.items()
        }
        best = max(scores.values())
        shares = {role: math.exp(score - best) for role, score in scores.items()}
        total = sum(shares.values())
        return {role: share / total for role, share in shares.items()}


def fit_letters(names: Iterable[tuple[Iterable[str], str]]) -> LetterModel:
    """Of (words, role)."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    sizes: Counter[str] = Counter()
    for words, role in names:
        sizes[role] += 1
        for gram in set(n_grams(words)):
            counts[gram][role] += 1
    return LetterModel(counts, sizes)


def n_grams(words: Iterable[str]) -> list[str]:
    """Of every word with its edges marked, and the word as a whole."""
    found: list[str] = []
    for word in words:
        marked = f"^{word}$"
        found += [marked[place : place + size] for size in _SIZES for place in range(len(marked) - size + 1)]
        found.append(f"={word}")
    return found


@cache
def letter_model() -> LetterModel:
    """Fitted on every word of the lexicon, and on words that tell no role."""
    return fit_letters(labelled_words())


def labelled_words() -> list[tuple[tuple[str, ...], str]]:
    """(word, role) of every word that belongs to a role; words shared by roles count for each."""
    phrases = {(word, role) for phrase, role, _ in lexicon() for word in telling(phrase)}
    silent = {(word, SILENT) for name in marks()["silent"] for word in name_parts(name).words}
    return [((word,), role) for word, role in sorted(phrases | silent)]


def telling(words: Iterable[str]) -> list[str]:
    """Words long enough to resemble another that are neither a mark nor known to tell nothing."""
    ignored = frozenset[str]().union(*marks().values())
    return [word for word in words if word not in ignored and (len(word) >= _SHORTEST or not word.isascii())]

"""The words that a card must not contain, and the number or place that every headline must have."""

import re

from dawassist.plan.model import Recommendation

LONGEST_HEADLINE = 90
FORBIDDEN = ("should", "too loud", "muddy", "optimal", "professional", "AI", "improve", "fix your mix")
_FORBIDDEN = re.compile(
    "|".join(rf"\b{word}\b" if word.isupper() else rf"\b(?i:{word})(ly|s|d)?\b" for word in FORBIDDEN)
)
_NUMBER_OR_PLACE = re.compile(r"\d|\b(left|right|center|intro|verse|chorus|bridge|bar|region)\b")


def wording_faults(recommendation: Recommendation) -> list[str]:
    """What a mixing engineer would object to in the text of a card; empty when it is sound.

    The names of tracks are the engineer's own words: neither their digits nor their words count.
    """
    rationale = recommendation.rationale
    headline = _without_name(rationale.headline, recommendation.track_name)
    faults = []
    if len(rationale.headline) > LONGEST_HEADLINE:
        faults.append(f"headline of {len(rationale.headline)} characters: {rationale.headline}")
    if not _NUMBER_OR_PLACE.search(headline):
        faults.append(f"no number or place in: {rationale.headline}")
    texts = [headline, *(evidence.text for evidence in rationale.evidence), *rationale.sources]
    return faults + sentence_faults(*texts, names=(recommendation.track_name,))


def sentence_faults(*sentences: str, names: tuple[str, ...] = ()) -> list[str]:
    """The forbidden words in some sentences of ours, apart from track `names`."""
    faults = []
    for text in sentences:
        ours = text
        for name in names:
            ours = _without_name(ours, name)
        found = _FORBIDDEN.search(ours)
        if found:
            faults.append(f"“{found.group()}” in: {text}")
    return faults


def _without_name(text: str, name: str) -> str:
    return text.replace(name, "") if name else text

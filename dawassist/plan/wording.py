"""The words that a card must not contain, and the number or place that every headline must have."""

import re

from dawassist.plan.model import Recommendation

LONGEST_HEADLINE = 90
FORBIDDEN = ("should", "too loud", "muddy", "optimal", "professional", "AI", "improve", "fix your mix")
_FORBIDDEN = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in FORBIDDEN))
_NUMBER = re.compile(r"\d")


def wording_faults(recommendation: Recommendation) -> list[str]:
    """What a mixing engineer would object to in the text of a card; empty when it is sound."""
    rationale = recommendation.rationale
    faults = []
    if len(rationale.headline) > LONGEST_HEADLINE:
        faults.append(f"headline of {len(rationale.headline)} characters: {rationale.headline}")
    if not _NUMBER.search(rationale.headline):
        faults.append(f"no number in: {rationale.headline}")
    for text in (rationale.headline, *(evidence.text for evidence in rationale.evidence)):
        found = _FORBIDDEN.search(text)
        if found:
            faults.append(f"“{found.group()}” in: {text}")
    return faults

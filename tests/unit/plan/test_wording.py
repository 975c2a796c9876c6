"""The lint of cards: what it refuses, what it lets pass."""

from dataclasses import replace

import pytest

from dawassist.plan.model import Recommendation
from dawassist.plan.wording import FORBIDDEN, sentence_faults, wording_faults
from dawassist.session.findings import Evidence
from tests.plans import make_fader


def card(headline: str, evidence: str = "It lies 4.0 dB under.", name: str = "Kick") -> Recommendation:
    made = make_fader(1, name, -6.0, -3.0)
    lines = (Evidence(text=evidence, value=4.0, unit="dB"),)
    return replace(made, rationale=replace(made.rationale, headline=headline, evidence=lines))


@pytest.mark.parametrize(
    "headline",
    ["Kick lies 4.2 dB under the rest", "The low end is missing on the left", "The lead sinks in the chorus"],
)
def test_a_number_or_a_place_is_enough(headline: str) -> None:
    assert wording_faults(card(headline)) == []


@pytest.mark.parametrize(
    "headline",
    ["Vocal is too quiet", "Optimize muddy frequencies at 300 Hz", "AI detected phase issues (87 %)",
     "Set to −18 dBFS for a Professional sound", "This improves 3 tracks", "You should cut 2 dB",
     "Kick is TOO LOUD: 3 dB", "x" * 89 + " 1"],
)  # fmt: skip
def test_what_engineers_hate_is_a_fault(headline: str) -> None:
    assert wording_faults(card(headline))


@pytest.mark.parametrize("word", FORBIDDEN)
def test_forbidden_words_are_found_in_the_evidence_too(word: str) -> None:
    assert wording_faults(card("Kick lies 4 dB under", f"It has {word} in it."))
    assert sentence_faults(f"Nothing {word} here.")


def test_the_engineers_own_names_are_not_ours() -> None:
    assert wording_faults(card("AI Pad: 3.0 LU over", name="AI Pad")) == []
    assert wording_faults(card("Kick 2: quiet", name="Kick 2")) != []


@pytest.mark.parametrize("text", ["the aisle", "The main mix", "a shoulder at 3 kHz", "said once"])
def test_words_that_only_hold_a_forbidden_one_pass(text: str) -> None:
    assert sentence_faults(text) == []

"""Names that no word of the lexicon tells: what their letters resemble."""

import pytest

from dawassist.plan.name_letters import SILENT, fit_letters, letter_model
from dawassist.plan.role_by_name import role_by_name


@pytest.mark.parametrize(
    ("name", "role"),
    [("Gitarrenspur", "electric_guitar"), ("Trompetenchor", "brass"), ("Schlagzeugspur", "drums")],
)  # fmt: skip
def test_compounds_and_misspellings_fall_to_the_word_they_resemble(name: str, role: str) -> None:
    guess = role_by_name(name)
    assert guess.role == role
    assert "letters" in guess.evidence[0]


def test_the_posterior_is_one_in_all_and_empty_for_strange_letters() -> None:
    assert sum(letter_model().posterior(["gitarrista"]).values()) == pytest.approx(1.0)
    assert letter_model().posterior(["ΩΨΦ"]) == {}


def test_more_evidence_makes_surer() -> None:
    model = fit_letters([(["snare"], "snare"), (["kick"], "kick"), (["take"], SILENT)])
    short, whole = model.posterior(["sna"])["snare"], model.posterior(["snare"])["snare"]
    assert whole > short > model.posterior(["sna"])["kick"]


def test_words_without_a_role_are_known_as_such() -> None:
    assert role_by_name("Untitled Recording").role == SILENT
    assert role_by_name("Untitled Recording").confidence == 0.0


def test_letters_alone_never_set_a_track_aside() -> None:
    guess = role_by_name("Unicode")  # like “timecode”
    assert guess.posterior["click"] <= 0.5
    assert sum(guess.posterior.values()) == pytest.approx(1.0)


def test_unfamiliar_letters_are_trusted_less() -> None:
    assert letter_model().coverage(["piano"]) == 1.0
    assert letter_model().coverage(["piecemeal"]) < 0.8
    assert role_by_name("Piecemeal").confidence < 0.6

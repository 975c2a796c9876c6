"""Bleed that was planted is found, what merely plays together is not, and what comes along is as a re-render has it."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest

from dawassist.analysis.alignment.session import find_pairs
from dawassist.analysis.bleed import with_bleed
from dawassist.analysis.model import Analysis
from dawassist.analysis.session import analyze_session
from dawassist.errors import Cancelled
from dawassist.intents import LevelIntent
from dawassist.plan.brief import Brief
from dawassist.plan.bycatch import bycatches
from dawassist.plan.draft import Draft, Proposal
from dawassist.plan.mix_state import MixState
from dawassist.plan.model import Plan, Rationale
from dawassist.plan.wording import wording_faults
from dawassist.realize.plan import realize
from dawassist.session.model import Session
from tests.golden.projects import RATE, write_wave
from tests.sessions import make_item, make_session, make_track

SECONDS = 24.0
BLEED_DB = -10.0
DELAY_SECONDS = 0.006
PHRASES = ((1.0, 5.0), (8.0, 13.0), (16.0, 21.0))
Part = np.ndarray


@cache
def voice() -> Part:
    """Syllables in phrases, nothing between them."""
    at = np.arange(round(SECONDS * RATE)) / RATE
    tone = sum(np.sin(2 * np.pi * k * 210.0 * at + k) / k for k in range(1, 12))
    sung = sum(((at >= start) & (at < end)).astype(float) for start, end in PHRASES)
    return 0.25 * tone * sung * (0.4 + 0.6 * np.sin(2 * np.pi * 1.7 * at) ** 2)


@cache
def cymbals(seed: int = 1) -> Part:
    """Hits of noise that ring, never twice as loud."""
    chance = np.random.default_rng(seed)
    line = np.zeros(round(SECONDS * RATE))
    for start in np.arange(0.2, SECONDS - 1.0, 0.55) + chance.uniform(0.0, 0.2, 42):
        length = round(0.9 * RATE)
        hit = chance.standard_normal(length) * np.exp(-np.arange(length) / (0.18 * RATE)) * chance.uniform(0.1, 1.0)
        line[round(start * RATE) : round(start * RATE) + length] += 0.2 * hit
    return line


@cache
def steady(seed: int) -> Part:
    chance = np.random.default_rng(seed)
    return 0.03 * chance.standard_normal(round(SECONDS * RATE))


def bleed() -> Part:
    return 10.0 ** (BLEED_DB / 20.0) * np.roll(cymbals(), round(DELAY_SECONDS * RATE))


def heard(folder: Path, **parts: Part) -> tuple[Session, Analysis]:
    tracks = []
    for number, (name, part) in enumerate(parts.items(), start=1):
        write_wave(folder, f"{name}.wav", part)
        item = make_item(f"{name}.wav", length_seconds=SECONDS)
        tracks.append(make_track(number=number, name=name.replace("_", " "), items=[item], fader_db=-1.0))
    session = make_session(tracks, folder=folder)
    analysis = analyze_session(session, 0.0, SECONDS, voice_guids=())
    return session, with_bleed(replace(analysis, pairs=find_pairs(session, analysis)))


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> tuple[Session, Analysis]:
    folder = tmp_path_factory.mktemp("live")
    return heard(folder, Lead_Vox=voice() + bleed(), Overheads=cymbals(), Organ=steady(4))


def test_planted_bleed_is_found_at_its_level(live: tuple[Session, Analysis]) -> None:
    session, analysis = live
    (found,) = analysis.bleed
    assert (found.track_guid, found.source_guid) == (session.tracks[0].guid, session.tracks[1].guid)
    assert found.level_db == pytest.approx(BLEED_DB, abs=1.0)


def test_tracks_that_have_nothing_but_bleed_in_common_are_no_pair(live: tuple[Session, Analysis]) -> None:
    session, analysis = live
    (pair,) = find_pairs(session, analysis)
    assert pair.verdict == "common"
    assert pair.delay_seconds == pytest.approx(-DELAY_SECONDS, abs=1e-4)
    assert analysis.pairs == ()


def test_activity_is_where_the_own_source_dominates(live: tuple[Session, Analysis]) -> None:
    segments = live[1].tracks[0].activity.segments
    sung = sum(min(b, d) - max(a, c) for a, b in segments for c, d in PHRASES if min(b, d) > max(a, c))
    outside = sum(b - a for a, b in segments) - sung
    assert sung > 0.85 * sum(end - start for start, end in PHRASES)
    assert outside < 0.15 * sum(end - start for start, end in PHRASES)
    assert live[1].tracks[1].activity.share > 0.9  # the cymbals play on


@pytest.mark.parametrize("move_db", [-20.0, 4.0, 9.0])
def test_what_comes_along_is_as_an_independent_render_has_it(live: tuple[Session, Analysis], move_db: float) -> None:
    session, analysis = live
    assert analysis.covariance is not None
    guid = session.tracks[0].guid
    segments = {guid: analysis.tracks[0].activity.segments}
    (found,) = bycatches(MixState(session, analysis.covariance), analysis.bleed, {guid: move_db}, segments)
    meter = pyloudnorm.Meter(RATE)
    fader = 10.0 ** (-1.0 / 20.0)

    def cymbals_lufs(voice_db: float) -> float:
        """Only the cymbals, as both microphones hear them, while the voice sings."""
        mix = fader * (cymbals() + 10.0 ** (voice_db / 20.0) * bleed())
        sung = np.concatenate([mix[round(a * RATE) : round(b * RATE)] for a, b in segments[guid]])
        return float(meter.integrated_loudness(np.stack([sung, sung], axis=1)))

    assert found.change_db == pytest.approx(cymbals_lufs(move_db) - cymbals_lufs(0.0), abs=0.3)


def test_a_level_card_says_what_comes_along(live: tuple[Session, Analysis]) -> None:
    plan = plan_of(*live, gain_db=6.0)
    (card,) = plan.recommendations
    assert wording_faults(card) == []
    (line,) = [each for each in card.rationale.evidence if "Also raises Overheads by" in each.text]
    assert f"by {line.value:.1f} dB while Lead Vox sounds" in line.text
    (told,) = [each for each in card.predicted if each.metric == "Overheads while Lead Vox sounds"]
    assert told.after == pytest.approx(line.value, abs=0.01)


def test_nothing_is_said_where_nothing_worth_a_word_comes_along(live: tuple[Session, Analysis]) -> None:
    assert not any("Also" in line.text for line in plan_of(*live, gain_db=0.5).recommendations[0].rationale.evidence)


def test_tracks_that_only_play_together_do_not_bleed(tmp_path: Path) -> None:
    chance = np.random.default_rng(7)
    noisy = voice() + 1e-3 * chance.standard_normal(round(SECONDS * RATE))
    _, analysis = heard(tmp_path, Lead_Vox=noisy, Overheads=cymbals(), Shaker=0.3 * cymbals(2), Organ=steady(4))
    assert analysis.bleed == ()
    assert analysis == replace(analysis, tracks=with_bleed(analysis).tracks)
    with pytest.raises(Cancelled):
        with_bleed(analysis, is_cancelled=lambda: True)
    with pytest.raises(Cancelled):
        with_bleed(analysis, is_cancelled=lambda: True)


def plan_of(session: Session, analysis: Analysis, *, gain_db: float) -> Plan:
    proposal = Proposal(
        intents=(LevelIntent(track_guid=session.tracks[0].guid, gain_db=gain_db),), reason_class="hidden_lead",
        basis="corrective", confidence=0.9,
        rationale=Rationale(headline="Lead Vox: 9 dB under", evidence=(), sources=()),
    )  # fmt: skip
    draft = Draft(
        session_state="in_progress", session_state_reason="", roles=(), proposals=(proposal,), left_out=(), checked=""
    )
    return realize(session, analysis, Brief(), draft, strategy="studio")

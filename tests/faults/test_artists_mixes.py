"""Artists' own mixes, as the sum of their stems: nothing in them is a technical fault."""

from pathlib import Path

import pytest

from dawassist.analysis.session import analyze_session
from dawassist.plan.brief import Brief
from dawassist.session.findings import TECHNICAL
from dawassist.strategies.studio import Studio
from dawassist.strategies.technical import technical_pass
from tests.sessions import make_item, make_session, make_take, make_track

STEMS = Path(__file__).parents[2].parent / "shared/data/stems"
SECONDS = 60.0


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(not STEMS.is_dir(), reason="The stems of the CC0 songs are not on this machine")
@pytest.mark.parametrize("song", ["lithium", "sodium", "potassium", "rubidium"])
def test_the_unity_sum_of_an_artists_stems_raises_no_technical_alarm_and_gets_no_taste(song: str) -> None:
    files = sorted((STEMS / song).glob("*.flac"))
    tracks = [
        make_track(
            number=number, name=file.stem, items=[make_item(take=make_take(str(file)), length_seconds=SECONDS)]
        )
        for number, file in enumerate(files, 1)
    ]  # fmt: skip
    session = make_session(tracks)
    analysis = analyze_session(session, 0.0, SECONDS, voice_guids=())
    assert Studio().suggest(session, analysis, Brief()).proposals == ()
    found = technical_pass(session, analysis, Brief())
    assert [finding.sentence for finding in found.findings if finding.kind in TECHNICAL] == []
    assert found.proposals == ()

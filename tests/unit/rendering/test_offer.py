"""What is offered to be rendered, in which words, and how its time is guessed."""

from dataclasses import replace

import pytest

from dawassist.analysis.model import Analysis
from dawassist.plan.wording import sentence_faults
from dawassist.rendering.offer import DEFAULT_SPEED_RATIO, RenderOffer, about, render_offer
from dawassist.session.graph import build_graph
from dawassist.session.model import Session
from tests.analyses import Sound, make_analysis
from tests.sessions import make_guid, make_item, make_session, make_track


def made(**places: str) -> tuple[Session, Analysis]:
    tracks = [make_track(guid=make_guid(n), name=name, items=[make_item("a.wav")]) for n, name in enumerate(places, 1)]
    session = replace(make_session(tracks=tracks), length_seconds=240.0)
    analysis = make_analysis(session, [Sound()] * len(tracks))
    measured = [replace(t, measured_at=p) for t, p in zip(analysis.tracks, places.values(), strict=True)]  # type: ignore[arg-type]
    return session, replace(analysis, tracks=tuple(measured))


def offer(session: Session, analysis: Analysis, speed: float = DEFAULT_SPEED_RATIO) -> RenderOffer | None:
    return render_offer(session, analysis, build_graph(session), speed)


def test_tracks_not_heard_and_tracks_before_plugins_are_offered() -> None:
    found = offer(*made(Kick="after_chain", Keys="not_heard", Bass="before_plugins"))
    assert found is not None
    assert found.names == ("Keys", "Bass")
    assert found.sentence == "Render 2 tracks with REAPER: about 2 min"
    assert found.explanation.startswith("Keys, Bass: heard after their plug-ins")
    assert "marks the project as modified" in found.explanation
    assert sentence_faults(found.sentence, found.explanation) == []


def test_a_measured_speed_replaces_the_guess() -> None:
    found = offer(*made(Keys="not_heard"), speed=48.0)
    assert found is not None
    assert found.seconds == pytest.approx(5 * 240.0 / 48.0)
    assert found.sentence == "Render 1 track with REAPER: about 25 s"


def test_nothing_is_offered_when_all_is_heard_or_nobody_renders() -> None:
    session, analysis = made(Kick="after_chain")
    assert offer(session, analysis) is None
    session, analysis = made(Keys="not_heard")
    of_a_file = session.with_fingerprint(replace(session.fingerprint, content_sha256="abc"))
    assert offer(of_a_file, analysis) is None


def test_a_track_that_others_feed_is_not_offered_since_its_stem_holds_them() -> None:
    session, analysis = made(Group="before_plugins", Member="after_chain", Bass="before_plugins")
    tracks = [replace(t, folder_depth=d) for t, d in zip(session.tracks, (1, -1, 0), strict=True)]
    found = offer(replace(session, tracks=tuple(tracks)), analysis)
    assert found is not None
    assert found.names == ("Bass",)


def test_a_track_that_was_rendered_has_nothing_more_to_give() -> None:
    session, analysis = made(Keys="before_plugins", Bass="before_plugins")
    found = render_offer(session, analysis, build_graph(session), 1.0, {make_guid(1)})
    assert found is not None
    assert found.names == ("Bass",)


def test_a_muted_track_is_not_offered() -> None:
    session, analysis = made(Muted="not_heard", Bass="before_plugins")
    found = offer(replace(session, tracks=(replace(session.tracks[0], muted=True), session.tracks[1])), analysis)
    assert found is not None
    assert found.names == ("Bass",)


def test_many_names_are_counted() -> None:
    found = offer(*made(**{f"Keys {n}": "not_heard" for n in range(20)}))
    assert found is not None
    assert "Keys 11 and 8 more: heard" in found.explanation


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "about 5 s"), (12.0, "about 10 s"), (89.0, "about 90 s"), (170.0, "about 3 min")]
)
def test_a_guess_has_few_digits(seconds: float, text: str) -> None:
    assert about(seconds) == text

"""Levels that leave the fader no travel, and overs between the samples at the end; and levels that are no fault."""

from dataclasses import replace
from typing import Any

import pytest

from dawassist.analysis.model import Analysis
from dawassist.plan.brief import Brief
from dawassist.plan.wording import sentence_faults
from dawassist.session.findings import Finding
from dawassist.session.model import Envelope, EnvelopePoint, Fx, Session
from dawassist.strategies.technical import technical_pass
from tests.analyses import Sound, make_analysis
from tests.sessions import make_guid, make_item, make_session, make_track

RIDE = Envelope(kind="volume", guid="", active=True, point_count=1,
                points=(EnvelopePoint(time_seconds=0.0, value=-3.0),))  # fmt: skip
LIMITER = Fx(guid=make_guid(901), ident="limit.vst3", name="Limiter", kind="VST3", enabled=True, offline=False,
             parameters=None)  # fmt: skip


def band(first: dict[str, Any], *, master: tuple[Fx, ...] = ()) -> Session:
    names = ("Sax", "Snare", "Gtr", "Keys", "Pad")
    session = make_session(
        [
            make_track(number=number, name=name, items=[make_item("a.wav")], **(first if number == 1 else {}))
            for number, name in enumerate(names, 1)
        ]
    )
    return replace(session, master=replace(session.master, fx=master))


def found(session: Session, analysis: Analysis) -> list[Finding]:
    made = list(technical_pass(session, analysis, Brief()).findings)
    assert all(sentence_faults(each.sentence, *(line.text for line in each.evidence)) == [] for each in made)
    return made


def at_level(session: Session, lufs: float) -> Analysis:
    return make_analysis(session, {"Sax": Sound(lufs=lufs), **{n: Sound(lufs=-20.0) for n in ("Snare", "Gtr", "Keys")}})


def test_a_soft_recording_whose_fader_has_no_travel_left_is_found() -> None:
    session = band({"fader_db": 10.0})
    (finding,) = found(session, at_level(session, -45.0))
    assert (finding.kind, finding.track_guid) == ("gain_staging", make_guid(1))
    assert "25 LU under the session's median" in finding.sentence
    assert "10.00 dB" in finding.sentence


def test_a_hot_recording_whose_fader_stands_where_travel_is_coarse_is_found() -> None:
    session = band({"fader_db": -34.0})
    (finding,) = found(session, at_level(session, 2.0))
    assert "22 LU over the session's median" in finding.sentence


@pytest.mark.parametrize(
    ("fields", "lufs"),
    [
        ({"fader_db": 0.0}, -45.0),
        ({"fader_db": 10.0}, -30.0),
        ({"fader_db": 0.0}, 6.0),
        ({"fader_db": -150.0}, 2.0),
        ({"fader_db": 10.0, "envelopes": [RIDE]}, -45.0),
        ({"fader_db": 10.0, "muted": True}, -45.0),
    ],
    ids=["soft, fader in the middle", "not that soft", "peaks in the float path", "fader closed", "ridden", "muted"],
)
def test_other_levels_are_the_engineers_own(fields: dict[str, Any], lufs: float) -> None:
    session = band(fields)
    assert found(session, at_level(session, lufs)) == []


def with_mix(session: Session, sample_peak_dbfs: float, true_peak_dbtp: float) -> Analysis:
    analysis = at_level(session, -20.0)
    assert analysis.mix_loudness is not None
    mix = replace(analysis.mix_loudness, sample_peak_dbfs=sample_peak_dbfs, true_peak_dbtp=true_peak_dbtp)
    return replace(analysis, mix_loudness=mix)


def test_overs_between_the_samples_of_the_mix_are_found_at_the_master() -> None:
    session = band({})
    (finding,) = found(session, with_mix(session, -0.1, 0.7))
    assert (finding.kind, finding.track_guid) == ("true_peak", session.master.guid)
    assert finding.sentence.startswith("The mix peaks at -0.1 dBFS, and 0.7 dB over full scale")


@pytest.mark.parametrize(("sample", "true"), [(3.4, 3.6), (-0.1, 0.0), (-3.0, 0.5), (-8.0, -7.5)])
def test_unfinished_and_clean_mixes_get_no_word_on_headroom(sample: float, true: float) -> None:
    session = band({})
    assert found(session, with_mix(session, sample, true)) == []


def test_what_a_limiter_on_the_master_leaves_is_not_guessed() -> None:
    session = band({}, master=(LIMITER,))
    assert found(session, with_mix(session, -0.1, 0.7)) == []
    switched_off = band({}, master=(replace(LIMITER, enabled=False),))
    assert len(found(switched_off, with_mix(switched_off, -0.1, 0.7))) == 1


def test_what_a_limiter_on_the_folder_of_the_mix_leaves_is_not_guessed() -> None:
    session = band({})
    folder = make_track(guid=make_guid(50), number=9, name="Mix Bus", folder_depth=1, fx=(LIMITER,))
    session = replace(session, tracks=(folder, *session.tracks))
    assert found(session, with_mix(session, -0.1, 0.7)) == []

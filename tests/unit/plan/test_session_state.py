"""Raw, in progress, printed stems or finished: told by what engineers leave behind, and said why."""

from typing import Any

import pytest

from dawassist.plan.session_state import session_state
from dawassist.session.model import Envelope, EnvelopePoint, Fx, Session
from tests.analyses import Sound, make_analysis
from tests.sessions import make_guid, make_item, make_session, make_track

COUNT = 10
FX = Fx(guid=make_guid(900), ident="", name="VST: X", kind="VST", enabled=True, offline=False, parameters=())


RIDE = Envelope(kind="volume", guid="", active=True, point_count=1,
                points=(EnvelopePoint(time_seconds=0.0, value=-3.0),))  # fmt: skip


def state_of(
    names: tuple[str, ...] = (), *, stereo: int = 0, later: float = 0.0, file: str = "a.wav", **fields: Any
) -> tuple[str, str]:
    """Of ten tracks, the first `stereo` of which are; each starts `later` seconds after the last."""
    tracks = [
        make_track(
            number=n + 1, name=names[n] if names else f"Audio {n}",
            items=[make_item(file, position_seconds=later * n)], **fields,
        )
        for n in range(COUNT)
    ]  # fmt: skip
    session: Session = make_session(tracks)
    analysis = make_analysis(session, [Sound(mono=n >= stereo) for n in range(COUNT)])
    return session_state(session, session.tracks, analysis)


@pytest.mark.parametrize("stereo", [0, 2, 3])
def test_untouched_recordings_are_raw_even_if_they_start_together(stereo: int) -> None:
    assert state_of(stereo=stereo)[0] == "raw"


@pytest.mark.parametrize("stereo", [5, 6, 10])
def test_stereo_tracks_that_start_together_are_stems(stereo: int) -> None:
    state, reason = state_of(stereo=stereo)
    assert state == "printed_stems"
    assert f"{stereo} of 10 tracks are stereo" in reason


def test_recordings_of_their_own_time_are_raw_whatever_their_channels() -> None:
    assert state_of(stereo=10, later=0.3)[0] == "raw"


def test_mono_stems_are_told_by_their_names_or_those_of_their_files() -> None:
    names = tuple(f"Synth {n} STEM" if n < 6 else f"Synth {n}" for n in range(COUNT))
    state, reason = state_of(names)
    assert state == "printed_stems"
    assert "6 of 10 are named as stems or prints" in reason
    assert state_of(file="C:\\\\Song\\\\Bass_print.wav")[0] == "printed_stems"
    assert state_of(tuple(f"Stemmed {n}" for n in range(COUNT)))[0] == "raw"


def test_plug_ins_or_set_faders_are_work_in_progress() -> None:
    assert state_of(stereo=10, fx=(FX,))[0] == "in_progress"
    assert state_of(stereo=10, fader_db=-3.0)[0] == "in_progress"


@pytest.mark.parametrize(
    ("ridden", "on_master", "state"), [(2, 1, "finished"), (1, 1, "in_progress"), (2, 0, "in_progress")]
)
def test_a_master_chain_over_worked_and_ridden_tracks_is_a_finished_mix(
    ridden: int, on_master: int, state: str
) -> None:
    tracks = [
        make_track(
            number=n + 1, name=f"Audio {n}", items=[make_item("a.wav")], fader_db=-4.0, fx=(FX,) if n < 5 else (),
            envelopes=(RIDE,) if n < ridden else (),
        )
        for n in range(COUNT)
    ]  # fmt: skip
    session = make_session(tracks, master=make_track(guid=make_guid(901), number=0, fx=(FX,) * on_master))
    found, reason = session_state(session, session.tracks, make_analysis(session, [Sound()] * COUNT))
    assert found == state
    assert f"{ridden} automation" in reason

"""What a reference moves: in proportion, within limits, and never more than the brief wants of it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dawassist.analysis.model import Analysis
from dawassist.analysis.reference import MixSound, ReferenceComparison
from dawassist.errors import InputError
from dawassist.intents import LevelIntent
from dawassist.opening import open_file
from dawassist.plan.brief import Brief, load_brief
from dawassist.plan.draft import Draft
from dawassist.plan.reference_targets import LARGEST_LEAD_DB, reference_targets
from dawassist.plan.wording import sentence_faults
from dawassist.session.model import Session
from dawassist.strategies.studio import Studio, solved_balance
from tests.analyses import Sound, make_analysis
from tests.sessions import MASTER_GUID, make_item, make_session, make_track

HZ = (63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0)
NAMES = ("Kick", "Bass", "Keys", "Lead Vox")


def sound(lufs: float, lead_db: float | None, tilt_db: float = 0.0) -> MixSound:
    balance = tuple(np.linspace(-tilt_db / 2, tilt_db / 2, len(HZ)).tolist())
    why = "" if lead_db is not None else "A voice is told in 0 of 32 seconds that were heard."
    return MixSound(loudness_lufs=lufs, center_hz=HZ, balance_db=balance, lead_db=lead_db, no_lead=why)


def song(*, fader_db: float = -5.0, lead_db: float | None = 3.0) -> tuple[Session, Analysis]:
    tracks = [
        make_track(number=n, name=name, items=[make_item("a.wav")], fader_db=fader_db)
        for n, name in enumerate(NAMES, start=1)
    ]
    session = make_session(tracks, master=make_track(guid=MASTER_GUID, number=0))
    analysis = make_analysis(session, [Sound(lufs=-20)] * 4)
    reference = sound(-9.0, None if lead_db is None else -2.0 + lead_db, tilt_db=6.0)
    found = ReferenceComparison(name="Hit.wav", track_guid="", reference=reference, mix=sound(-16.0, -2.0))
    return session, replace(analysis, reference=found)


def suggested(amount: float, **fields: object) -> Draft:
    session, analysis = song(**fields)  # type: ignore[arg-type]
    draft = Studio().suggest(session, analysis, Brief(reference="Hit.wav", reference_amount=amount))
    assert sentence_faults(*(left.reason for left in draft.left_out)) == []
    return draft


def lead_moves(draft: Draft) -> list[float]:
    made = [p for p in draft.proposals if p.reason_class == "reference_lead"]
    return [i.gain_db for p in made for i in p.intents if isinstance(i, LevelIntent)]


def test_targets_go_in_proportion_and_end_at_the_limits() -> None:
    _, analysis = song()
    half, whole = (reference_targets(analysis, Brief(reference_amount=amount)) for amount in (0.5, 1.0))
    assert half is not None
    assert whole is not None
    assert (half.lead_db, whole.lead_db) == (1.5, LARGEST_LEAD_DB)
    assert (half.loudness_lufs, whole.loudness_lufs) == (-12.5, -10.0)
    assert half.tone_db[-1] == pytest.approx(1.5)
    assert reference_targets(analysis, Brief(reference_amount=0.0)) is None


def test_a_lead_goes_part_of_the_way_and_says_so() -> None:
    draft = suggested(0.5)
    (half,), (whole,) = lead_moves(draft), lead_moves(suggested(1.0))
    assert 0.5 <= half <= 1.5  # what the joint solve leaves of it
    assert half <= whole <= LARGEST_LEAD_DB
    (card,) = (p for p in draft.proposals if p.reason_class == "reference_lead")
    assert "stands +3.0 dB further out" in card.rationale.evidence[0].text
    assert lead_moves(suggested(0.0)) == []


def test_a_lead_is_not_buried_for_a_reference() -> None:
    session, analysis = song(lead_db=-4.0)
    covariance = analysis.covariance
    assert covariance is not None
    quiet = make_analysis(session, [Sound(lufs=-20)] * 3 + [Sound(lufs=-22)])
    draft = Studio().suggest(session, replace(quiet, reference=analysis.reference), Brief())
    assert lead_moves(draft) == []


def test_tone_and_loudness_are_told_with_numbers_and_left_to_the_engineer() -> None:
    advice = [left for left in suggested(0.5).left_out if left.track_guid == MASTER_GUID]
    loudness, tone = (left.reason for left in advice)
    assert "50% of the way to Hit.wav at -9.0 LUFS, the" in loudness
    assert "-3.0 dB at 63 Hz" in tone
    assert "+3.0 dB at 8 kHz" in tone
    assert "50% of the way" in tone
    assert all(left.by_hand for left in advice)


def test_where_no_lead_is_told_that_is_said() -> None:
    draft = suggested(0.5, lead_db=None)
    assert lead_moves(draft) == []
    assert any("No lead is told in Hit.wav: A voice is told in 0 of 32" in left.reason for left in draft.left_out)


def test_a_raw_session_aims_at_more_lead() -> None:
    session, analysis = song(fader_db=0.0)
    without = solved_balance(session, replace(analysis, reference=None), Brief()).target.faders
    with_it = solved_balance(session, analysis, Brief()).target.faders
    guid = session.tracks[3].guid
    others = [track.guid for track in session.tracks[:3]]

    def stands_out(moves: dict[str, float]) -> float:
        return moves.get(guid, 0.0) - float(np.mean([moves.get(each, 0.0) for each in others]))

    assert stands_out(dict(with_it)) - stands_out(dict(without)) > 0.5


def test_a_track_named_ref_is_offered_and_stays_out_of_the_mix() -> None:
    session, _ = song()
    ref = make_track(number=5, name="REF", items=[make_item("a.wav")], muted=True)
    session = make_session([*session.tracks, ref], master=session.master)
    heard = make_analysis(session, [Sound(lufs=-20)] * 4 + [Sound(lufs=-9, mono=False, crest_db=9)])
    draft = Studio().suggest(session, heard, Brief())
    (offer,) = (left for left in draft.left_out if left.track_guid == ref.guid)
    assert '--reference "track:REF"' in offer.reason
    assert all(i.track_guid != ref.guid for p in draft.proposals for i in p.intents)


def test_the_brief_names_a_reference(tmp_path: Path) -> None:
    path = tmp_path / "brief.toml"
    path.write_text('reference = "hit.wav"\nreference_amount = 0.25\n')
    brief = load_brief(path)
    assert (brief.reference, brief.reference_amount) == (str(tmp_path / "hit.wav"), 0.25)
    path.write_text('reference = "track:REF"\n')
    assert load_brief(path).reference == "track:REF"
    path.write_text("reference_amount = 2\n")
    with pytest.raises(InputError, match="is outside 0"):
        load_brief(path)


RATE = 24000
SECONDS = 4


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Noise on one track, and the same four times as strong on a muted REF."""
    noise = 0.05 * np.random.default_rng(0).standard_normal((RATE * SECONDS, 2))
    soundfile.write(tmp_path / "Keys.wav", noise, RATE, subtype="FLOAT")
    soundfile.write(tmp_path / "REF.wav", 4.0 * noise, RATE, subtype="FLOAT")
    parts = [
        f'  <TRACK {{00000000-0000-0000-0000-{number:012d}}}\n    NAME "{name}"\n    MUTESOLO {muted} 0 0\n    <ITEM\n'
        f"      POSITION 0\n      LENGTH {SECONDS}\n      <SOURCE WAVE\n"
        f'        FILE "{name}.wav"\n      >\n    >\n  >\n'
        for number, (name, muted) in enumerate((("Keys", 0), ("REF", 1)), start=1)
    ]
    path = tmp_path / "song.rpp"
    path.write_text(f'<REAPER_PROJECT 0.1 "7.0" 1\n  SAMPLERATE {RATE} 1 0\n{"".join(parts)}>\n')
    return path


@pytest.mark.parametrize("reference", ["track:REF", "REF.wav"])
def test_a_file_and_a_track_are_heard_alike(project: Path, reference: str) -> None:
    named = reference if reference.startswith("track:") else str(project.with_name(reference))
    with open_file(project) as assistant:
        session = assistant.snapshot()
        found = assistant.analyze(session, Brief(reference=named)).reference
    assert found is not None
    assert found.reference.loudness_lufs - found.mix.loudness_lufs == pytest.approx(12.0, abs=0.1)
    assert found.tone_db == pytest.approx((0.0,) * len(found.tone_db), abs=0.01)
    assert found.track_guid == (session.tracks[1].guid if reference.startswith("track:") else "")


def test_a_reference_that_is_not_there_is_a_sentence(project: Path) -> None:
    with open_file(project) as assistant:
        session = assistant.snapshot()
        with pytest.raises(InputError, match="no track 'Hit'"):
            assistant.analyze(session, Brief(reference="track:Hit"))

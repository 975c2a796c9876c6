"""Every kind of card says by how much it drives the busses behind its tracks, and the keys that leave them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from dawassist.analysis.covariance import BAND_EDGES_HZ
from dawassist.analysis.model import Analysis, BandCovariance
from dawassist.intents import EqBandIntent, Intent, ItemGainIntent, LevelIntent, PolarityIntent, SendIntent
from dawassist.plan.brief import Brief
from dawassist.plan.draft import Draft, Proposal
from dawassist.plan.model import Rationale
from dawassist.plan.wording import wording_faults
from dawassist.realize.plan import realize
from dawassist.session.model import Send, Session, Track
from tests.analyses import BLOCKS, Sound, make_analysis
from tests.sessions import make_guid, make_item, make_send, make_session, make_track
from tests.tools import make_fx

DRUMS, TOP, BOTTOM, BASS = (make_guid(number) for number in (1, 2, 3, 4))
COMPRESSOR, EQUALIZER = "VST: ReaComp (Cockos)", "VST: ReaEQ (Cockos)"
ITEM = make_item("a.wav", length_seconds=2.0)


def drums(fx: str = COMPRESSOR, sends: Sequence[Send] = (), top_sends: Sequence[Send] = ()) -> Session:
    """Two microphones of a snare in a folder, and a bass beside it."""
    chain = (make_fx(fx),) if fx else ()
    return make_session([
        make_track(number=1, name="Drums", folder_depth=1, fx=chain, sends=tuple(sends)),
        make_track(number=2, name="Top", items=[ITEM], sends=tuple(top_sends)),
        make_track(number=3, name="Bottom", items=[ITEM], folder_depth=-1),
        make_track(number=4, name="Bass", items=[ITEM]),
    ])  # fmt: skip


def heard(session: Session, together: float = 0.0) -> Analysis:
    """Every track as loud; `together` is the correlation of the first two, all of it at 120–400 Hz."""
    analysis = make_analysis(session, [Sound()] * sum(bool(track.items) for track in session.tracks))
    assert analysis.covariance is not None
    tensor = analysis.covariance.tensor.copy()
    common = together * tensor[:, :2, :2]
    tensor[:, :2, 2:4] = tensor[:, 2:4, :2] = common
    bands = np.zeros((len(BAND_EDGES_HZ) - 1, *tensor.shape), dtype=np.float32)
    bands[1, :, :4, :4] = abs(together) * tensor[:, :4, :4]
    bands[1, :, :2, 2:4] = bands[1, :, 2:4, :2] = common
    bands[3] = tensor - bands[1]
    made = BandCovariance(
        edges_hz=BAND_EDGES_HZ, tensor=bands, start_seconds=np.arange(BLOCKS) * 0.1, block_seconds=0.1
    )
    return replace(analysis, covariance=replace(analysis.covariance, tensor=tensor, bands=made))


def lines(session: Session, *intents: Intent, together: float = 0.0) -> list[str]:
    """What a card says besides its own reason."""
    rationale = Rationale(headline="Top: 3.0 dB under", evidence=(), sources=())
    proposal = Proposal(intents=intents, reason_class="test", basis="corrective", confidence=0.9, rationale=rationale)
    draft = Draft(
        session_state="in_progress", session_state_reason="", roles=(), proposals=(proposal,), left_out=(), checked=""
    )
    plan = realize(session, heard(session, together), Brief(), draft, strategy="test")
    assert plan.recommendations
    assert not [fault for each in plan.recommendations for fault in wording_faults(each)]
    return [line.text for each in plan.recommendations for line in each.rationale.evidence]


def about(found: Sequence[str], word: str) -> str:
    return " ".join(text for text in found if word in text)


def test_a_turned_microphone_says_what_the_compressor_behind_both_gets() -> None:
    text = about(lines(drums(), PolarityIntent(track_guid=BOTTOM), together=-0.8), "drives the plug-ins")
    assert text.startswith("What drives the plug-ins of “Drums” changes by +9.5 dB")
    assert text.endswith("; their thresholds +9.5 dB keep what they do.")


def test_a_band_that_changes_by_more_is_named() -> None:
    text = about(lines(drums(), PolarityIntent(track_guid=BOTTOM), together=-0.5), "drives the plug-ins")
    assert "changes by +4.8 dB (+23.0 dB at 120–400 Hz); their" in text


@pytest.mark.parametrize("fx", ["", EQUALIZER])
def test_what_works_at_any_level_is_not_named(fx: str) -> None:
    assert not about(lines(drums(fx), PolarityIntent(track_guid=BOTTOM), together=-0.8), "drives")


@pytest.mark.parametrize(("gain_db", "is_told"), [(6.0, True), (-6.0, True), (-1.0, False)])
def test_an_equalizer_counts_as_far_as_its_band_is_in_the_sound(gain_db: float, is_told: bool) -> None:
    cut = EqBandIntent(track_guid=TOP, type="bell", frequency_hz=1000.0, gain_db=gain_db, q=0.7)
    text = about(lines(drums(), cut), "drives the plug-ins")
    assert bool(text) is is_told
    assert not is_told or f"changes by {'+' if gain_db > 0.0 else '-'}" in text


def test_an_item_is_told_where_it_plays() -> None:
    gain = ItemGainIntent(track_guid=TOP, item_guid=ITEM.guid, gain_db=6.0)
    text = about(lines(drums(), gain), "drives the plug-ins")
    assert "“Drums” changes by +4.0 dB" in text


def test_a_new_send_says_what_it_adds_to_a_bus_that_is_driven() -> None:
    session = drums(fx="", sends=(make_send(make_guid(5), level_db=0.0),))
    crush = make_track(number=5, name="Crush", fx=(make_fx(COMPRESSOR),))
    session = replace(session, tracks=(*session.tracks, crush))
    send = SendIntent(track_guid=BASS, level_db=0.0, destination_guid=crush.guid)
    assert "“Crush” changes by +1.8 dB" in about(lines(session, send), "drives the plug-ins")


def test_a_fader_in_a_folder_that_keys_another_track_says_so() -> None:
    session = drums(fx="", sends=(make_send(BASS, destination_channel=2, level_db=0.0),))
    text = about(lines(session, LevelIntent(track_guid=TOP, gain_db=6.0)), "keys")
    assert text == "“Drums” keys “Bass”: the key changes by +4.0 dB; -4.0 dB on that send keep it."
    assert not about(lines(session, LevelIntent(track_guid=BASS, gain_db=3.0)), "keys")


def test_a_bus_that_a_send_of_the_track_drives_is_told_once() -> None:
    session = drums(fx="", top_sends=(make_send(make_guid(5), level_db=0.0),))
    crush = make_track(number=5, name="Crush", fx=(make_fx(COMPRESSOR),))
    found = lines(replace(session, tracks=(*session.tracks, crush)), LevelIntent(track_guid=TOP, gain_db=6.0))
    assert sum("drives" in text for text in found) == 1


def test_the_fader_of_a_folder_drives_nothing_inside_and_names_the_sends_that_go_past_it() -> None:
    verb: Track = make_track(number=5, name="Verb")
    session = drums(top_sends=(make_send(verb.guid),))
    found = lines(replace(session, tracks=(*session.tracks, verb)), LevelIntent(track_guid=DRUMS, gain_db=6.0))
    assert not about(found, "drives")
    assert "1 send to “Verb” leaves before this fader: +6.0 dB there keep the balance with it." in found

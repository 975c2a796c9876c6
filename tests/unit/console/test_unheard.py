"""The Session check names what busses do unheard; returns, meters and the master are no part of it."""

from dawassist.console.unheard import unheard_busses, unheard_on_the_way
from dawassist.session.model import Session, Track
from tests.sessions import MASTER_GUID, make_guid, make_item, make_send, make_session, make_track
from tests.tools import make_fx

VOX = make_guid(1)


def folder(*names: str, **fields: object) -> Track:
    chain = tuple(make_fx(name, guid=make_guid(500 + place)) for place, name in enumerate(names))
    return make_track(guid=VOX, number=1, name="Vox Bus", folder_depth=1, fx=chain, **fields)


def lead(**fields: object) -> Track:
    values: dict[str, object] = {"guid": make_guid(2), "number": 2, "name": "Lead", "folder_depth": -1}
    return make_track(items=[make_item("a.wav")], **{**values, **fields})


def told(session: Session) -> str:
    return " ".join(found.sentence for found in unheard_busses(session))


def test_the_plug_ins_of_a_bus_are_named_once_for_all_that_goes_through() -> None:
    other = lead(guid=make_guid(3), number=3, name="Double")
    (found,) = unheard_busses(make_session([folder("VST3: CLA-76 (Waves)"), lead(folder_depth=0), other]))
    assert (found.kind, found.track_guid) == ("session_check", VOX)
    assert found.sentence.startswith("1 Vox Bus: CLA-76 is not heard. 2 tracks go through:")


def test_several_busses_and_plug_ins_are_listed_in_the_order_of_the_session() -> None:
    mix = make_track(guid=make_guid(9), number=3, name="Mix Bus", fx=(make_fx("VST: ReaComp (Cockos)"),))
    bus = folder("VST: ReaEQ (Cockos)", "VST3: Decapitator (Soundtoys)", main_send=False, sends=(make_send(mix.guid),))
    text = told(make_session([bus, lead(), mix]))
    assert text.startswith("1 Vox Bus: ReaEQ, Decapitator are not heard; 3 Mix Bus: ReaComp is not heard. 1 track goes")


def test_nothing_is_said_where_all_is_heard() -> None:
    assert told(make_session([folder(), lead()])) == ""
    assert told(make_session([folder("VST3: CLA-76 (Waves)", fx_enabled=False), lead()])) == ""
    assert told(make_session([folder("VST3: CLA-76 (Waves)"), lead(muted=True)])) == ""
    assert told(make_session([folder("VST3: Youlean Loudness Meter 2 (Youlean)"), lead()])) == ""


def test_the_master_and_effect_returns_do_not_stand_in_the_way() -> None:
    verb = make_track(guid=make_guid(9), number=3, name="Verb", fx=(make_fx("VST3: ValhallaRoom (Valhalla DSP)"),))
    master = make_track(guid=MASTER_GUID, number=0, fx=(make_fx("VST3: Pro-L 2 (FabFilter)"),))
    session = make_session([folder(), lead(sends=(make_send(verb.guid),)), verb], master=master)
    assert unheard_on_the_way(session, make_guid(2)) == ()
    crush = make_track(guid=make_guid(9), number=3, name="Crush", fx=(make_fx("VST: ReaComp (Cockos)"),))
    parallel = make_session([folder(), lead(sends=(make_send(crush.guid),)), crush])
    assert [fx.track_name for fx in unheard_on_the_way(parallel, make_guid(2))] == ["Crush"]

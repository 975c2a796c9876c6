"""Send intents on a send that is there, a new send to a bus of this session, or a new bus at the end of the session."""

from collections.abc import Collection
from dataclasses import dataclass

from dawassist.intents import SendIntent
from dawassist.plan.controls import HIGHEST_FADER_DB
from dawassist.plan.model import Change
from dawassist.plan.tools_there import find_bus, find_idle_bus
from dawassist.realize.returns import new_return
from dawassist.session.edits import CreateSend, Edit
from dawassist.session.graph import build_graph
from dawassist.session.model import Session, Track
from dawassist.session.targets import SendTarget, Target
from dawassist.units import SILENCE_DB, db_to_gain

_GAIN_TOLERANCE = 1e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class Bus:
    """Where a send goes; `setup` is what a bus that is not there yet needs first."""

    guid: str
    name: str
    setup: tuple[Edit, ...] = ()


def bus_of(session: Session, intent: SendIntent) -> Bus | str:
    """Where the send goes, or why there is no such place, as a clause."""
    if intent.destination_guid:
        track = session.track(intent.destination_guid)
        return Bus(guid=track.guid, name=track.display_name) if track else "the bus that it goes to is gone."
    if intent.bus is None:
        return "it names no bus."
    found = find_bus(session, intent.bus.effect)
    if found is not None:
        return Bus(guid=found.guid, name=found.display_name)
    idle = find_idle_bus(session, intent.bus.effect)
    if idle is not None:
        return f"the {intent.bus.effect} on its return {idle.display_name} is switched off."
    if sum(track.folder_depth for track in session.tracks) > 0:
        return "the last folder of the session is not closed, and a new return at the end would be inside of it."
    guid, setup = new_return(intent.bus)
    return Bus(guid=guid, name=intent.bus.name, setup=setup)


def why_not_send(session: Session, track: Track, intent: SendIntent) -> str:
    """Why there cannot be such a send; "" when there can."""
    bus = bus_of(session, intent)
    if isinstance(bus, str):
        return bus
    if bus.guid == track.guid or track.guid in build_graph(session).downstream(bus.guid):
        return f"{bus.name} feeds this track: the send would close a loop."
    existing = next((send for send in track.sends if send.destination_guid == bus.guid), None)
    if existing is not None and existing.muted:
        return f"its send to {bus.name} is muted."
    if existing is not None and any(e.kind == "send_volume" and e.active and e.point_count for e in existing.envelopes):
        return f"its send to {bus.name} is automated."
    return ""


def realize_send(session: Session, track: Track, intent: SendIntent, taken: Collection[Target] = ()) -> Change | None:
    """The level of the send. None where an earlier card moves the same send. `why_not_send` must be empty."""
    bus = bus_of(session, intent)
    assert isinstance(bus, Bus)
    target = SendTarget(track_guid=track.guid, destination_guid=bus.guid, occurrence=0, field="level_gain")
    if target in taken:
        return None
    existing = next((send for send in track.sends if send.destination_guid == bus.guid), None)
    before = existing.level_db if existing else SILENCE_DB
    after = min(intent.level_db, HIGHEST_FADER_DB)
    name = f"Send to {bus.name}"
    creation = CreateSend(
        track_guid=track.guid, destination_guid=bus.guid, level_db=SILENCE_DB, tap=intent.tap,
        label=f"{track.display_name} · new {name[0].lower()}{name[1:]}",
    )  # fmt: skip
    return Change(
        target=target, parameter=name, before=before, after=after, unit="dB", expected_raw=db_to_gain(before),
        desired_raw=db_to_gain(after), tolerance=_GAIN_TOLERANCE, raw_law="gain",
        setup=() if existing else (*bus.setup, creation),
    )  # fmt: skip

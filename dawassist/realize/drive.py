"""What follows a fader besides the mix, side-chain keys and parallel busses that are driven by its track, and what does
not follow the fader of a folder."""

from collections.abc import Iterator

from dawassist.plan.mix_problem import is_driven
from dawassist.plan.rationale import shortened
from dawassist.session.findings import Evidence
from dawassist.session.graph import Graph, is_key
from dawassist.session.model import Session, Track
from dawassist.units import SILENCE_DB, counted

LEAST_CHANGE_DB = 0.1


def changes_of_drive(session: Session, track: Track, change_db: float) -> Iterator[Evidence]:
    """One line for every send behind the fader that keys a plug-in, or feeds a bus whose plug-ins work by level.

    Levels are left to the send: to keep the drive it takes the same amount the other way.
    """
    for send in track.sends:
        bus = session.track(send.destination_guid)
        if bus is None or send.muted or send.tap != "post_fader" or send.level_db <= SILENCE_DB:
            continue
        keys = is_key(send)
        if send.source_channel < 0 or not (keys or is_driven(bus)) or abs(change_db) < LEAST_CHANGE_DB:
            continue
        what = "the key at" if keys else "what drives"
        text = (
            f"Its send follows the fader: {what} “{shortened(bus.display_name)}” changes by {change_db:+.1f} dB; "
            f"{-change_db:+.1f} dB on the send keep it."
        )
        yield Evidence(text=text, value=change_db, unit="dB")


def left_behind(session: Session, graph: Graph, folder: Track, change_db: float) -> Iterator[Evidence]:
    """One line on the sends of tracks in a folder that go past its fader, to a reverb say: they stay as they are."""
    inside = set(graph.descendants(folder.guid))
    tracks = (session.track(guid) for guid in graph.descendants(folder.guid))
    sends = [send for track in tracks if track is not None and not track.muted for send in track.sends]
    past = [
        send
        for send in sends
        if not (send.muted or is_key(send) or send.level_db <= SILENCE_DB)
        and send.destination_guid not in {*inside, folder.guid}
    ]
    busses = (session.track(guid) for guid in dict.fromkeys(send.destination_guid for send in past))
    names = [f"“{shortened(bus.display_name)}”" for bus in busses if bus is not None]
    if not names or abs(change_db) < LEAST_CHANGE_DB:
        return
    text = (
        f"{counted(len(past), 'send')} to {', '.join(names)} {'leaves' if len(past) == 1 else 'leave'} before this "
        f"fader: {change_db:+.1f} dB there keep the balance with it."
    )
    yield Evidence(text=text, value=change_db, unit="dB")

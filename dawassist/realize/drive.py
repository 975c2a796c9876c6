"""What follows a fader besides the mix: side-chain keys and parallel busses that are driven by its track."""

from collections.abc import Iterator

from dawassist.plan.mix_problem import is_driven
from dawassist.plan.rationale import shortened
from dawassist.session.findings import Evidence
from dawassist.session.graph import is_key
from dawassist.session.model import Session, Track
from dawassist.units import SILENCE_DB

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

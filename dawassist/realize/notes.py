"""What a change makes and sets besides its own control, in sentences for the card."""

from collections.abc import Iterator

from dawassist.plan.model import Change
from dawassist.session.edits import CreateSend, CreateTrack, InsertFx, SwitchEnvelope, is_new
from dawassist.units import signed_db_text

_TAPS = {"post_fader": "behind the fader", "pre_fader": "before the fader", "pre_fx": "before the plug-ins"}
_MAKE_UP = "Make-up gain"


def notes_of(change: Change) -> Iterator[str]:
    """New tracks, plug-ins and sends first, then the make-up gain of a compressor."""
    for edit in change.setup:
        match edit:
            case CreateTrack():
                yield f"A new track “{edit.name}” is added at the end of the session."
            case InsertFx():
                name = edit.fx_name.partition(": ")[2].partition(" (")[0]
                place = "on the new track" if is_new(edit.track_guid) else "in the track’s chain"
                yield f"A new {name} is inserted {place}."
            case CreateSend():
                yield f"A new send is made, {_TAPS[edit.tap]}."
            case SwitchEnvelope():
                yield (
                    "A volume envelope behind the plug-ins is made, at 0 dB but for the ride; in Trim/Read the fader "
                    "stays where it is and offsets all of it. Undo switches the envelope off and hides it."
                )
    for each in change.also:
        if each.parameter == _MAKE_UP and each.after != each.before:
            difference = signed_db_text(each.after - each.before)
            yield f"The make-up gain moves by {difference} with it, in proportion to the amount."

"""A session that holds one track only: what leaves that track after its own fader, with nothing behind it."""

from dataclasses import replace

from dawassist.session.model import Session, Track


def alone(session: Session, track: Track) -> Session:
    """`track` on a neutral master: its fader, pan, width, mute and their envelopes are all that acts.

    What feeds it is gone; solos do not count.
    """
    only = replace(track, main_send=True, sends=(), folder_depth=0, solo="none")
    master = replace(
        session.master, fader_db=0.0, pan=0.0, width=1.0, polarity_inverted=False, muted=False, envelopes=(),
        pan_mode="balance", pan_law_db=0.0,
    )  # fmt: skip
    return replace(session, tracks=(only,), master=master, master_mono=False)

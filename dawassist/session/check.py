"""The Session check: what silently ruins mixes and is seen without hearing anything. Nothing here is ever changed.

Reported: solos, mutes, the master in mono, muted or off 0 dB, a play rate, bypassed and offline plug-ins, muted items,
room correction on the master, channels 3 and up that reach nothing, sends at -inf, armed tracks.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from dawassist.session.findings import Evidence, Finding
from dawassist.session.graph import build_graph
from dawassist.session.model import Fx, Send, Session, Track
from dawassist.units import SILENCE_DB, counted, db_text

_CHANNEL_MASK = 1023  # of I_SRCCHAN and I_DSTCHAN: higher bits tell mono and the channel count
_MOST_NAMED = 4
_SOLOED = ("solo", "solo_in_place")
_ROOM_CORRECTION = re.compile(
    r"\b(sonarworks|soundid|reference 4|arc ?(system|studio|x|\d)|dirac|trinnov|room ?eq|room correction|realphones|"
    r"canopener|waves nx|nx (ocean|abbey|virtual|germano)|slate vsx|vsx|morphit|isone|virtuoso|dearvr monitor)\b",
    re.IGNORECASE,
)


def session_check(session: Session) -> tuple[Finding, ...]:
    """Findings of the kind ``session_check``, each with a track to go to; the gravest first."""
    return (
        *_solos(session),
        *_master(session),
        *_room_correction(session.master),
        *_switched_off(session),
        *_sends_to_nowhere(session),
        *_silent_sends(session),
        *_mutes(session),
        *_muted_items(session),
        *_armed(session),
    )


def _solos(session: Session) -> Iterator[Finding]:
    soloed = [track for track in session.tracks if track.solo in _SOLOED]
    if soloed:
        audible = build_graph(session).audible
        playing = [track for track in session.tracks if track.items and not track.muted]
        silent = sum(track.guid not in audible for track in playing)
        text = f"Solo is on at {_named(soloed)}: {silent} of {counted(len(playing), 'track')} with items are not heard."
        yield _found(soloed[0], text, len(soloed), "tracks")


def _master(session: Session) -> Iterator[Finding]:
    master = session.master
    if master.muted:
        yield _found(master, "The master is muted: nothing is heard.", 1.0, "switch")
    if session.master_mono:
        yield _found(master, "The master is in mono: pans and widths are not heard.", 1.0, "switch")
    if session.play_rate != 1.0:
        text = f"The project plays at {session.play_rate:.3f} × its speed; times and pitches differ from the files."
        yield _found(master, text, session.play_rate, "×")
    if abs(master.fader_db) >= 0.005:
        text = (
            f"The master fader stands at {db_text(master.fader_db)}; everything after it gets that much less or more."
        )
        yield _found(master, text, master.fader_db, "dB")


def _room_correction(master: Track) -> Iterator[Finding]:
    for fx in _every_fx(master.fx) if master.fx_enabled else ():
        if fx.enabled and not fx.offline and _ROOM_CORRECTION.search(f"{fx.name} {fx.ident}"):
            text = (
                f"{fx.name} corrects the room on the master and is rendered with the mix; Monitoring FX is its place."
            )
            yield _found(master, text, 1.0, "plug-in")


def _switched_off(session: Session) -> Iterator[Finding]:
    for track in (*session.tracks, session.master):
        every = _every_fx(track.fx)
        if every and not track.fx_enabled:
            text = f"The whole chain of {_place(track)} is switched off: {counted(len(every), 'plug-in')}."
            yield _found(track, text, len(every), "plug-ins")
            continue
        offline = [fx for fx in every if fx.offline]
        bypassed = [fx for fx in every if not fx.enabled and not fx.offline]
        for chosen, state in ((offline, "offline"), (bypassed, "bypassed")):
            if chosen:
                names = _listed([fx.name for fx in chosen])
                text = f"{counted(len(chosen), 'plug-in')} of {_place(track)} {_is(chosen)} {state}: {names}."
                yield _found(track, text, len(chosen), "plug-ins")


def _sends_to_nowhere(session: Session) -> Iterator[Finding]:
    """Channels 3 and up end in a track where no plug-in and no send takes them."""
    for track in session.tracks:
        for send in track.sends:
            first = send.destination_channel & _CHANNEL_MASK
            destination = session.track(send.destination_guid)
            if send.source_channel < 0 or send.muted or first < 2 or destination is None:
                continue
            if not _takes_channel(destination, first):
                text = (
                    f"The send from {_place(track)} to channels {first + 1}/{first + 2} of {_place(destination)} "
                    "reaches nothing: no plug-in there plays, and no send takes them."
                )
                yield _found(track, text, first + 1, "channel", other_guid=destination.guid)


def _takes_channel(track: Track, channel: int) -> bool:
    plays = track.fx_enabled and any(fx.enabled and not fx.offline for fx in _every_fx(track.fx))
    return plays or any(send.source_channel & _CHANNEL_MASK == channel for send in track.sends if _has_audio(send))


def _silent_sends(session: Session) -> Iterator[Finding]:
    for track in session.tracks:
        for send in track.sends:
            destination = session.track(send.destination_guid)
            rides = any(envelope.kind == "send_volume" and envelope.active for envelope in send.envelopes)
            if destination and _has_audio(send) and not send.muted and not rides and send.level_db <= SILENCE_DB:
                text = f"The send from {_place(track)} to {_place(destination)} stands at {db_text(send.level_db)}."
                yield _found(track, text, SILENCE_DB, "dB", other_guid=destination.guid)


def _mutes(session: Session) -> Iterator[Finding]:
    muted = [track for track in session.tracks if track.muted]
    if muted:
        text = f"{counted(len(muted), 'track')} {_is(muted)} muted: {_named(muted)}."
        yield _found(muted[0], text, len(muted), "tracks")


def _muted_items(session: Session) -> Iterator[Finding]:
    holders = [track for track in session.tracks if not track.muted and any(item.muted for item in track.items)]
    items = [item for track in holders for item in track.items if item.muted]
    if items:
        text = f"{counted(len(items), 'item')} {_is(items)} muted on {_named(holders)}."
        starts = tuple(sorted(item.position_seconds for item in items)[:_MOST_NAMED])
        yield _found(holders[0], text, len(items), "items", at_seconds=starts)


def _armed(session: Session) -> Iterator[Finding]:
    armed = [track for track in session.tracks if track.record_armed]
    if armed:
        text = f"{counted(len(armed), 'track')} {_is(armed)} armed for recording: {_named(armed)}."
        yield _found(armed[0], text, len(armed), "tracks")


def _found(
    track: Track, sentence: str, value: float, unit: str, *, other_guid: str = "", at_seconds: tuple[float, ...] = ()
) -> Finding:
    evidence = Evidence(text=sentence, value=float(value), unit=unit)
    return Finding(
        kind="session_check", track_guid=track.guid, sentence=sentence, other_guid=other_guid, evidence=(evidence,),
        at_seconds=at_seconds,
    )  # fmt: skip


def _every_fx(chain: Iterable[Fx]) -> list[Fx]:
    return [each for fx in chain for each in (fx, *_every_fx(fx.children))]


def _has_audio(send: Send) -> bool:
    return send.source_channel >= 0


def _place(track: Track) -> str:
    return f"{track.number} {track.name}" if track.number and track.name else track.display_name


def _named(tracks: Sequence[Track]) -> str:
    return _listed([_place(track) for track in tracks])


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _is(things: Sequence[object]) -> str:
    return "is" if len(things) == 1 else "are"

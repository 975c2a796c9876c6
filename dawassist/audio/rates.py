"""The sample rates of a session's files, from their headers alone."""

from collections import Counter

from dawassist.audio.media import MediaProblem, open_media
from dawassist.audio.paths import media_path
from dawassist.session.findings import Evidence, Finding
from dawassist.session.model import Session, Track

_MOST_FILES = 400  # the check comes before anything is heard; files beyond them are left to the listening


def mixed_rates(session: Session) -> tuple[Finding, ...]:
    """One finding of the kind ``session_check`` when a playing file has another sample rate than the session.

    Files that cannot be opened are left to the listening, which says why.
    """
    rates: Counter[int] = Counter()
    strangers: list[tuple[Track, str, int]] = []
    for path, track in playing_files(session)[:_MOST_FILES]:
        try:
            with open_media(media_path(session.media_folder, path)) as media:
                rate = round(media.sample_rate_hz)
        except MediaProblem:
            continue
        rates[rate] += 1
        if rate != session.sample_rate_hz:
            strangers.append((track, path, rate))
    if not strangers:
        return ()
    track, path, rate = strangers[0]
    counts = ", ".join(f"{count} at {rate} Hz" for rate, count in rates.most_common())
    name = path.replace("\\", "/").rpartition("/")[2]
    text = (
        f"Files in a session of {session.sample_rate_hz} Hz: {counts}; REAPER converts, the first is {name} "
        f"on {track.number} {track.display_name}."
    )
    evidence = Evidence(text=text, value=float(rate), unit="Hz")
    return (Finding(kind="session_check", track_guid=track.guid, sentence=text, evidence=(evidence,)),)


def playing_files(session: Session) -> list[tuple[str, Track]]:
    """Every file once, with the first track that plays it."""
    found: dict[str, Track] = {}
    for track in session.tracks:
        for item in track.items:
            take = item.takes[item.active_take] if 0 <= item.active_take < len(item.takes) else None
            if take and take.source and take.source.path and take.source.kind not in ("MIDI", "RPP_PROJECT", "VIDEO"):
                found.setdefault(take.source.path, track)
    return list(found.items())

"""Files that a session plays and that are not there, cannot be opened or hold nothing: their items are silent."""

from dawassist.audio.media import MediaProblem, open_media
from dawassist.audio.paths import media_path
from dawassist.audio.rates import playing_files
from dawassist.session.findings import Evidence, Finding
from dawassist.session.model import Session, Track
from dawassist.units import counted

_MOST_FILES = 400  # the check comes before anything is heard; files beyond them are left to the listening
_MOST_NAMED = 3


def silent_files(session: Session) -> tuple[Finding, ...]:
    """One finding of the kind ``session_check``. Where each file was looked for is told by the listening."""
    lost: list[tuple[str, Track]] = []
    for path, track in playing_files(session)[:_MOST_FILES]:
        try:
            with open_media(media_path(session.media_folder, path)):
                continue
        except MediaProblem:
            lost.append((path.replace("\\", "/").rpartition("/")[2], track))
    if not lost:
        return ()
    named = ", ".join(f"{name} on {track.number} {track.display_name}" for name, track in lost[:_MOST_NAMED])
    more = f" and {len(lost) - _MOST_NAMED} more" if len(lost) > _MOST_NAMED else ""
    verb = "is" if len(lost) == 1 else "are"
    text = f"{counted(len(lost), 'file')} {verb} not there or cannot be read, so that items are silent: {named}{more}."
    evidence = Evidence(text=text, value=float(len(lost)), unit="files")
    return (Finding(kind="session_check", track_guid=lost[0][1].guid, sentence=text, evidence=(evidence,)),)

"""Ways to open a session: a file, the running REAPER, the bundled demo."""

import tempfile
from pathlib import Path

from dawassist.assistant import Assistant
from dawassist.journal import Journal, default_journal


def open_file(path: Path, *, out: Path | None = None, journal: Journal | None = None) -> Assistant:
    """A .rpp file; `out` is where Apply writes."""
    from dawassist.projectfile import ProjectFile

    return Assistant(ProjectFile(path, out), journal or default_journal(), place=path.name)


def open_live(
    *,
    instance: str | None = None,
    web_port: int | None = None,
    discovery_folder: Path | None = None,
    journal: Journal | None = None,
) -> Assistant:
    """The running REAPER. Raises ConnectionStateError with the state and the next step when there is none."""
    from dawassist.reaper.live import connect

    daw = connect(instance=instance, web_port=web_port, discovery_folder=discovery_folder)
    return Assistant(daw, journal or default_journal(), place=daw.place)


def open_demo(*, journal: Journal | None = None) -> Assistant:
    """A copy of the bundled session in an embedded stand-in host, reached through the real bridge."""
    from dawassist.demo import copy_demo
    from dawassist.reaper.live import connect
    from dawassist.standin.launch import Standin

    folder = tempfile.TemporaryDirectory(prefix="dawassist-demo-")
    host = Standin(copy_demo(Path(folder.name)), server="agent")

    def close() -> None:
        host.stop()
        folder.cleanup()

    try:
        host.start()
        daw = connect(discovery_folder=host.discovery_folder)
        chosen = journal or Journal(Path(folder.name) / "journal.jsonl")
        return Assistant(daw, chosen, place="demo session on the stand-in host", closing=close)
    except BaseException:
        close()
        raise

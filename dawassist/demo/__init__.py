"""The bundled session: a small band, recorded with many microphones, with some things wrong on purpose."""

import shutil
from pathlib import Path

_HERE = Path(__file__).parent
_SESSION, _MEDIA = "session.rpp", "media"


def demo_session_path() -> Path:
    """The project file where it was installed; work on a copy."""
    return _HERE / _SESSION


def copy_demo(folder: Path) -> Path:
    """Copy the session with its media into `folder` (made when missing) and return the copied project file."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(_HERE / _MEDIA, folder / _MEDIA, dirs_exist_ok=True)
    return Path(shutil.copyfile(_HERE / _SESSION, folder / _SESSION))

"""Where the media of a project lies."""

from pathlib import Path

from dawassist.audio.media import MediaProblem


def media_path(media_folder: str, stored: str) -> Path:
    """The file that a stored path means: absolute as it is, relative from the project's folder, as REAPER does.

    Backslashes count as separators, so that a project from Windows opens elsewhere. Raises MediaProblem for what is no
    file path (an address of the network) and for relative paths that climb out of the project's folder.
    """
    if "://" in stored or "\0" in stored:
        raise MediaProblem("media_unsafe_path", f"{stored!r} is no path of a file, so it is not read.")
    text = stored if Path(stored).is_absolute() else stored.replace("\\", "/")
    path = Path(text)
    if path.is_absolute() or (len(text) > 2 and text[1] == ":"):
        return path
    root = Path(media_folder or ".")
    if ".." in path.parts and not (root / path).resolve().is_relative_to(root.resolve()):
        raise MediaProblem(
            "media_unsafe_path",
            f"The media path {stored!r} leads out of the project's folder, so it is not read.",
            next_step="In REAPER use File > Save project as, with “copy all media into project directory”.",
        )
    return root / path

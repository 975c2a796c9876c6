"""The .RPP adapter: a project file as a Daw."""

from dawassist.projectfile.file import ProjectFile

__all__ = ["ProjectFile"]

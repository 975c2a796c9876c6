"""Names of widgets: one for the style sheet, one for screen readers."""

from typing import TypeVar

from PyQt6.QtWidgets import QWidget

AnyWidget = TypeVar("AnyWidget", bound=QWidget)


def named(widget: AnyWidget, *, style: str = "", spoken: str = "") -> AnyWidget:
    widget.setObjectName(style)
    widget.setAccessibleName(spoken)
    return widget

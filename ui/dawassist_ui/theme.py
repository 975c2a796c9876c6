"""Colors and the style sheet: dark, calm, every text at 4.5:1 and every sign at 3:1 against what it lies on."""

from dataclasses import dataclass

from PyQt6.QtGui import QColor, QPalette
from PyQt6.QtWidgets import QApplication


@dataclass(frozen=True)
class Theme:
    window: str = "#1E2124"
    surface: str = "#272B2F"
    raised: str = "#32373C"
    text: str = "#E6E8EA"
    muted: str = "#A9B1B8"
    accept: str = "#5BD6A0"
    reject: str = "#FF8F8F"
    pending: str = "#8CB8FF"
    locked: str = "#C9A7FF"
    warning: str = "#FFC966"
    before: str = "#9AA4AD"
    after: str = "#4FC3F7"
    focus: str = "#FFD54A"
    border: str = "#7C858D"
    line: str = "#3A4046"  # decoration only: carries no meaning

    @property
    def foregrounds(self) -> tuple[str, ...]:
        """The colors that text and signs are drawn in."""
        return (
            self.text, self.muted, self.accept, self.reject, self.pending, self.locked, self.warning, self.before,
            self.after, self.focus,
        )  # fmt: skip


DARK = Theme()


def contrast_ratio(one: str, other: str) -> float:
    """WCAG 2.1 contrast ratio of two colors, 1..21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def apply_theme(app: QApplication, theme: Theme = DARK) -> None:
    app.setStyle("Fusion")
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.window,
        QPalette.ColorRole.Base: theme.surface,
        QPalette.ColorRole.AlternateBase: theme.window,
        QPalette.ColorRole.Button: theme.raised,
        QPalette.ColorRole.ToolTipBase: theme.raised,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.muted,
        QPalette.ColorRole.Highlight: "#3D4A57",
        QPalette.ColorRole.HighlightedText: theme.text,
    }
    for role, color in roles.items():
        palette.setColor(role, QColor(color))
    palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText, QColor(theme.border))
    app.setPalette(palette)
    app.setStyleSheet(_style(theme))


def _style(theme: Theme) -> str:
    return f"""
    QWidget#bar, QWidget#card {{ background: {theme.surface}; }}
    QLabel#muted {{ color: {theme.muted}; }}
    QLabel#headline {{ font-size: 15px; font-weight: 600; }}
    QLabel#title {{ color: {theme.muted}; font-weight: 600; letter-spacing: 1px; }}
    QLabel#chip {{ background: {theme.raised}; border-radius: 8px; padding: 2px 8px; }}
    QFrame#banner {{ background: #40361F; border: 1px solid {theme.warning}; border-radius: 4px; }}
    QFrame#receipt {{ background: {theme.surface}; border-top: 1px solid {theme.line}; }}
    QTreeView, QListView, QTableView {{ border: 1px solid {theme.line}; border-radius: 4px; outline: none; }}
    QTreeView:focus, QListView:focus, QTableView:focus {{ border: 1px solid {theme.focus}; }}
    QListView#findings::item {{ padding: 3px 8px; }}
    QHeaderView::section {{ background: {theme.window}; color: {theme.muted}; border: none; padding: 4px 6px; }}
    QPushButton {{ background: {theme.raised}; border: 1px solid {theme.line}; border-radius: 4px; padding: 5px 12px; }}
    QPushButton:hover {{ border-color: {theme.border}; }}
    QPushButton:focus {{ border-color: {theme.focus}; }}
    QPushButton#primary:enabled {{ background: #1F5E45; border-color: {theme.accept}; font-weight: 600; }}
    QPushButton:disabled {{ color: {theme.border}; }}
    QProgressBar {{ background: {theme.raised}; border: none; border-radius: 3px; height: 14px; text-align: center; }}
    QProgressBar::chunk {{ background: #2F6C86; border-radius: 3px; }}
    QScrollArea {{ border: none; }}
    QSplitter::handle {{ background: {theme.window}; }}
    QToolTip {{ color: {theme.text}; background: {theme.raised}; border: 1px solid {theme.border}; }}
    """

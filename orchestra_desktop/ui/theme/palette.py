"""The Qt palette of each set of tokens, explicit in every role: Fusion then looks alike on every system."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

from orchestra_desktop.ui.theme.tokens import Token, Tokens

_ROLES = {
    QPalette.ColorRole.Window: Token.PANEL,
    QPalette.ColorRole.WindowText: Token.TEXT,
    QPalette.ColorRole.Base: Token.INSET,
    QPalette.ColorRole.AlternateBase: Token.PANEL,
    QPalette.ColorRole.Text: Token.TEXT,
    QPalette.ColorRole.PlaceholderText: Token.MUTED,
    QPalette.ColorRole.Button: Token.RAISED,
    QPalette.ColorRole.ButtonText: Token.TEXT,
    QPalette.ColorRole.BrightText: Token.FAILED,
    QPalette.ColorRole.ToolTipBase: Token.RAISED,
    QPalette.ColorRole.ToolTipText: Token.TEXT,
    QPalette.ColorRole.Highlight: Token.FILL,
    QPalette.ColorRole.HighlightedText: Token.ON_FILL,
    QPalette.ColorRole.Accent: Token.ACCENT,
    QPalette.ColorRole.Link: Token.ACCENT,
    QPalette.ColorRole.LinkVisited: Token.ACCENT,
    QPalette.ColorRole.Light: Token.RAISED,
    QPalette.ColorRole.Midlight: Token.BORDER,
    QPalette.ColorRole.Mid: Token.BORDER,
    QPalette.ColorRole.Dark: Token.STRONG,
    QPalette.ColorRole.Shadow: Token.WINDOW,
}
_FADED = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)


def palette_of(tokens: Tokens) -> QPalette:
    """Every role of the palette from the tokens; disabled text is muted."""
    palette = QPalette()
    for role, token in _ROLES.items():
        palette.setColor(role, QColor(tokens[token]))
    for role in _FADED:
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.muted))
    return palette

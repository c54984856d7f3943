"""The languages and themes that the panel of the reference offers; clients choose from these words."""

from __future__ import annotations

from tholos.kernel.command import command
from tholos.kernel.tx import State, Tx
from tholos.resources.system.views import names

LANGUAGES = (
    *("en", "ar", "az", "bg", "bn", "bs", "ca", "cs", "da", "de", "el", "es", "et", "fa", "fi", "fr", "hr", "hu", "id"),
    *("it", "ja", "ka", "ko", "ku", "lo", "nl", "no", "pl", "pt-br", "pt", "ro", "ru", "sk", "sq", "sr", "sv", "th"),
    *("tr", "uk", "ur", "vi", "zh-cn", "zh-tw"),
)
"""Codes of languages, English first."""
THEMES = ("dark", "default", "flat", "vestia")
"""Names of looks."""


@command(
    "system.languages.list",
    legacy="v-list-sys-languages [FORMAT]",
    rest="GET /languages",
    view=names("LANGUAGE"),
    resource=str,
)
def languages(_state: State) -> tuple[str, ...]:
    """List the languages that can be chosen."""
    return LANGUAGES


@command("system.theme.refresh", legacy="v-refresh-sys-theme", rest="POST /themes/refresh")
def refresh_theme(_tx: Tx) -> None:
    """Apply the chosen look again; every page reads it anew, so there is nothing to do."""


@command(
    "system.themes.list", legacy="v-list-sys-themes [FORMAT]", rest="GET /themes", view=names("THEME"), resource=str
)
def themes(_state: State) -> tuple[str, ...]:
    """List the looks that can be chosen."""
    return THEMES

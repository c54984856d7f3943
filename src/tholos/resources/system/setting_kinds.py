"""What kind of value a setting holds: the reference has a text in every one, JSON has types."""

from __future__ import annotations

from typing import Any

from tholos.kernel.view import words

Shown = bool | int | list[str] | str | None
SWITCHES: dict[str, tuple[str, str]] = {
    **dict.fromkeys(
        words(
            "API BACKUP_INCREMENTAL DEMO_MODE DISABLE_IP_CHECK DISK_QUOTA DOMAINDIR_WRITABLE "
            "ENFORCE_SUBDOMAIN_OWNERSHIP HIDE_DOCS POLICY_BACKUP_SUSPENDED_USERS "
            "POLICY_SYNC_ERROR_DOCUMENTS POLICY_SYNC_SKELETON POLICY_SYSTEM_HIDE_SERVICES "
            "POLICY_SYSTEM_PASSWORD_RESET POLICY_SYSTEM_PROTECTED_ADMIN POLICY_USER_CHANGE_THEME "
            "POLICY_USER_DELETE_LOGS POLICY_USER_EDIT_DETAILS POLICY_USER_EDIT_DNS_TEMPLATES "
            "POLICY_USER_EDIT_WEB_TEMPLATES POLICY_USER_VIEW_LOGS POLICY_USER_VIEW_SUSPENDED RESOURCES_LIMIT"
        ),
        ("yes", "no"),
    ),
    **dict.fromkeys(
        words("DEBUG_MODE UPGRADE_SEND_EMAIL UPGRADE_SEND_EMAIL_LOG USE_SERVER_SMTP WEB_TERMINAL"), ("true", "false")
    ),
}
"""The words that stand for true and false in settings that are switched on and off."""
NUMBERS = words("BACKEND_PORT INACTIVE_SESSION_TIMEOUT WEB_PORT WEB_SSL_PORT")
"""Settings that hold a whole number and nothing else."""
_NUMBERS = frozenset(
    (
        *NUMBERS,
        *words("API_SYSTEM BACKUP_GZIP POLICY_CSRF_STRICTNESS PROXY_PORT PROXY_SSL_PORT"),
        *words("SERVER_SMTP_PORT SMTP_RELAY_PORT WEB_TERMINAL_PORT"),
    )
)
_LISTS = frozenset(words("API_ALLOWED_IP DB_SYSTEM"))


def is_secret(key: str) -> bool:
    """Tell whether a setting holds a secret: the reference's keys end so then."""
    return key.endswith(("_PASSWD", "_PASSWORD", "_SECRET", "_KEY", "_TOKEN", "_HASH"))


def shown(key: str, text: str) -> Shown:
    """A setting's value as JSON has it: null for none, and for a secret."""
    if key in _LISTS:
        return text.replace(",", " ").split()
    if is_secret(key) or text == "":
        return None
    if key in SWITCHES and text in SWITCHES[key]:
        return text == SWITCHES[key][0]
    return int(text) if key in _NUMBERS and text.isascii() and text.isdigit() else text


def text_of(key: str, value: Any) -> str | None:
    """The text for a JSON value of a setting; None when it is of another type than the setting."""
    match value:
        case bool() if key in SWITCHES:
            return SWITCHES[key][0 if value else 1]
        case int() if key in _NUMBERS and not isinstance(value, bool):
            return str(value)
        case list() if key in _LISTS and all(isinstance(part, str) for part in value):
            return ",".join(value)
        case str():
            return value
        # The null of a secret says nothing about it.
        case None if not is_secret(key):
            return ""
    return None

"""Settings that were lost, and those that somebody spoiled (``state.json``: what the reference puts in their place)."""

from __future__ import annotations

from sqlalchemy import select

from tholos.kernel.command import command
from tholos.kernel.tx import Tx
from tholos.kernel.types import Choice
from tholos.kernel.view import words
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.system.model import settings
from tholos.resources.system.settings import set_setting

DEFAULTS = {
    "APP_NAME": "Tholos",
    "BACKUP": "/backup",
    "BACKUP_INCREMENTAL": "no",
    "CRON_SYSTEM": "cron",
    "DEBUG_MODE": "false",
    "DISABLE_IP_CHECK": "no",
    "DISK_QUOTA": "no",
    "DNS_CLUSTER_SYSTEM": "hestia",
    "ENFORCE_SUBDOMAIN_OWNERSHIP": "yes",
    "FILE_MANAGER": "false",
    "HIDE_DOCS": "no",
    "INACTIVE_SESSION_TIMEOUT": "60",
    "LANGUAGE": "en",
    "LOGIN_STYLE": "default",
    "PLUGIN_APP_INSTALLER": "false",
    **dict.fromkeys(words("POLICY_BACKUP_SUSPENDED_USERS POLICY_SYSTEM_HIDE_SERVICES"), "no"),
    "POLICY_CSRF_STRICTNESS": "1",
    **dict.fromkeys(words("POLICY_SYNC_ERROR_DOCUMENTS POLICY_SYNC_SKELETON POLICY_SYSTEM_PROTECTED_ADMIN"), "yes"),
    "POLICY_SYSTEM_PASSWORD_RESET": "no",
    **dict.fromkeys(words("POLICY_USER_CHANGE_THEME POLICY_USER_DELETE_LOGS POLICY_USER_EDIT_DETAILS"), "yes"),
    **dict.fromkeys(words("POLICY_USER_EDIT_DNS_TEMPLATES POLICY_USER_EDIT_WEB_TEMPLATES"), "yes"),
    "POLICY_USER_VIEW_LOGS": "yes",
    "POLICY_USER_VIEW_SUSPENDED": "no",
    "RELEASE_BRANCH": "release",
    "RESOURCES_LIMIT": "no",
    "ROOT_USER": "admin",
    "SUBJECT_EMAIL": "{{subject}}",
    "THEME": "dark",
    "TITLE": "{{page}} - {{hostname}} - {{appname}}",
    **dict.fromkeys(words("UPGRADE_SEND_EMAIL UPGRADE_SEND_EMAIL_LOG USE_SERVER_SMTP WEB_TERMINAL"), "false"),
    "WEB_BACKEND": "php-fpm",
    "WEB_PORT": "80",
    "WEB_SSL": "openssl",
    "WEB_SSL_PORT": "443",
    "WEB_SYSTEM": "nginx",
}
"""Values of settings that every node has."""
_KEPT = frozenset(words("ROOT_USER DISK_QUOTA RESOURCES_LIMIT"))
"""What a restore leaves alone: who administers, and what has been done to the machine."""


class Mode(Choice):
    """What is done about settings."""

    __slots__ = ()
    words = ("repair", "restore")
    expected = "repair (what is missing) or restore (everything that has a default)"
    example = "repair"


@command("system.settings.repair", legacy="v-repair-sys-config [SYSTEM]", rest="POST /system/settings/repair")
def repair(tx: Tx, system: Mode | None = None) -> None:
    """Give settings that are missing their defaults, or all that have one; access to the API stays as it is."""
    found = {row.key for row in tx.rows(select(settings.c.key))}
    for key, value in DEFAULTS.items():
        if key not in found or (system == "restore" and key not in _KEPT):
            set_setting(tx, key, value)
    note(tx, SYSTEM, "System", "Settings repaired." if system != "restore" else "Settings restored.")

"""Listing the settings of a node (``commands.json``: v-list-sys-config)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import select

from tholos.kernel.command import command
from tholos.kernel.tx import State
from tholos.kernel.view import Csv, Field, Labels, View, words
from tholos.resources.system.model import settings
from tholos.resources.system.resource import Settings
from tholos.resources.system.setting_kinds import is_secret

Values = Mapping[str, str]
KEYS = words(
    "ANTISPAM_SYSTEM ANTIVIRUS_SYSTEM API API_ALLOWED_IP API_SYSTEM APP_NAME BACKEND_PORT BACKUP BACKUP_GZIP "
    "BACKUP_INCREMENTAL BACKUP_MODE BACKUP_SYSTEM CRON_SYSTEM DB_PGA_ALIAS DB_PMA_ALIAS DB_SYSTEM DEBUG_MODE DEMO_MODE "
    "DISABLE_IP_CHECK DISK_QUOTA RESOURCES_LIMIT DNS_CLUSTER DNS_CLUSTER_SYSTEM DNS_SYSTEM ENFORCE_SUBDOMAIN_OWNERSHIP "
    "FILE_MANAGER FIREWALL_EXTENSION FIREWALL_SYSTEM FROM_EMAIL FROM_NAME FTP_SYSTEM HIDE_DOCS IMAP_SYSTEM "
    "INACTIVE_SESSION_TIMEOUT LANGUAGE LOGIN_STYLE MAIL_SYSTEM PHPMYADMIN_KEY PLUGIN_APP_INSTALLER PLUGIN_FILE_MANAGER "
    "PMA_RESTRICT_ACCESS POLICY_BACKUP_SUSPENDED_USERS POLICY_CSRF_STRICTNESS POLICY_SYNC_ERROR_DOCUMENTS "
    "POLICY_SYNC_SKELETON POLICY_SYSTEM_ENABLE_BACON POLICY_SYSTEM_HIDE_ADMIN POLICY_SYSTEM_HIDE_SERVICES "
    "POLICY_SYSTEM_PASSWORD_RESET POLICY_SYSTEM_PROTECTED_ADMIN POLICY_USER_CHANGE_THEME POLICY_USER_DELETE_LOGS "
    "POLICY_USER_EDIT_DETAILS POLICY_USER_EDIT_DNS_TEMPLATES POLICY_USER_EDIT_WEB_TEMPLATES POLICY_USER_VIEW_LOGS "
    "POLICY_USER_VIEW_SUSPENDED PROXY_PORT PROXY_SSL_PORT PROXY_SYSTEM RELEASE_BRANCH REPOSITORY ROOT_USER "
    "SERVER_SMTP_ADDR SERVER_SMTP_HOST SERVER_SMTP_PASSWD SERVER_SMTP_PORT SERVER_SMTP_SECURITY SERVER_SMTP_USER "
    "SMTP_RELAY SMTP_RELAY_HOST SMTP_RELAY_PORT SMTP_RELAY_USER STATS_SYSTEM SUBJECT_EMAIL SUPPORT_DNSSEC THEME TITLE "
    "UPDATE_AVAILABLE UPGRADE_SEND_EMAIL UPGRADE_SEND_EMAIL_LOG USE_SERVER_SMTP VERSION WEBMAIL_ALIAS WEBMAIL_SYSTEM "
    "WEB_BACKEND WEB_PORT WEB_RGROUPS WEB_SSL WEB_SSL_PORT WEB_SYSTEM WEB_TERMINAL WEB_TERMINAL_PORT"
)
"""The settings that are listed."""


def _of(key: str) -> Callable[[Values], str]:
    return lambda found: found.get(key, "")


def _joined(separator: str, *keys: str) -> Callable[[Values], str]:
    return lambda found: separator.join(part for key in keys if (part := found.get(key, "")))


def _web(found: Values) -> str:
    server = f"{found.get('WEB_SYSTEM', '')}:{found.get('WEB_PORT', '')}"
    return f"{server} ({found.get('WEB_RGROUPS', '')})" if found.get("WEB_SYSTEM") else ""


_FIELDS: dict[str, Field] = {
    **{key: _of(key) for key in KEYS},
    "WEB": _web,
    "SSL": _joined(":", "WEB_SSL", "WEB_SSL_PORT"),
    "MAIL": _joined(" + ", "MAIL_SYSTEM", "IMAP_SYSTEM"),
    "DATABASES": lambda found: found.get("DB_SYSTEM", "").replace(",", ", "),
    "FIREWALL": _joined("+ ", "FIREWALL_SYSTEM", "FIREWALL_EXTENSION"),
}
CONFIG = View(
    key="",
    wrapper="config",
    fields=_FIELDS,
    json=KEYS,
    csv=Csv(KEYS, ",".join(KEYS)),
    # The labels are the reference's, misspellings included, because scripts look for them.
    shell=Labels(
        (
            ("Web Server:", "WEB"),
            ("SSL Support:", "SSL"),
            ("PHP Intepreter:", "WEB_BACKEND"),
            ("Statistics Engine:", "STATS_SYSTEM"),
            ("FTP Server:", "FTP_SYSTEM"),
            ("Mail Server:", "MAIL"),
            ("Webmail alias:", "WEBMAIL_ALIAS"),
            ("Database:", "DATABASES"),
            ("phpMyAdmin Alias:", "DB_PMA_ALIAS"),
            ("phpPgAdmin Alias:", "DB_PGA_ALIAS"),
            ("DNS Server:", "DNS_SYSTEM"),
            ("CRON daemon:", "CRON_SYSTEM"),
            ("Firewall:", "FIREWALL"),
            ("Backups:", "BACKUP_SYSTEM"),
            ("Backup Directory:", "BACKUP"),
            ("Disk Quota enabled:", "DISK_QUOTA"),
            ("Resource limit with cgroup enabled:", "RESOURCES_LIMIT"),
            ("Version:", "VERSION"),
            ("API enabled:", "API"),
            ("API allowed IP's:", "API_ALLOWED_IP"),
            ("SMTP Server Account enabled:", "USE_SERVER_SMTP"),
            ("Release Branch:", "RELEASE_BRANCH"),
            ("Debug Mode:", "DEBUG_MODE"),
            ("Theme:", "THEME"),
            ("Restricted Admin Access:", "POLICY_SYSTEM_PROTECTED_ADMIN"),
            ("Hide System Administator:", "POLICY_SYSTEM_HIDE_ADMIN"),
            ("Updates: Notify by email:", "UPGRADE_SEND_EMAIL"),
            ("Updates: Email install log:", "UPGRADE_SEND_EMAIL_LOG"),
        ),
        width=36,
    ),
)


@command(
    "system.settings.list", legacy="v-list-sys-config [FORMAT]", rest="GET /settings", view=CONFIG, resource=Settings
)
def show(state: State) -> Values:
    """List the settings of the node; secrets among them are empty for a key that may not run every command."""
    rows, secrets = state.rows(select(settings)), state.context.caller.sees_secrets
    return {row.key: row.value if secrets or not is_secret(row.key) else "" for row in rows}

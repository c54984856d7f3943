"""The rows of a fresh node: its settings and the two packages that are always there."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_SETTINGS = {
    "API": "yes",
    "API_ALLOWED_IP": "",
    "API_SYSTEM": "1",
    "APP_NAME": "Tholos",
    "BACKEND_PORT": "8083",
    "BACKUP": "/backup",
    "BACKUP_INCREMENTAL": "no",
    "DEBUG_MODE": "false",
    "DISABLE_IP_CHECK": "no",
    "DISK_QUOTA": "no",
    "ENFORCE_SUBDOMAIN_OWNERSHIP": "yes",
    "FILE_MANAGER": "false",
    "HIDE_DOCS": "no",
    "INACTIVE_SESSION_TIMEOUT": "60",
    "LANGUAGE": "en",
    "LOGIN_STYLE": "default",
    "PLUGIN_APP_INSTALLER": "false",
    "POLICY_BACKUP_SUSPENDED_USERS": "no",
    "POLICY_CSRF_STRICTNESS": "1",
    "POLICY_SYNC_ERROR_DOCUMENTS": "yes",
    "POLICY_SYNC_SKELETON": "yes",
    "POLICY_SYSTEM_HIDE_SERVICES": "no",
    "POLICY_SYSTEM_PASSWORD_RESET": "no",
    "POLICY_SYSTEM_PROTECTED_ADMIN": "yes",
    "POLICY_USER_CHANGE_THEME": "yes",
    "POLICY_USER_DELETE_LOGS": "yes",
    "POLICY_USER_EDIT_DETAILS": "yes",
    "POLICY_USER_EDIT_DNS_TEMPLATES": "yes",
    "POLICY_USER_EDIT_WEB_TEMPLATES": "yes",
    "POLICY_USER_VIEW_LOGS": "yes",
    "POLICY_USER_VIEW_SUSPENDED": "no",
    "RELEASE_BRANCH": "release",
    "RESOURCES_LIMIT": "no",
    "ROOT_USER": "admin",
    "SUBJECT_EMAIL": "{{subject}}",
    "THEME": "dark",
    "TITLE": "{{page}} - {{hostname}} - {{appname}}",
    "UPGRADE_SEND_EMAIL": "false",
    "UPGRADE_SEND_EMAIL_LOG": "false",
    "USE_SERVER_SMTP": "false",
    # The release of the protocol, which clients look at, not that of Tholos.
    "VERSION": "1.10.3",
    "WEB_BACKEND": "php-fpm",
    "WEB_PORT": "80",
    "WEB_RGROUPS": "www-data",
    "WEB_SSL": "openssl",
    "WEB_SSL_PORT": "443",
    "WEB_SYSTEM": "nginx",
    "WEB_TERMINAL": "false",
}
_SYSTEM_PACKAGE = {
    "web_domains": "1",
    "web_aliases": "1",
    "dns_domains": "1",
    "mail_domains": "1",
    "mail_accounts": "1",
    "databases": "0",
}


def upgrade() -> None:
    """Go to this revision."""
    metadata = sa.MetaData()
    connection = op.get_bind()
    settings = sa.Table("settings", metadata, autoload_with=connection)
    packages = sa.Table("packages", metadata, autoload_with=connection)
    op.bulk_insert(settings, [{"key": key, "value": value} for key, value in _SETTINGS.items()])
    # Columns that are not named here take the default package's values from the schema.
    connection.execute(sa.insert(packages).values(name="default", created=datetime(2019, 1, 15, 18)))
    connection.execute(sa.insert(packages).values(name="system", created=datetime(2022, 1, 20), **_SYSTEM_PACKAGE))

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
    "DISK_QUOTA": "no",
    "ENFORCE_SUBDOMAIN_OWNERSHIP": "yes",
    "INACTIVE_SESSION_TIMEOUT": "60",
    "LANGUAGE": "en",
    "RELEASE_BRANCH": "release",
    "ROOT_USER": "admin",
    # The release of the protocol, which clients look at, not that of Tholos.
    "VERSION": "1.10.3",
    "WEB_BACKEND": "php-fpm",
    "WEB_PORT": "80",
    "WEB_RGROUPS": "www-data",
    "WEB_SSL": "openssl",
    "WEB_SSL_PORT": "443",
    "WEB_SYSTEM": "nginx",
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

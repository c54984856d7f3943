"""Tables of database servers, databases, and logins for a while."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, String, Table, UniqueConstraint

from tholos.kernel.tables import metadata

database_hosts = Table(
    "database_hosts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("type", String, nullable=False),
    Column("host", String, nullable=False),
    Column("port", Integer, nullable=False),
    Column("login", String, nullable=False),
    Column("password", String, nullable=False, server_default=""),
    Column("charsets", String, nullable=False),
    Column("template", String, nullable=False, server_default=""),
    Column("max_db", Integer, nullable=False),
    Column("used", Integer, nullable=False, server_default="0"),
    Column("suspended", Boolean, nullable=False, server_default="0"),
    Column("created", DateTime, nullable=False),
    UniqueConstraint("type", "host"),
)
"""Servers; ``used`` is how many databases are there, ``password`` is empty where a socket lets the engine in."""

databases = Table(
    "databases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String, ForeignKey("accounts.name"), nullable=False, index=True),
    Column("host_id", Integer, ForeignKey("database_hosts.id"), nullable=False),
    Column("name", String, nullable=False, index=True),
    Column("login", String, nullable=False, index=True),
    Column("password_hash", String, nullable=False),
    Column("lent_hash", String, nullable=False, server_default=""),
    Column("charset", String, nullable=False),
    Column("disk_bytes", Integer, nullable=False, server_default="0"),
    Column("suspended", Boolean, nullable=False, server_default="0"),
    Column("created", DateTime, nullable=False),
    UniqueConstraint("host_id", "name"),
    UniqueConstraint("host_id", "login"),
    sqlite_autoincrement=True,
)
"""Databases, each with a login of its own; ``disk_bytes`` is what it takes. An id is never given twice: jobs keep them.

While there is a ``lent_hash`` the login is a job's alone: no password opens it but the one that the job knows.
"""

database_guests = Table(
    "database_guests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("database_id", Integer, ForeignKey("databases.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("login", String, nullable=False, unique=True),
    Column("password_hash", String, nullable=False),
)
"""Further logins of databases, for a while (single sign-on)."""

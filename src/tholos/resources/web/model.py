"""Tables of web domains."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, String, Table, UniqueConstraint

from tholos.kernel.tables import metadata

web_domains = Table(
    "web_domains",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String, ForeignKey("accounts.name"), nullable=False),
    Column("domain", String, nullable=False, unique=True),
    Column("parent", String, nullable=False, index=True),
    Column("ip", String, ForeignKey("addresses.ip"), nullable=False, index=True),
    Column("template", String, nullable=False, server_default="default"),
    Column("backend", String, nullable=False, server_default="default"),
    Column("proxy", String, nullable=False, server_default="default"),
    Column("proxy_extensions", String, nullable=False, server_default=""),
    Column("ssl", Boolean, nullable=False, server_default="0"),
    Column("ssl_home", String, nullable=False, server_default="same"),
    Column("suspended", Boolean, nullable=False, server_default="0"),
    Column("disk_bytes", Integer, nullable=False, server_default="0"),
    Column("created", DateTime, nullable=False),
    Column("redirect", String, nullable=False, server_default=""),
    Column("redirect_code", String, nullable=False, server_default=""),
    Column("custom_docroot", String, nullable=False, server_default=""),
    Column("custom_phproot", String, nullable=False, server_default=""),
    Column("fastcgi_cache", String, nullable=False, server_default=""),
    Column("fastcgi_duration", String, nullable=False, server_default=""),
    Column("listing", Boolean, nullable=False, server_default="0"),
    Column("allow_users", Boolean, nullable=False, server_default="0"),
    UniqueConstraint("account", "domain"),
)
"""Sites; ``parent`` is the registrable domain (public suffix list), by which ownership of subdomains is enforced."""

web_aliases = Table(
    "web_aliases",
    metadata,
    Column("alias", String, primary_key=True),
    Column("domain_id", Integer, ForeignKey("web_domains.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("parent", String, nullable=False, index=True),
)
"""Other names of sites; a name is an alias of one site at most."""

web_logins = Table(
    "web_logins",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("domain_id", Integer, ForeignKey("web_domains.id", ondelete="CASCADE"), nullable=False),
    Column("login", String, nullable=False),
    Column("password_hash", String, nullable=False),
    UniqueConstraint("domain_id", "login"),
)
"""Logins that a site asks its visitors for (HTTP authentication, RFC 7617)."""

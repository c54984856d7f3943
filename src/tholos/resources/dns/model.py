"""Tables of zones and records."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from tholos.kernel.tables import metadata

dns_domains = Table(
    "dns_domains",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String, ForeignKey("accounts.name"), nullable=False, index=True),
    Column("domain", String, nullable=False),
    Column("zone", String, nullable=False, unique=True),
    Column("parent", String, nullable=False, index=True),
    Column("ip", String, nullable=False),
    Column("template", String, nullable=False, server_default="default"),
    Column("ttl", Integer, nullable=False, server_default="14400"),
    Column("expires", String, nullable=False, server_default=""),
    Column("soa", String, nullable=False, server_default=""),
    Column("serial", BigInteger, nullable=False),
    Column("src", String, nullable=False, server_default=""),
    Column("dnssec", Boolean, nullable=False, server_default="0"),
    Column("slave", Boolean, nullable=False, server_default="0"),
    Column("master", String, nullable=False, server_default=""),
    Column("suspended", Boolean, nullable=False, server_default="0"),
    Column("created", DateTime, nullable=False),
)
"""Zones: ``domain`` is the name as it was given, ``zone`` the same in A-labels, ``parent`` its registrable part.

``expires`` is the date when the registration ends, which nothing acts on. ``src`` is the host name of the master that
sent the zone (empty: it is our own), ``slave`` tells whether it is transferred from ``master``.
"""

dns_past = Table(
    "dns_past",
    metadata,
    Column("zone", String, primary_key=True),
    Column("serial", BigInteger, nullable=False),
    Column("deletions", Integer, nullable=False),
    Column("account", String, nullable=False, server_default=""),
    Column("deleted", DateTime, index=True),
)
"""Names of zones that were deleted: the last serial that one of the name had, and how often it was deleted.

Without it a server that copies zones would take a new zone for an old version of what it has. ``account`` had the name
last, until ``deleted``, which is empty while there is a zone of the name; see ``past.py`` for how long it is kept.
"""
Index("ix_dns_past_account", dns_past.c.account, dns_past.c.deleted)

dns_records = Table(
    "dns_records",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("domain_id", Integer, ForeignKey("dns_domains.id", ondelete="CASCADE"), nullable=False),
    Column("number", BigInteger().with_variant(Integer, "sqlite"), nullable=False),
    Column("record", String, nullable=False),
    Column("type", String, nullable=False),
    Column("priority", Integer),
    Column("value", String, nullable=False),
    Column("ttl", Integer),
    Column("suspended", Boolean, nullable=False, server_default="0"),
    Column("created", DateTime, nullable=False),
    UniqueConstraint("domain_id", "number"),
)
"""Records: ``number`` is the ID that clients see, ``record`` the owner's name (``@`` is the zone's own)."""

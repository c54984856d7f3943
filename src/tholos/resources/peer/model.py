"""The table of peers."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, String, Table

from tholos.kernel.tables import metadata

SECONDARY, PRIMARY = "secondary", "primary"

dns_peers = Table(
    "dns_peers",
    metadata,
    Column("role", String, primary_key=True),
    Column("address", String, primary_key=True),
    Column("node", String, nullable=False),
    Column("name", String, nullable=False),
    Column("secret", String, nullable=False),
    Column("created", DateTime, nullable=False),
)
"""Servers that copy all zones of this node (``role`` secondary), or whose zones are copied here (primary).

``node`` is the name of the server that the zones are of, by which its catalog is called. ``name`` and ``secret`` are
the TSIG key of the two (RFC 8945); both sides need the secret as it is, and no list has it.
"""

"""Tables of addresses."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, String, Table

from tholos.kernel.tables import metadata

addresses = Table(
    "addresses",
    metadata,
    Column("ip", String, primary_key=True),
    Column("owner", String, nullable=False, index=True),
    Column("status", String, nullable=False, server_default="shared"),
    Column("name", String, nullable=False, server_default=""),
    Column("interface", String, nullable=False),
    Column("netmask", String, nullable=False),
    Column("nat", String, nullable=False, server_default=""),
    Column("added", Boolean, nullable=False, server_default="0"),
    Column("created", DateTime, nullable=False),
)
"""IPv4 addresses of the node.

``nat`` is the public address where the node stands behind one; ``added`` is true for an address that the machine did
not have: it was put on its interface, and is kept there.
"""

"""Tables of the DNS cluster."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
)

from tholos.kernel.tables import metadata

JOINING, MEMBER, LEAVING = "joining", "member", "leaving"

dns_hosts = Table(
    "dns_hosts",
    metadata,
    Column("host", String, primary_key=True),
    Column("port", Integer, nullable=False),
    Column("login", String, nullable=False, server_default=""),
    Column("secret", String, nullable=False),
    Column("account", String, nullable=False),
    Column("type", String, nullable=False),
    Column("trust", String, nullable=False, server_default=""),
    Column("phase", String, nullable=False),
    Column("suspended", Boolean, nullable=False, server_default="0"),
    Column("sync", BigInteger, nullable=False, server_default="0"),
    Column("wipe", BigInteger, nullable=False, server_default="0"),
    Column("size", String, nullable=False, server_default=""),
    Column("addresses", String, nullable=False, server_default=""),
    Column("created", DateTime, nullable=False),
    Column("succeeded", DateTime),
    Column("failed", DateTime),
    Column("error", String, nullable=False, server_default=""),
)
"""Servers that this node's zones are copied to.

``secret`` is a password where there is a ``login``, else a key; it is needed as it is, so that it can be shown to the
other server, and no list has it. ``trust`` says how the server's certificate is checked (see ``types.Trust``).
``phase``: a server joins once it has answered, and leaves once it has been told. ``sync`` and ``wipe`` are not 0
while everything is to be compared, or taken away; each request has a number of its own. ``size`` is how much the
server's account held after the last comparison. ``addresses``, with blanks between, are those from which the server may
transfer zones: none where records are copied.
"""

dns_pushes = Table(
    "dns_pushes",
    metadata,
    Column("host", String, ForeignKey("dns_hosts.host", ondelete="CASCADE"), primary_key=True),
    Column("domain", String, primary_key=True, index=True),
    Column("account", String, nullable=False),
    Column("acknowledged", String, nullable=False, server_default=""),
    Column("marked", BigInteger, nullable=False, server_default="0"),
    Column("since", DateTime),
    Column("error", String, nullable=False, server_default=""),
)
"""What each server has of each zone.

``acknowledged`` is the digest of what it last took, empty where that is not known; ``marked`` is not 0 while the zone
may differ from that, ``since`` when; below 0 it says that the zone is to be taken off, whatever the state has. A row is
there before the first call to the server is made, and goes when the zone was taken off there: what is to be done is
always in the state, so nothing is lost by a kill.
"""
Index("ix_dns_pushes_marked", dns_pushes.c.host, dns_pushes.c.marked, sqlite_where=dns_pushes.c.marked != 0)

dns_received = Table(
    "dns_received",
    metadata,
    Column("account", String, ForeignKey("accounts.name", ondelete="CASCADE"), primary_key=True),
    Column("domain", String, primary_key=True),
    Column("src", String, nullable=False, server_default=""),
    Column("line", String, nullable=False, server_default=""),
    Column("condemned", DateTime),
    Column("digest", String, nullable=False, server_default=""),
    Column("sender", String, nullable=False, server_default=""),
    Column("replaced", Boolean, nullable=False, server_default="0"),
)
"""Zones as another server sent them, until they are rebuilt: only then they take the place of what is served.

``line`` is the sent text; ``replaced`` tells that the records that were sent take the place of the zone's own, and do
not come on top. Once rebuilt, there are none, and ``digest`` remembers them, until the zone is changed here.
``condemned`` is when the server dropped the zone that is served, perhaps only to send it anew. ``sender`` is the access
key with which the line came, where that key is a master's (``dns/reach.py``).
"""
Index("ix_dns_received_sender", dns_received.c.sender, dns_received.c.src)

dns_received_records = Table(
    "dns_received_records",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String, nullable=False),
    Column("domain", String, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("text", String, nullable=False),
    ForeignKeyConstraint(["account", "domain"], ["dns_received.account", "dns_received.domain"], ondelete="CASCADE"),
)
"""Records that another server sent, in their order: a file of many, or one. ``total`` counts the characters so far."""
Index("ix_dns_received_records_zone", dns_received_records.c.account, dns_received_records.c.domain)

dns_received_sizes = Table(
    "dns_received_sizes",
    metadata,
    Column("account", String, ForeignKey("accounts.name", ondelete="CASCADE"), primary_key=True),
    Column("size", BigInteger, nullable=False),
)
"""How many characters other servers have sent to an account, since it was last counted how much waits (``room.py``)."""

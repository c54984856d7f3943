"""Where named finds what belongs to a zone.

The server may not pass through the home of an account (ADR 7), so its files are in its own directory, and there is a
link where the reference has them.
"""

from __future__ import annotations

from tholos.drivers.encoders import zone_name

OWN = "/var/lib/bind"
ZONES = f"{OWN}/zones"
KEYS = f"{OWN}/keys"
CATALOG = f"{OWN}/catalog"
"""The catalog of this node's zones."""
CATALOG_NOTE = f"{CATALOG}/name"
"""What that catalog is called."""
COPIES = f"{OWN}/copies"
"""Catalogs of others, and their zones."""
SIGNED = ("jbk", "jnl", "signed", "signed.jnl")
"""What named writes beside the file of a zone: its record of changes, the signed zone, and the record of that."""


def zone_file(zone: str) -> str:
    """The master file of a zone."""
    return f"{ZONES}/{zone_name(zone)}.db"


def copied_file(zone: str) -> str:
    """The file of a zone that is transferred: the server's own, apart from master files, which it cannot replace."""
    return f"{COPIES}/{zone_name(zone)}.db"


def zone_link(account: str, zone: str) -> str:
    """Where an account's administrator looks for the master file of a zone."""
    return f"/home/{account}/conf/dns/{zone_name(zone)}.db"


def key_directory(zone: str) -> str:
    """The keys that a zone is signed with.

    Each zone has a directory of its own, because named looks through all of one for the keys of a zone.
    """
    return f"{KEYS}/{zone_name(zone)}"


def catalog_zone(node: str) -> str:
    """The zone that is a node's catalog; no resolver asks for such a name (RFC 6761, 6.4)."""
    return zone_name(f"{node}.catalog.invalid")

"""Tables of access keys and legacy keys. A secret is stored as its SHA-256: it is random, so it needs no slow hash."""

from __future__ import annotations

import hashlib

from sqlalchemy import Column, DateTime, Integer, String, Table

from tholos.kernel.tables import metadata

access_keys = Table(
    "access_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("secret_hash", String, nullable=False),
    Column("account", String, nullable=False, index=True),
    Column("permissions", String, nullable=False, server_default=""),
    Column("comment", String, nullable=False, server_default=""),
    Column("expires", DateTime),
    Column("addresses", String, nullable=False, server_default=""),
    Column("created", DateTime, nullable=False),
)
"""Keys; empty ``permissions`` means every command (the administrator's only), empty ``addresses`` means any."""

FORGET_TEXTS = "forget texts"
"""The job that takes away the temporary files of an account, or of one of its keys."""

legacy_keys = Table(
    "legacy_keys",
    metadata,
    Column("hash", String, primary_key=True),
    Column("created", DateTime, nullable=False),
)
"""Legacy API keys, hashed."""


def hash_secret(secret: str) -> str:
    """The stored form of a random secret."""
    return hashlib.sha256(secret.encode()).hexdigest()

"""Making and revoking legacy keys."""

from __future__ import annotations

import secrets
import string

from sqlalchemy import delete, insert

from tholos.kernel.command import command
from tholos.kernel.errors import Silent
from tholos.kernel.tx import Tx
from tholos.resources.access.model import hash_secret, legacy_keys
from tholos.resources.access.resource import LegacyKey
from tholos.resources.access.types import LegacyKey as Shown
from tholos.resources.log.model import note

_ALPHABET = string.ascii_letters + string.digits + "_-"


@command("access.legacy.add", legacy="v-generate-api-key", rest="POST /legacy-keys", resource=LegacyKey)
def generate(tx: Tx) -> str:
    """Make a legacy key, which may do everything; this answer is the only one that ever shows it."""
    key = "".join(secrets.choice(_ALPHABET) for _ in range(32))
    tx.execute(insert(legacy_keys).values(hash=hash_secret(key), created=tx.context.now))
    note(tx, "system", "API", "Legacy API key generated", "Warning")
    return f"{key}\n"


@command("access.legacy.delete", legacy="v-revoke-api-key HASH", rest="POST /legacy-keys/revoke")
def revoke(tx: Tx, hash: Shown) -> None:
    """Revoke a legacy key."""
    if tx.execute(delete(legacy_keys).where(legacy_keys.c.hash == hash_secret(hash))) == 0:
        raise Silent("", code=3, argument="hash")
    note(tx, "system", "API", "Legacy API key revoked")

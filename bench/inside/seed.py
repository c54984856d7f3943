"""Put many accounts into the state of the box at once, and have the engine make the machine equal to it.

Run with the venv's Python and the engine stopped: ``seed.py PREFIX FROM TO``.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert

from tholos.apply.store import Store
from tholos.kernel.passwords import hash_password
from tholos.resources.user.model import accounts

STATE = Path("/var/lib/tholos")


def main(prefix: str, first: int, last: int) -> None:
    """Insert accounts ``PREFIX00001`` and so on."""
    store = Store(STATE)
    hashed = hash_password("correct horse battery")
    now = datetime.now().replace(microsecond=0)
    rows = [
        {
            "name": f"{prefix}{number:05d}",
            "full_name": f"Number {number}",
            "contact": f"{prefix}{number:05d}@example.org",
            "package": "default",
            "password_hash": hashed,
            "recovery_key": "abcdefghijklmnop",
            "created": now,
        }
        for number in range(first, last + 1)
    ]
    with store.writing() as connection:
        connection.execute(insert(accounts), rows)
        connection.commit()
    (STATE / "boot_id").unlink(missing_ok=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

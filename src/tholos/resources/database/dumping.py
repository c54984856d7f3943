"""Writing databases out as dumps."""

from __future__ import annotations

from typing import ClassVar

from tholos.kernel.command import command
from tholos.kernel.job import Asked, Started, start
from tholos.kernel.tx import Tx
from tholos.kernel.types import Choice
from tholos.resources.database.record import require, subject
from tholos.resources.database.types import DatabaseName
from tholos.resources.log.model import note
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName
from tholos.resources.user.model import FIRST_UID
from tholos.resources.user.record import require_active

BACKUP = "/backup"
"""Where backups of accounts are (``paths.json``)."""
_ENDINGS = {"gzip": "gz", "zstd": "zst"}


class Output(Choice):
    """Where a dump goes: into a file, which is the only place for it."""

    __slots__ = ()
    words = ("file",)
    expected = "file"
    example = "file"


class Compression(Choice):
    """What packs a dump."""

    __slots__ = ()
    words = tuple(_ENDINGS)
    expected = "gzip or zstd"
    example = "zstd"


class Dump(Asked, frozen=True):
    """Write a database into a file that root and the account's group may read; ``packed`` is its last ending."""

    kind: ClassVar[str] = "database.dump"
    database: int
    path: str
    packed: str
    group: int


_FILE = Output("file")


@command(
    "database.dump",
    legacy="v-dump-database USER DATABASE [FILE] [COMPRESSION]",
    usage="USER DATABASE [OUTPUT] [COMPRESSION]",
    rest="POST /users/{user}/databases/{database}/dump",
    role="user",
    examples={"database": "alice_shop", "file": "file", "compression": "zstd"},
)
def dump(
    tx: Tx, user: AccountName, database: DatabaseName, file: Output = _FILE, compression: Compression | None = None
) -> Started:
    """Write a database into a file in /backup that the account may read; the path of that is the result."""
    require_system(tx, "DB_SYSTEM")
    account = require_active(tx, user)
    found = require(tx, user, database)
    packed = _ENDINGS[compression] if compression else ""
    name = f"{database}_{found.type}_{tx.context.now:%Y-%m-%d_%H-%M-%S}.sql" + (f".{packed}" if packed else "")
    note(tx, user, "Databases", f"Dump of database {database} started.")
    asked = Dump(found.id, f"{BACKUP}/{name}", packed, FIRST_UID + account.id)
    return start(tx, asked, account=user, subject=subject(found))

"""Loading dumps into databases."""

from __future__ import annotations

import re
from typing import ClassVar

from tholos.kernel.command import command
from tholos.kernel.errors import NotExist
from tholos.kernel.job import Asked, Started, start
from tholos.kernel.tx import Tx
from tholos.kernel.types import Text
from tholos.resources.database.record import require_active, subject
from tholos.resources.database.types import DatabaseName
from tholos.resources.log.model import note
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName
from tholos.resources.user.model import FIRST_UID
from tholos.resources.user.record import require_active as require_active_account


class DumpPath(Text):
    """The path of a dump; its ending says how it is packed."""

    __slots__ = ()
    pattern = re.compile(r"(?:/[^/]+)+\.sql(?:\.gz|\.zst|\.xz)?")
    max_length = 1000
    expected = "the path of a file that ends in .sql, .sql.gz, .sql.zst or .sql.xz"
    example = "/home/alice/shop.sql.gz"

    @classmethod
    def accepts(cls, raw: str) -> bool:
        return super().accepts(raw) and not {"..", "."} & set(raw.split("/"))


class Import(Asked, frozen=True):
    """Load a dump into a database; ``as_root`` tells that it may be a file of root's."""

    kind: ClassVar[str] = "database.import"
    database: int
    path: str
    home: str
    uid: int
    as_root: bool


@command(
    "database.import",
    legacy="v-import-database USER DB PATH",
    usage="DATABASE USER",
    rest="POST /users/{user}/databases/{db}/import",
    role="user",
    examples={"db": "alice_shop"},
)
def load(tx: Tx, user: AccountName, db: DatabaseName, path: DumpPath) -> Started:
    """Load a dump into a database; when that fails half-way, the database is again as it was before."""
    require_system(tx, "DB_SYSTEM")
    uid = FIRST_UID + require_active_account(tx, user).id
    found = require_active(tx, user, db, "db")
    home, caller = f"/home/{user}", tx.context.caller
    if not tx.context.machine.read("dump file", path, home, str(uid), "root" if caller.is_root else ""):
        raise NotExist(f"dump {path} doesn't exist, or is no file in {home} that is the account's own", argument="path")
    note(tx, user, "Databases", f"Import into database {db} started.")
    return start(tx, Import(found.id, path, home, uid, caller.is_root), account=user, subject=subject(found))

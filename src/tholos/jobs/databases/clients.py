"""The clients of database servers as programs: how each dumps a database and loads a dump, and what packs files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tholos.apply.sql.mysql import SOCKET as MYSQL_SOCKET
from tholos.apply.sql.pgsql import SOCKET as PGSQL_SOCKET
from tholos.apply.sql.place import LOCAL
from tholos.jobs.sandbox import Program
from tholos.kernel.errors import DatabaseFailed, Unreadable
from tholos.kernel.view import words

MYSQL = "mysql"
PACKERS = {"gz": "/usr/bin/gzip", "zst": "/usr/bin/zstd", "xz": "/usr/bin/xz"}
"""What packs and unpacks, by the ending of a file's name."""
_DUMPS = words("--single-transaction --quick --routines --triggers --events --hex-blob")
_LOADS = words("--batch --binary-mode --skip-reconnect --local-infile=0 --max-allowed-packet=1G")
_PSQL = Path("/usr/lib/postgresql")


class Way(NamedTuple):
    """How a client reaches a database: engine, host, port, database, and a login there with its password.

    ``anew`` is the character set and the order of one of MariaDB that the client is to make anew first, both words.
    """

    engine: str
    host: str
    port: int
    database: str
    login: str
    password: str
    anew: tuple[str, str] | None = None


def dumper(way: Way) -> Program:
    """Writes a database as SQL that any login which may fill a database can load."""
    if way.engine == MYSQL:
        return _mysql("mariadb-dump", way, _DUMPS)
    return _pgsql("pg_dump", way, ["--no-owner", "--no-privileges", "--encoding=UTF8"])


def loader(way: Way) -> Program:
    """Carries out the SQL on its standard input, see ``framed``, and ends at the first error."""
    if way.engine == MYSQL:
        # In binary mode the client has no commands of its own but DELIMITER.
        return _mysql("mariadb", way, _LOADS)
    said = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--set=VERBOSITY=terse"]
    return _pgsql("psql", way, [*said, "--file=-"])


def framed(way: Way, token: str) -> tuple[bytes, bytes]:
    """What a loader is told before a dump and after it.

    On PostgreSQL that makes one transaction of it, which is committed only when the dump has come whole: when the
    engine is killed, the client sees its input end as it does after a whole dump. The client prints the token with the
    transaction's number first, see ``begun``, and once more when it has understood the end as that, and not as a part
    of a text that was cut off: see ``ended``.
    """
    if way.engine == MYSQL:
        return _anew(way).encode(), b""
    said = token.encode()
    before = b"BEGIN;\nSELECT '%s begins ' || pg_catalog.txid_current();\n" % said
    return before, b"\n;\n\\set ON_ERROR_STOP 1\nSELECT '%s' || ' ends';\nCOMMIT;\n" % said


def _anew(way: Way) -> str:
    """Empty a database as its own login: nobody who has the name by then has the password."""
    if way.anew is None:
        return ""
    name, (charset, order) = f"`{way.database}`", way.anew
    made = f"CREATE DATABASE {name} CHARACTER SET {charset}" + (f" COLLATE {order}" if order else "")
    # A server's own limit is a day; whoever waits here tries again.
    before, after = "SET SESSION lock_wait_timeout=60", "SET SESSION lock_wait_timeout=DEFAULT"
    return "".join(f"{each};\n" for each in (before, f"DROP DATABASE IF EXISTS {name}", made, f"USE {name}", after))


def begun(printed: bytes, token: str) -> int | None:
    """The number of the transaction that a loader has begun, by what it has printed."""
    found = re.search(rb"%s begins (\d+)\s" % token.encode(), printed)
    return int(found[1]) if found else None


def ended(printed: bytes, token: str) -> bool:
    """Tell whether a loader has understood the end of a dump as that, by what it has printed last."""
    return b"%s ends" % token.encode() in printed


def _mysql(name: str, way: Way, said: Sequence[str]) -> Program:
    reach = f"socket={MYSQL_SOCKET}" if way.host == LOCAL else f"host={way.host}\nport={way.port}"
    secret = f'[client]\nuser="{way.login}"\npassword="{way.password}"\n{reach}\n'
    argv = (f"/usr/bin/{name}", "--defaults-file={secret}", "--default-character-set=utf8mb4", *said)
    # One that is made anew may not be there.
    into = () if way.anew else (way.database,)
    return Program((*argv, *into), secret, remote=way.host != LOCAL, refusal=DatabaseFailed)


def _pgsql(name: str, way: Way, said: Sequence[str]) -> Program:
    host = PGSQL_SOCKET if way.host == LOCAL else way.host
    found = sorted(_PSQL.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    argv = (str(found[-1]) if found else f"/usr/bin/{name}", "--no-password", *said)
    reach = (f"--host={host}", f"--port={way.port}", f"--username={way.login}", f"--dbname={way.database}")
    environment = ("PGPASSFILE={secret}", "PGCONNECT_TIMEOUT=10", "PGOPTIONS=-cclient_min_messages=warning")
    return Program((*argv, *reach), f"*:*:*:*:{way.password}\n", environment, way.host != LOCAL, DatabaseFailed)


def unpacker(ending: str) -> Program:
    """Unpacks its standard input."""
    return Program((PACKERS[ending], "-dc"), refusal=Unreadable)


def packer(ending: str) -> Program:
    """Packs its standard input."""
    return Program((PACKERS[ending], "-c"))

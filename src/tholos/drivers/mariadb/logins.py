"""Logins on MariaDB: each may use one database, from any host that reaches the server."""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.host import Host
from tholos.apply.readings.databases import FoundLogin, login_at
from tholos.apply.steps import Sql, Statement, Step
from tholos.drivers.at_servers import at_servers
from tholos.drivers.mariadb.names import escaped, login, pattern
from tholos.kernel.touched import Key
from tholos.resources.database.types import MYSQL
from tholos.resources.database.want import LoginWant

_HASHED = "IDENTIFIED WITH mysql_native_password AS %s"


def plan(key: Key, want: LoginWant | None, host: Host) -> Iterator[Step]:
    """Make a login as it is wanted, or lock it and have it dropped after the commit."""
    engine, server_host, name = key
    if engine != MYSQL:
        return
    server, thing = f"{engine}/{server_host}", f"login {name}"
    found, retired = login_at(host, server, name)
    drop = Statement(f"DROP USER IF EXISTS {login(name)}")
    if want is None:
        if found is not None and not retired:
            unlock = () if found.locked else (_lock(name, locked=False),)
            yield Sql(server, _lock(name, locked=True), undo=unlock, retires=thing, purge=(drop,))
            yield Sql(server, _disconnect(name))
        return
    if found is not None and retired:
        yield Sql(server, drop, creates=thing)
        found = None
    if found is None:
        locked = " ACCOUNT LOCK" if want.suspended else ""
        create = Statement(f"CREATE USER {login(name)} {_HASHED}{locked}", (want.password_hash,))
        yield Sql(server, create, undo=(drop,), creates=thing)
        yield Sql(server, _grant(want))
        return
    yield from _differences(server, want, found)


def _differences(server: str, want: LoginWant, found: FoundLogin) -> Iterator[Step]:
    if found.password_hash != want.password_hash:
        new, old = (
            Statement(f"ALTER USER {login(want.name)} {_HASHED}", (hashed,))
            for hashed in (want.password_hash, found.password_hash)
        )
        yield Sql(server, new, undo=(old,))
    for database in found.databases:
        if database != escaped(want.database):
            # Another database's grant is there only after its name has changed, and nobody needs it back.
            yield Sql(server, Statement(f"REVOKE ALL PRIVILEGES ON {_kept(database)}.* FROM {login(want.name)}"))
    if escaped(want.database) not in found.databases:
        yield Sql(server, _grant(want))
    if found.locked != want.suspended:
        undo = _lock(want.name, locked=found.locked)
        yield Sql(server, _lock(want.name, locked=want.suspended), undo=(undo,))
        if want.suspended:
            yield Sql(server, _disconnect(want.name))


def _kept(database: str) -> str:
    """A pattern as the server keeps it, in backticks."""
    return "`" + database.replace("`", "``").replace("%", "%%") + "`"


def _grant(want: LoginWant) -> Statement:
    return Statement(f"GRANT ALL PRIVILEGES ON {pattern(want.database)}.* TO {login(want.name)}")


def _lock(name: str, *, locked: bool) -> Statement:
    return Statement(f"ALTER USER {login(name)} ACCOUNT {'LOCK' if locked else 'UNLOCK'}")


def _disconnect(name: str) -> Statement:
    """End the connections that a login has open."""
    return Statement(f"KILL USER {login(name)}")


DRIVER = at_servers("mariadb_logins", "database_login", 40, plan)

"""Roles on PostgreSQL: each may log in and owns one database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tholos.apply.host import Host
from tholos.apply.readings.databases import FoundLogin, databases_used, login_at
from tholos.apply.steps import Sql, Statement, Step
from tholos.drivers.at_servers import at_servers
from tholos.drivers.postgresql.names import identifier
from tholos.kernel.touched import Key
from tholos.resources.database.types import PGSQL
from tholos.resources.database.want import LoginWant

_RELEASE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE xact_start IS NOT NULL AND usename = %s"


def plan(key: Key, want: LoginWant | None, host: Host) -> Iterator[Step]:
    """Make a role as it is wanted, or take its login away and have it dropped after the commit."""
    engine, server_host, name = key
    if engine != PGSQL:
        return
    server, thing = f"{engine}/{server_host}", f"login {name}"
    found, retired = login_at(host, server, name)
    drop = Statement(f"DROP ROLE IF EXISTS {identifier(name)}")
    if want is None:
        if found is not None and not retired:
            back = () if found.locked else (_lock(name, locked=False),)
            purge = (*_disowned(name, databases_used(host, server, name)), drop)
            yield Sql(server, _release(name))
            yield Sql(server, _lock(name, locked=True), undo=back, retires=thing, purge=purge)
            yield Sql(server, _disconnect(name))
        return
    if found is not None and retired:
        # The role may own a database that still waits for being dropped, so it is taken over as it is.
        yield Sql(server, Statement(f"ALTER ROLE {identifier(name)} NOLOGIN"), creates=thing)
        found = FoundLogin("", True, ())
    if found is None:
        login = "NOLOGIN" if want.suspended else "LOGIN"
        create = Statement(f"CREATE ROLE {identifier(name)} {login} PASSWORD %s", (want.password_hash,))
        yield Sql(server, create, undo=(drop,), creates=thing)
        return
    yield from _differences(server, want, found)


def _disowned(name: str, databases: Iterable[str]) -> Iterator[Statement]:
    """Take every right of a role away, also what others have given it: a role that has any cannot be dropped."""
    drop = f"DROP OWNED BY {identifier(name)}"
    yield from (Statement(drop, database=database) for database in databases)
    # What databases themselves are given for is seen from everywhere.
    yield Statement(drop)


def _differences(server: str, want: LoginWant, found: FoundLogin) -> Iterator[Step]:
    if found.password_hash != want.password_hash:
        yield Sql(server, _password(want.name, want.password_hash), undo=(_password(want.name, found.password_hash),))
    if found.locked != want.suspended:
        undo = _lock(want.name, locked=found.locked)
        if want.suspended:
            yield Sql(server, _release(want.name))
        yield Sql(server, _lock(want.name, locked=want.suspended), undo=(undo,))
        if want.suspended:
            yield Sql(server, _disconnect(want.name))


def _password(name: str, hashed: str) -> Statement:
    """Give a role a hash, which PostgreSQL tells from a password by its form; without one, nobody logs in by it."""
    role = f"ALTER ROLE {identifier(name)} PASSWORD"
    return Statement(f"{role} %s", (hashed,)) if hashed else Statement(f"{role} NULL")


def _lock(name: str, *, locked: bool) -> Statement:
    return Statement(f"ALTER ROLE {identifier(name)} {'NOLOGIN' if locked else 'LOGIN'}")


def _disconnect(name: str) -> Statement:
    """End the connections that a role has open."""
    return Statement("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (name,))


def _release(name: str) -> Statement:
    """End what a role is in the middle of: it may hold a lock on itself, so that it could not be locked out."""
    return Statement(_RELEASE, (name,))


DRIVER = at_servers("postgresql_roles", "database_login", 42, plan)

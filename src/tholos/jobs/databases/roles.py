"""Roles of PostgreSQL that exist only as long as a job, and how they end, whatever a dump has done with them meanwhile.

A dump runs as its role and may give that a password of its own; and whoever owns a database can make statements in it
fail, by settings and by locks. So a role is closed first, where no account has a say, and only then is cleared away.
"""

from __future__ import annotations

from tholos.apply.host import Host
from tholos.apply.sql.place import SOME_TIME, Rows
from tholos.apply.steps import Statement
from tholos.drivers.postgresql.names import identifier
from tholos.kernel.errors import DatabaseFailed, NoConnection
from tholos.kernel.log import log

_VALID_UNTIL = "SELECT (now() + interval '1 hour')::text"
"""By the server's clock. Clients of a job log in at once; nobody does later, even if the engine never comes back."""
_IS_THERE = "SELECT 1 FROM pg_roles WHERE rolname = %s"
_DISCONNECT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s"
_TRACES = (
    "SELECT datname, (SELECT o.rolname FROM pg_roles o JOIN pg_auth_members m ON m.roleid = o.oid "
    "WHERE o.oid = datdba AND m.member = r.oid LIMIT 1) FROM pg_database d, pg_roles r "
    "WHERE r.rolname = %s AND datallowconn AND d.oid IN "
    "(SELECT dbid FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = r.oid)"
)
"""The databases in which a role owns something or has a right, and the owner of each that it is a member of."""


def make(host: Host, server: str, login: str, owner: str, password_hash: str) -> None:
    """Make a role that is a member of an owner and begins as it; raise NoConnection or DatabaseFailed."""
    made, member = identifier(login), identifier(owner)
    gone = end(host, server, login)
    until = str(_ask(host, server, _VALID_UNTIL)[0][0]) if not host.rehearse else "infinity"
    if gone:
        _ask(host, server, f"CREATE ROLE {made} LOGIN PASSWORD %s VALID UNTIL %s", password_hash, until)
    else:
        # It is what an earlier attempt of the same job has left.
        _ask(host, server, f"ALTER ROLE {made} LOGIN PASSWORD %s VALID UNTIL %s", password_hash, until)
    _ask(host, server, f"GRANT {member} TO {made}")
    _ask(host, server, f"ALTER ROLE {made} SET role = {member}")


def end(host: Host, server: str, login: str) -> bool:
    """Close a role and drop it; tell whether it is gone. Raise NoConnection or DatabaseFailed when it is still open."""
    if not _ask(host, server, _IS_THERE, login):
        return True
    _ask(host, server, f"ALTER ROLE {identifier(login)} NOLOGIN PASSWORD NULL")
    _ask(host, server, _DISCONNECT, login)
    try:
        _clear(host, server, login)
    except (DatabaseFailed, NoConnection) as error:
        # Nobody can use it any more, and ``leftovers`` tries again.
        log.warning("a job's login is closed and could not be dropped", server=server, login=login, error=error.text)
        return False
    return True


def _clear(host: Host, server: str, login: str) -> None:
    made = identifier(login)
    dropped = f"DROP OWNED BY {made}"
    for database, owner in _ask(host, server, _TRACES, login):
        if owner is not None:
            # A role that has not reset itself owns nothing: this is for what a dump has made otherwise.
            _ask(host, server, f"REASSIGN OWNED BY {made} TO {identifier(owner)}", database=database)
        _ask(host, server, dropped, database=database)
    # What databases themselves are given for is seen from everywhere.
    _ask(host, server, dropped)
    _ask(host, server, f"DROP ROLE {made}")


def _ask(host: Host, server: str, text: str, *values: str, database: str = "") -> Rows:
    return host.servers.run(server, [Statement(text, values, database=database)], seconds=SOME_TIME)

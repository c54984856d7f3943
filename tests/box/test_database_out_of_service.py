"""A database server that is down and marked so: accounts are ended without it, and it is told when it is back.

A minute passes until somebody looks; what a commit leaves behind has somebody look at once.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from box.machine import Machine
from tests.box.clients import Client, add
from tests.box.test_database_servers import HALT, PASSWORD, RUN, SECRET, people, second, state
from tests.box.test_web_sites import v
from tests.waiting import until

__all__ = ["people", "second"]
KEPT, GONE = "oosk", "oosg"


def waits(machine: Machine, table: str) -> bool:
    """Tell whether a table has any rows."""
    return any(state(machine, table))


STANDBY = "/var/lib/postgresql/15/second/standby.signal"
READ_ONLY = {
    "mysql": "mariadb --no-defaults -S /srv/second/socket -u root -e 'SET GLOBAL read_only=1'",
    "pgsql": f"install -o postgres -g postgres /dev/null {STANDBY} && pg_ctlcluster 15 second restart",
}
WRITABLE = {
    "mysql": "mariadb --no-defaults -S /srv/second/socket -u root -e 'SET GLOBAL read_only=0'",
    "pgsql": "pg_ctlcluster 15 second promote",
}


@pytest.fixture
def server(people: Machine, second: Client) -> Iterator[Client]:
    """The other server, known to the engine, with databases of two accounts."""
    known = ("v-add-database-host", second.type, "127.0.0.1", "keeper", SECRET, "9", "UTF8", "", str(second.port))
    assert v(people, *known) == (0, "")
    for account in (KEPT, GONE):
        assert v(people, "v-add-user", account, "Pass12345", "oos@example.org") == (0, "")
        add(people, second, account, "n", PASSWORD, "127.0.0.1")
    yield second
    for account in (KEPT, GONE):
        v(people, "v-delete-user", account)


def test_a_marked_server_that_is_down_is_told_when_it_is_back(people: Machine, server: Client) -> None:
    host, letter = (server.type, "127.0.0.1"), server.type[0]
    kept, gone = f"{KEPT}_{letter}n", f"{GONE}_{letter}n"
    people.exec(["bash", "-c", HALT[server.type]])
    assert v(people, "v-suspend-user", KEPT)[0] == 15
    assert v(people, "v-suspend-database-host", *host) == (0, "")
    assert v(people, "v-suspend-user", KEPT) == (0, "")
    assert v(people, "v-delete-user", GONE) == (0, "")
    assert waits(people, "postponed")
    people.exec(["bash", "-c", RUN[server.type]])
    until(lambda: waits(people, "postponed"), right=lambda waiting: not waiting, seconds=180)
    for name in (kept, gone):
        assert not server.may(people, name, PASSWORD, name)
    until(lambda: waits(people, "sql_purges"), right=lambda waiting: not waiting)
    assert v(people, "v-unsuspend-user", KEPT) == (0, "")
    assert server.may(people, kept, PASSWORD, kept)
    assert v(people, "v-delete-user", KEPT) == (0, "")
    assert v(people, "v-delete-database-host", *host) == (0, "")


def test_a_marked_server_that_is_only_read_is_told_when_it_takes_changes(people: Machine, server: Client) -> None:
    kept = f"{KEPT}_{server.type[0]}n"
    people.exec(["bash", "-c", READ_ONLY[server.type]])
    try:
        assert v(people, "v-suspend-database-host", server.type, "127.0.0.1") == (0, "")
        assert v(people, "v-suspend-user", KEPT) == (0, "")
        assert v(people, "v-delete-user", GONE) == (0, "")
        assert waits(people, "postponed")
        assert server.may(people, kept, PASSWORD, kept)
    finally:
        people.exec(["bash", "-c", WRITABLE[server.type]])
    until(lambda: waits(people, "postponed"), right=lambda waiting: not waiting, seconds=180)
    assert not server.may(people, kept, PASSWORD, kept)
    until(lambda: waits(people, "sql_purges"), right=lambda waiting: not waiting)
    assert v(people, "v-delete-user", KEPT) == (0, "")
    assert v(people, "v-delete-database-host", server.type, "127.0.0.1") == (0, "")


def test_one_that_is_gone_for_good_is_forgotten(people: Machine, server: Client) -> None:
    host = (server.type, "127.0.0.1")
    assert v(people, "v-suspend-database-host", *host) == (0, "")
    people.exec(["bash", "-c", HALT[server.type]])
    assert v(people, "v-delete-database-host", *host)[0] == 7
    for account in (KEPT, GONE):
        assert v(people, "v-delete-user", account) == (0, "")
    assert v(people, "v-delete-database-host", *host) == (0, "")
    assert not waits(people, "postponed")

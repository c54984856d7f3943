"""Database servers that are down, hang, are elsewhere or full; deleting that can be undone; logins that expire."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from box.machine import Machine
from tests.box.clients import DATABASE_FILE, MARIADB, POSTGRESQL, Client, add
from tests.box.engine import crash
from tests.box.test_crash_machine import engine_stopped, program
from tests.box.test_web_sites import v
from tests.waiting import took, until

ALICE, BOB = "srvalice", "srvbob"
BOTH = pytest.mark.parametrize("client", [MARIADB, POSTGRESQL], ids=lambda client: client.type)
PASSWORD = "aGoodPassword1"
SECONDS = 30.0
"""A server that is down or hangs is told of within that time, on a busy machine too."""


@pytest.fixture(scope="module")
def people(machine: Machine) -> Iterator[Machine]:
    """Two accounts."""
    for name in (ALICE, BOB):
        assert v(machine, "v-add-user", name, "Pass12345", f"{name}@example.org") == (0, "")
    yield machine
    for name in (ALICE, BOB):
        v(machine, "v-delete-user", name)


def state(machine: Machine, *tables: str) -> list[str]:
    """All rows of tables of the state, read beside the engine."""
    script = (
        "import sqlite3, sys\n"
        f"connection = sqlite3.connect('file:{DATABASE_FILE}?mode=ro', uri=True)\n"
        "for table in sys.argv[1:]:\n"
        "    print(*connection.execute(f'SELECT * FROM {table}'), sep='\\n')\n"
    )
    return machine.exec(["python3", "-c", script, *tables]).stdout.splitlines()


TABLES = ("databases", "database_hosts", "database_guests", "due_calls", "sql_purges", "history", "audit")


@contextmanager
def stopped(machine: Machine, client: Client) -> Iterator[None]:
    """The server is down meanwhile."""
    machine.exec(["systemctl", "stop", client.unit])
    try:
        yield
    finally:
        machine.exec(["systemctl", "start", client.unit])


@contextmanager
def hanging(machine: Machine, client: Client) -> Iterator[None]:
    """The server's processes do not get a turn meanwhile: it takes connections and never answers."""
    machine.exec(["systemctl", "kill", "--signal=STOP", client.unit])
    # A connection that was used a tenth of a second ago is believed to be good; the wait for it is a longer one.
    time.sleep(0.3)
    try:
        yield
    finally:
        machine.exec(["systemctl", "kill", "--signal=CONT", client.unit])


@BOTH
@pytest.mark.parametrize("out", [stopped, hanging], ids=["stopped", "hanging"])
def test_a_server_that_does_not_answer_is_exit_code_15_in_seconds_and_nothing_changes(
    people: Machine, client: Client, out: Callable[[Machine, Client], object]
) -> None:
    name = add(people, client, ALICE, out.__name__, PASSWORD)
    short = f"{client.type[0]}new"
    other = POSTGRESQL if client is MARIADB else MARIADB
    with out(people, client):  # type: ignore[attr-defined]
        before = state(people, *TABLES)
        for call in (
            ("v-add-database", ALICE, short, short, PASSWORD, client.type),
            ("v-delete-database", ALICE, name),
            ("v-suspend-database", ALICE, name),
            ("v-change-database-password", ALICE, name, "another"),
            ("v-change-database-user", ALICE, name, short),
            ("v-rebuild-database", ALICE, name),
            ("v-update-database-disk", ALICE, name),
            ("v-delete-user", ALICE),
        ):
            start = time.monotonic()
            code, said = v(people, *call)
            assert (code, time.monotonic() - start < SECONDS) == (15, True), (call, code, said)
        assert state(people, *TABLES) == before
        # Whoever needs another server, or none, is served meanwhile.
        assert took(lambda: v(people, "v-list-databases", ALICE, "json")) < SECONDS / 2
        theirs = add(people, other, BOB, f"{client.type}{out.__name__}", PASSWORD)
        assert other.may(people, theirs, PASSWORD, theirs)
        assert v(people, "v-add-cron-job", ALICE, "1", "2", "3", "4", "5", "true") == (0, "")
    until(lambda: client.may(people, name, PASSWORD, name))
    until(lambda: v(people, "v-change-database-password", ALICE, name, "once more")[0] == 0)
    assert client.may(people, name, "once more", name)


@BOTH
def test_what_was_deleted_comes_back_when_a_later_step_of_the_call_fails(people: Machine, client: Client) -> None:
    account = f"undo{client.type}"
    assert v(people, "v-add-user", account, "Pass12345", "undo@example.org") == (0, "")
    assert v(people, "v-add-web-domain", account, f"{account}.test") == (0, "")
    name = add(people, client, account, "kept", PASSWORD)
    assert client.ask(people, name, PASSWORD, name, "CREATE TABLE t (x INT); INSERT INTO t VALUES (7)") == (0, "")
    broken = "/etc/nginx/conf.d/broken.conf"
    people.exec(["sh", "-c", f"echo 'nonsense here;' > {broken}"])
    try:
        assert v(people, "v-delete-user", account)[0] == 20
    finally:
        people.exec(["rm", broken])
    assert client.ask(people, name, PASSWORD, name, "SELECT x FROM t") == (0, "7")
    assert json.loads(v(people, "v-list-databases", account, "json")[1])[name]["SUSPENDED"] == "no"
    assert v(people, "v-delete-user", account) == (0, "")
    assert not client.may(people, name, PASSWORD, name)
    until(lambda: not client.logins(people, account) and not client.databases(people, account))
    # A namesake finds nothing of it.
    assert v(people, "v-add-user", account, "Pass12345", "undo@example.org") == (0, "")
    assert add(people, client, account, "kept", "another") == name
    assert client.ask(people, name, "another", name, "SELECT x FROM t")[0] != 0
    assert not client.may(people, name, PASSWORD, name)
    assert v(people, "v-delete-user", account) == (0, "")


def test_a_login_for_a_while_expires_also_when_the_engine_is_killed_before(people: Machine) -> None:
    name = add(people, MARIADB, ALICE, "sso", PASSWORD)
    other = add(people, MARIADB, ALICE, "sso2", PASSWORD)
    shown = json.loads(v(people, "v-add-database-temp-user", ALICE, name, "mysql", "localhost", "5")[1])["login"]
    login, password = shown["user"], shown["password"]
    assert login.startswith("hestia_sso_")
    assert MARIADB.ask(people, login, password, name, "CREATE TABLE t (x INT); DROP TABLE t") == (0, "")
    assert not MARIADB.may(people, login, password, other)
    assert not MARIADB.may(people, login, "wrong", name)
    assert password not in "".join(state(people, *TABLES))
    assert all(login in "".join(state(people, table)) for table in WAITING)
    crash(people)
    assert MARIADB.may(people, login, password, name)
    with engine_stopped(people):
        people.exec(["python3", "-c", DUE])
    until(lambda: not MARIADB.may(people, login, password, name))
    until(lambda: MARIADB.logins(people, "hestia_sso_"), right=lambda found: found == [])
    assert not any(login in "".join(state(people, table)) for table in WAITING)
    assert MARIADB.may(people, name, PASSWORD, name)


WAITING = ("database_guests", "due_calls")
"""Where a login for a while stands as long as there is one."""
DUE = f"""import sqlite3
connection = sqlite3.connect("{DATABASE_FILE}")
connection.execute("UPDATE due_calls SET at = 1")
connection.commit()
"""


def test_a_login_for_a_while_ends_with_a_suspension_and_when_it_is_deleted(people: Machine) -> None:
    name = add(people, MARIADB, ALICE, "ends", PASSWORD)
    for ends in (("v-delete-database-temp-user", ALICE, name, "{}"), ("v-suspend-database", ALICE, name)):
        shown = json.loads(v(people, "v-add-database-temp-user", ALICE, name)[1])["login"]
        assert MARIADB.may(people, shown["user"], shown["password"], name)
        assert v(people, *(word.format(shown["user"]) for word in ends)) == (0, "")
        assert not MARIADB.may(people, shown["user"], shown["password"], name)
    assert v(people, "v-unsuspend-database", ALICE, name) == (0, "")
    assert not MARIADB.may(people, shown["user"], shown["password"], name)
    assert MARIADB.may(people, name, PASSWORD, name)


SECOND = {"mysql": 3307, "pgsql": 5433}
RUN = {
    "mysql": r"""
systemd-run --quiet --unit=second-mariadb --uid=mysql mariadbd --no-defaults --skip-name-resolve --datadir=/srv/second \
  --port=3307 --bind-address=127.0.0.1 --socket=/srv/second/socket --pid-file=/srv/second/pid
client="--no-defaults -S /srv/second/socket -u root"
for n in $(seq 600); do mariadb-admin $client ping >/dev/null 2>&1 && break; sleep 0.1; done
""",
    "pgsql": "pg_ctlcluster 15 second start\n",
}
"""Start the other server; its files are there."""
HALT = {"mysql": "systemctl stop second-mariadb", "pgsql": "pg_ctlcluster 15 second stop -m immediate"}
MAKE = {
    "mysql": r"""set -e; mkdir -p /srv/second; chown mysql: /srv/second
mariadb-install-db --no-defaults --user=mysql --datadir=/srv/second --auth-root-authentication-method=normal >/dev/null
""",
    "pgsql": "set -e; pg_createcluster --port=5433 15 second -- --auth-host=scram-sha-256 >/dev/null\n",
}
KEEPER = {
    "mysql": r"""
mariadb $client <<'SQL'
DELETE FROM mysql.global_priv WHERE User = '';
FLUSH PRIVILEGES;
CREATE USER 'keeper'@'127.0.0.1' IDENTIFIED BY 'it''s "%" secret';
CREATE USER 'nobody'@'127.0.0.1' IDENTIFIED BY 'it''s "%" secret';
GRANT ALL ON *.* TO 'keeper'@'127.0.0.1' WITH GRANT OPTION;
SQL
""",
    "pgsql": r"""
runuser -u postgres -- psql -p 5433 -q <<'SQL'
CREATE ROLE keeper SUPERUSER LOGIN PASSWORD 'it''s "%" secret';
CREATE ROLE nobody CREATEDB CREATEROLE LOGIN PASSWORD 'it''s "%" secret';
SQL
""",
}
STOP = {
    "mysql": "systemctl stop second-mariadb; rm -rf /srv/second",
    "pgsql": "pg_dropcluster --stop 15 second",
}
SECRET = """it's "%" secret"""


@pytest.fixture(params=["mysql", "pgsql"])
def second(people: Machine, request: pytest.FixtureRequest) -> Iterator[Client]:
    """Another server, reached over TCP with a password; it takes two databases."""
    engine = str(request.param)
    people.exec(["bash", "-c", MAKE[engine] + RUN[engine] + KEEPER[engine]])
    yield Client(engine, SECOND[engine])
    people.exec(["bash", "-c", STOP[engine]])


def test_a_server_over_tcp(people: Machine, second: Client) -> None:
    engine, port, here = second.type, str(second.port), Client(second.type)
    host = ("v-add-database-host", engine, "127.0.0.1", "keeper")
    assert v(people, *host, "wrong", "2", "UTF8", "", port)[0] == 15
    assert v(people, *host[:3], "nobody", SECRET, "2", "UTF8", "", port)[0] == 15
    assert v(people, *host, SECRET, "2", "UTF8", "", port) == (0, "")
    assert SECRET not in v(people, "v-list-database-host", engine, "127.0.0.1", "json")[1]
    account = f"tcp{engine}"
    assert v(people, "v-add-user", account, "Pass12345", "tcp@example.org") == (0, "")
    letter = engine[0]
    # The server with the fewest databases is taken, until it has as many as it may.
    assert v(people, "v-add-database", BOB, f"{letter}here", f"{letter}here", PASSWORD, engine, "localhost") == (0, "")
    names = [add(people, second, account, "n0", PASSWORD), add(people, second, account, "n1", PASSWORD, "127.0.0.1")]
    for name in names:
        assert second.may(people, name, PASSWORD, name)
        assert not here.may(people, name, PASSWORD, name)
        # Whoever has a session in what databases are made from keeps everybody's new ones waiting.
        for shared in ("template1", "postgres", "mysql"):
            assert not second.may(people, name, PASSWORD, shared)
    full = ("v-add-database", account, f"{letter}n2", f"{letter}n2", PASSWORD, engine)
    assert v(people, *full, "127.0.0.1")[0] == 8
    assert v(people, "v-suspend-database", account, names[0]) == (0, "")
    assert not second.may(people, names[0], PASSWORD, names[0])
    assert v(people, "v-unsuspend-database", account, names[0]) == (0, "")
    assert v(people, "v-change-database-user", account, names[0], f"{letter}new", "new secret") == (0, "")
    assert second.may(people, f"{account}_{letter}new", "new secret", names[0])
    assert v(people, "v-update-databases-disk", account) == (0, "")
    assert v(people, "v-delete-database-host", engine, "127.0.0.1")[0] == 7
    assert v(people, "v-delete-database", account, names[1]) == (0, "")
    assert v(people, "v-suspend-database-host", engine, "127.0.0.1") == (0, "")
    assert v(people, *full, "127.0.0.1")[0] == 5
    assert v(people, *full) == (0, "")
    assert here.may(people, f"{account}_{letter}n2", PASSWORD, f"{account}_{letter}n2")
    assert v(people, "v-delete-user", account) == (0, "")
    assert v(people, "v-delete-database-host", engine, "127.0.0.1") == (0, "")
    assert v(people, "v-delete-database", BOB, f"{BOB}_{letter}here") == (0, "")


def test_the_machine_is_as_the_state_says(people: Machine) -> None:
    with engine_stopped(people):
        assert program(people, "drift") == [[]]


def test_no_password_of_a_server_is_where_others_read(people: Machine) -> None:
    shown = people.exec(["stat", "-c", "%a %U", str(Path(DATABASE_FILE).parent / "servers")]).stdout
    assert shown == "700 root\n"

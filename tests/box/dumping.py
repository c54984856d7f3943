"""What tests of dumps stand on: two accounts, every server in two ways, and a database with a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from box.machine import Machine
from tests.box.test_web_sites import v

ALICE, BOB = "dumpalice", "dumpbob"
PASSWORD = "DumpPass12345"
HOME = f"/home/{ALICE}"


class Server(NamedTuple):
    """A server, and how the owner of a database there asks it something."""

    engine: str
    host: str

    def ask(self, machine: Machine, database: str, login: str, text: str) -> tuple[int, str]:
        """Ask as a database's login; give the exit code and the rows."""
        host = "" if self.host == "localhost" else f"-h {self.host}"
        if self.engine == "mysql":
            line = f"mariadb {host} -N -u {login} -p{PASSWORD} {database}"
        else:
            line = f"PGPASSWORD={PASSWORD} psql -XAtq {host or '-h /run/postgresql'} -U {login} {database}"
        done = machine.exec(["sh", "-c", line], input=text, check=False)
        return done.returncode, done.stdout


SERVERS = [Server(engine, host) for engine in ("mysql", "pgsql") for host in ("localhost", "127.0.0.1")]
ADMINS = {
    "mysql": "mariadb -e \"GRANT ALL ON *.* TO distant@'%' IDENTIFIED BY 'Distant12345' WITH GRANT OPTION\"",
    "pgsql": "psql -q postgres -c \"CREATE ROLE distant SUPERUSER LOGIN PASSWORD 'Distant12345'\"",
}
LEAVE = {"mysql": "mariadb -e 'DROP USER distant'", "pgsql": "psql -q postgres -c 'DROP ROLE distant'"}
LOCAL = [server for server in SERVERS if server.host == "localhost"]
ALL = pytest.mark.parametrize("server", SERVERS, ids=lambda server: f"{server.engine}-{server.host}")


@pytest.fixture(scope="module")
def people(machine: Machine) -> Iterator[Machine]:
    """Two accounts, and each server a second time, as one that is reached over TCP with a password."""
    for name in (ALICE, BOB):
        assert v(machine, "v-add-user", name, "Pass12345", f"{name}@example.org") == (0, "")
    for engine, line in ADMINS.items():
        machine.exec(["sh", "-c", line])
        assert v(machine, "v-add-database-host", engine, "127.0.0.1", "distant", "Distant12345") == (0, "")
    yield machine
    for name in (ALICE, BOB):
        assert v(machine, "v-delete-user", name) == (0, "")
    for engine, line in LEAVE.items():
        assert v(machine, "v-delete-database-host", engine, "127.0.0.1") == (0, "")
        machine.exec(["sh", "-c", line])
    assert beside(machine) == ""


BESIDE = """
mariadb -N -e "SELECT User FROM mysql.user WHERE User LIKE '~%'"
psql -XAtq postgres -c "SELECT rolname FROM pg_roles WHERE rolname LIKE '~%'"
mariadb -N mysql -e "SELECT User FROM global_priv WHERE User LIKE 'dump%' AND JSON_LENGTH(Priv, '$.auth_or') > 1"
ls /var/lib/tholos/jobs
find /backup -name '.tholos-*'
systemctl list-units --all --no-legend 'tholos-job-*'
"""


GONE = """
for try in $(seq 600); do
  left=$(mariadb -N -e "SELECT 1 FROM mysql.user WHERE User LIKE 'dump%'"
         psql -XAtq postgres -c "SELECT 1 FROM pg_roles WHERE rolname LIKE 'dump%'")
  [ -z "$left" ] && exit 0
  sleep 0.1
done; exit 1
"""


def beside(machine: Machine) -> str:
    """What jobs should not have left: logins, files, units."""
    return machine.exec(["sh", "-c", BESIDE]).stdout


@pytest.fixture
def shop(people: Machine, server: Server) -> Iterator[str]:
    """A database with a table in it; gives its name, which is its login's too."""
    name = f"{ALICE}_shop"
    assert v(people, "v-add-database", ALICE, "shop", "shop", PASSWORD, server.engine, server.host) == (0, "")
    text = "CREATE TABLE t (a int primary key, b varchar(90)); INSERT INTO t VALUES (1, 'kept');"
    assert server.ask(people, name, name, text)[0] == 0
    yield name
    for account in (ALICE, BOB):
        assert v(people, "v-delete-databases", account) == (0, "")
    # Here both names are those of one server; what is deleted goes from it a moment later.
    people.exec(["sh", "-c", GONE])


def put(machine: Machine, text: str, name: str = "dump.sql", pack: str = "cat") -> str:
    """Put a dump into the account's home; give its path."""
    path = f"{HOME}/{name}"
    script = f"{pack} > {path}.part && chown {ALICE} {path}.part && mv {path}.part {path}"
    machine.exec(["sh", "-c", script], input=text)
    return path


def load(machine: Machine, database: str, text: str) -> tuple[int, str]:
    """Load a dump; give the exit code and what is printed."""
    return v(machine, "v-import-database", ALICE, database, put(machine, text))

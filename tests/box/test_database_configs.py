"""Configuration files of the database servers: a wrong one is refused and changes nothing, a right one is taken up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from box.machine import Machine
from tests.box.test_web_sites import v

FILES = {
    "mariadb": ("/etc/mysql/mariadb.conf.d/90-tholos.cnf", "max_connections = 200", "SELECT @@max_connections"),
    "postgresql": ("/etc/postgresql/15/main/postgresql.conf", "max_connections = 100", "SHOW max_connections"),
}


def asked(machine: Machine, service: str) -> str:
    """The most connections that a server takes."""
    client = ["mariadb", "-NBe"] if service == "mariadb" else ["psql", "-XAtqd", "postgres", "-c"]
    return machine.exec([*client, FILES[service][2]]).stdout.strip()


def put(machine: Machine, content: str) -> None:
    machine.exec(["sh", "-c", "umask 077; cat > /tmp/new.conf"], input=content)


@pytest.fixture(params=sorted(FILES))
def service(machine: Machine, request: pytest.FixtureRequest) -> Iterator[str]:
    """A server, which has its file again afterwards."""
    path = FILES[request.param][0]
    before = machine.exec(["cat", path]).stdout
    yield str(request.param)
    put(machine, before)
    assert v(machine, "v-change-sys-service-config", "/tmp/new.conf", request.param) == (0, "")


def test_a_file_is_checked_before_it_is_taken_up(machine: Machine, service: str) -> None:
    path, setting, _ = FILES[service]
    before, pid = machine.exec(["cat", path]).stdout, machine.exec(["pgrep", "-o", "mariadbd|postgres"]).stdout
    put(machine, f"{before}\nnonsense_here = 1\n")
    code, said = v(machine, "v-change-sys-service-config", "/tmp/new.conf", service)
    assert code == 20 and "nonsense_here" in said and len(said) < 1000
    assert machine.exec(["cat", path]).stdout == before
    assert machine.exec(["pgrep", "-o", "mariadbd|postgres"]).stdout == pid
    put(machine, before.replace(setting, "max_connections = 77"))
    assert v(machine, "v-change-sys-service-config", "/tmp/new.conf", service) == (0, "")
    assert asked(machine, service) == "77"
    shown = v(machine, f"v-list-sys-{'mysql' if service == 'mariadb' else 'pgsql'}-config", "json")[1]
    assert path in shown
    assert service != "mariadb" or '"max_connections": "77"' in shown

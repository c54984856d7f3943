"""What docs/install.md says of backups: taken on one machine while it goes on, put back on a new one."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator

import pytest
from box.machine import Machine
from tests.box.test_dns_server import values, wait_for_server
from tests.box.test_web_sites import fetch, put, v
from tests.pages import scripts, section

from box import up

NAME, SITE = "keeper", "keeper.test"
PASSWORD = "KeepPass12345"
PAGE = "install.md"
BACKUP = "root/backup"
NOTED = "/var/lib/tholos/boot_id"
"""What the engine writes when everything was planned again, and nothing of it has failed."""
ENGINES = ("mysql", "pgsql")
MADE = f"""
v-add-user {NAME} {PASSWORD} {NAME}@example.org
v-add-web-domain {NAME} {SITE}
v-add-web-domain-alias {NAME} {SITE} other.{SITE}
v-add-dns-domain {NAME} {SITE} 198.51.100.7
v-change-dns-domain-dnssec {NAME} {SITE} yes
v-add-cron-job {NAME} 5 4 * * * /bin/true
v-add-database {NAME} mysql mysql {PASSWORD} mysql
v-add-database {NAME} pgsql pgsql {PASSWORD} pgsql
""".strip()
SHOWN = f"""
v-list-user {NAME} json
v-list-web-domain {NAME} {SITE} json
v-list-dns-records {NAME} {SITE} json
v-list-dnssec-public-key {NAME} {SITE} json
v-list-cron-jobs {NAME} json
v-list-databases {NAME} json
""".strip()


@pytest.fixture
def other(machine: Machine) -> Iterator[Machine]:
    """A new machine, as the installer leaves it."""
    name = f"{machine.name}-new"
    try:
        facts = up.up(name, owner=os.getpid())
        yield Machine(facts.name, facts.address)
    finally:
        up.down(name)


def run(machine: Machine, script: str) -> None:
    """Type a block of the page; any line that fails ends it."""
    machine.exec(["bash", "-eo", "pipefail", "-s"], input=script)


def ask(machine: Machine, engine: str, text: str) -> str:
    """Ask a server for something, as the login of the account's database there."""
    database = f"{NAME}_{engine}"
    mysql = f"mariadb -N -u {database} -p{PASSWORD} {database}"
    pgsql = f"PGPASSWORD={PASSWORD} psql -XAtq -h /run/postgresql -U {database} {database}"
    return machine.exec(["sh", "-c", mysql if engine == "mysql" else pgsql], input=text).stdout


def shown(machine: Machine, address: str) -> list[object]:
    """What lists say, whatever the machine's address, but for what each machine measures in its own time."""
    texts = [v(machine, *line.split())[1].replace(machine.address, address) for line in SHOWN.splitlines()]
    return [json.loads(text, object_pairs_hook=_lasting) for text in texts]


def _lasting(pairs: list[tuple[str, object]]) -> dict[str, object]:
    return {name: value for name, value in pairs if not name.startswith(("U_DISK", "U_BANDWIDTH"))}


@pytest.fixture
def kept(machine: Machine) -> Iterator[Machine]:
    """The session's machine with an account that has one of everything."""
    for line in MADE.splitlines():
        assert v(machine, *line.split()) == (0, ""), line
    put(machine, f"/home/{NAME}/web/{SITE}/public_html/page.html", "kept", NAME)
    for engine in ENGINES:
        ask(machine, engine, "CREATE TABLE t (x int); INSERT INTO t VALUES (41), (42);")
    yield machine
    assert v(machine, "v-delete-user", NAME) == (0, "")
    machine.exec(["rm", "-rf", f"/{BACKUP}"])


def test_a_new_machine_is_as_the_old_one_was(kept: Machine, other: Machine) -> None:
    (back_up,) = scripts(section(PAGE, "Back this up"))
    put_back, start = scripts(section(PAGE, "Restore"))
    run(kept, back_up)
    run(kept, back_up)
    assert stat(kept, f"/{BACKUP}", "%a") == "700"
    shutil.copytree(kept.root / BACKUP, other.root / BACKUP)
    run(other, put_back)
    run(other, start)
    assert v(other, "v-update-sys-ip") == (0, "")
    page = f"curl --silent --fail --header 'Host: {SITE}' http://{other.address}/page.html"
    other.exec(["sh", "-c", f"until {page}; do sleep 0.1; done"])
    # As the restart does that the page asks for: what was put back by hand is then also as the engine wants it.
    other.exec(["rm", "-f", NOTED])
    other.exec(["systemctl", "restart", "tholos-engine", "nginx", "named", "mariadb", "postgresql"])
    wait_for_server(other)
    other.exec(["sh", "-c", f"until [ -e {NOTED} ]; do sleep 0.1; done"])
    assert fetch(other, SITE, "/page.html") == (200, "kept")
    assert fetch(other, f"other.{SITE}", "/page.html") == (200, "kept")
    assert shown(other, "ADDRESS") == shown(kept, "ADDRESS")
    for engine in ENGINES:
        assert ask(other, engine, "SELECT sum(x) FROM t;").strip() == "83"
    assert stat(other, f"/home/{NAME}/web/{SITE}/public_html/page.html", "%U") == NAME
    assert values(other, SITE, "DNSKEY") == values(kept, SITE, "DNSKEY") != set()
    assert v(other, "v-add-web-domain", NAME, f"new-{SITE}") == (0, "")


def stat(machine: Machine, path: str, form: str) -> str:
    """What stat(1) says of a path."""
    return machine.exec(["stat", "-c", form, path]).stdout.strip()

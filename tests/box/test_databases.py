"""Databases on the real servers, logged in to as customers do: only the right login gets to the right database."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator
from itertools import pairwise

import pytest
from box.machine import Machine
from tests.box.clients import MARIADB, POSTGRESQL, Client, add
from tests.box.test_web_sites import v
from tests.waiting import until

from tholos.resources.database import hashes

ALICE, BOB = "dbalice", "dbbob"
BOTH = pytest.mark.parametrize("client", [MARIADB, POSTGRESQL], ids=lambda client: client.type)
PASSWORD = "aGoodPassword1"
PASSWORDS = (
    'it\'s "quoted" `back`',
    "back\\slash\\' OR 1=1 -- ",
    "50% %s %(x)s $HOME ${x} $(id) #;&|<>*?~!",
    "pässwörd ☃ пароль 密码 🔑",
    " blanks at both ends ",
    "a" * 60 + "0123456789" * 5,
    "/etc/passwd",
    "*not a hash",
    "md5 neither",
)


@pytest.fixture(scope="module")
def people(machine: Machine) -> Iterator[Machine]:
    """Two accounts; with them everything goes that they had at the servers."""
    for name in (ALICE, BOB):
        assert v(machine, "v-add-user", name, "Pass12345", f"{name}@example.org") == (0, "")
    yield machine
    for name in (ALICE, BOB):
        assert v(machine, "v-delete-user", name) == (0, "")
    for client in (MARIADB, POSTGRESQL):
        wait_until_gone(machine, client, "db")


def wait_until_gone(machine: Machine, client: Client, beginning: str) -> None:
    """Nothing at the server begins so: what was deleted is dropped right after the commit."""
    until(lambda: client.logins(machine, beginning) + client.databases(machine, beginning), right=lambda left: not left)


@BOTH
def test_the_login_uses_its_database_over_socket_and_tcp_and_nobody_else_does(people: Machine, client: Client) -> None:
    mine = add(people, client, ALICE, "mine", PASSWORD)
    theirs = add(people, client, BOB, "theirs", "another Password 2")
    make = "CREATE TABLE t (x INT); INSERT INTO t VALUES (7)"
    assert client.ask(people, mine, PASSWORD, mine, make) == (0, "")
    for tcp in (False, True):
        assert client.ask(people, mine, PASSWORD, mine, "SELECT x FROM t", tcp=tcp) == (0, "7")
        assert not client.may(people, mine, "wrong", mine, tcp=tcp)
        assert not client.may(people, mine, "", mine, tcp=tcp)
        assert not client.may(people, mine, PASSWORD, theirs, tcp=tcp)
        assert not client.may(people, mine, PASSWORD, "mysql" if client.type == "mysql" else "postgres", tcp=tcp)
        assert not client.may(people, theirs, PASSWORD, theirs, tcp=tcp)
    assert client.ask(people, mine, PASSWORD, mine, f"CREATE DATABASE {ALICE}_more")[0] != 0
    assert client.ask(people, mine, PASSWORD, mine, f"GRANT ALL ON {theirs}.* TO {mine}")[0] != 0


@BOTH
def test_a_name_is_no_pattern(people: Machine, client: Client) -> None:
    first = add(people, client, ALICE, "a_b", PASSWORD)
    for name in ("axb", "a.b", "a_bc", "ab"):
        other = add(people, client, ALICE, name, "another Password 2")
        assert not client.may(people, first, PASSWORD, other)
        assert client.may(people, other, "another Password 2", other)
    assert client.ask(people, first, PASSWORD, first, f"CREATE DATABASE {first.replace('_b', 'yb')}")[0] != 0
    for name in ("a%b", "a`b", 'a"b', "a'b", "a;b", "a\\b", "a b"):
        assert v(people, "v-add-database", ALICE, name, "ok", PASSWORD, client.type)[0] == 2
        assert v(people, "v-add-database", ALICE, "ok", name, PASSWORD, client.type)[0] == 2


@BOTH
def test_every_password_works_as_it_was_typed(people: Machine, client: Client) -> None:
    name = add(people, client, ALICE, "special", PASSWORDS[0])
    assert client.may(people, name, PASSWORDS[0], name)
    for before, password in pairwise(PASSWORDS):
        assert v(people, "v-change-database-password", ALICE, name, password) == (0, "")
        assert client.may(people, name, password, name, tcp=True), password
        assert not client.may(people, name, before, name)
    for refused in ("two\nlines", "tab\tbed", "", "x" * 600):
        assert v(people, "v-change-database-password", ALICE, name, refused)[0] == 2
    assert client.may(people, name, PASSWORDS[-1], name)
    code = v(people, "v-add-database", ALICE, "other", "other", "two\nlines", client.type)[0]
    assert code == 2 and client.databases(people, f"{ALICE}_other") == []


@BOTH
def test_a_password_may_be_given_as_the_servers_own_hash(people: Machine, client: Client) -> None:
    secret = "of the old server"
    name = add(people, client, ALICE, "moved", PASSWORD)
    kept = {"mysql": [hashes.native(secret)], "pgsql": [hashes.scram(secret), md5(secret, name)]}[client.type]
    for hashed in kept:
        assert v(people, "v-change-database-password", ALICE, name, PASSWORD) == (0, "")
        assert v(people, "v-change-database-password", ALICE, name, hashed) == (0, "")
        for tcp in (False, True):
            assert client.may(people, name, secret, name, tcp=tcp)
            assert not client.may(people, name, hashed, name, tcp=tcp)
    if client.type == "pgsql":
        assert v(people, "v-change-database-user", ALICE, name, "renamed")[0] == 2
    assert client.may(people, name, secret, name)


def md5(password: str, login: str) -> str:
    """The older hash of PostgreSQL."""
    return "md5" + hashlib.md5(f"{password}{login}".encode(), usedforsecurity=False).hexdigest()


@BOTH
def test_a_suspended_login_is_refused_and_thrown_out(people: Machine, client: Client) -> None:
    name = add(people, client, ALICE, "paused", PASSWORD)
    for off, on in (
        (("v-suspend-database", ALICE, name), ("v-unsuspend-database", ALICE, name)),
        (("v-suspend-user", ALICE), ("v-unsuspend-user", ALICE)),
    ):
        session = logged_in(people, client, name)
        assert v(people, *off) == (0, "")
        assert session.wait(timeout=120) != 0
        for tcp in (False, True):
            assert not client.may(people, name, PASSWORD, name, tcp=tcp)
        assert v(people, *on) == (0, "")
        assert client.may(people, name, PASSWORD, name)


def logged_in(machine: Machine, client: Client, name: str) -> subprocess.Popen[str]:
    """A session that goes on for ten minutes, unless it is ended."""
    sleep = "SELECT SLEEP(600)" if client.type == "mysql" else "SELECT pg_sleep(600)"
    variables = {"MYSQL_PWD": PASSWORD, "PGPASSWORD": PASSWORD}
    argv = machine.argv(client.argv(name, name, sleep), env=variables)
    session = subprocess.Popen(
        argv, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    seen = {
        "mysql": f"SELECT COUNT(*) FROM information_schema.processlist WHERE User = '{name}'",
        "pgsql": f"SELECT COUNT(*) FROM pg_stat_activity WHERE usename = '{name}'",
    }[client.type]
    until(lambda: client.root(machine, seen), right=lambda count: count == ["1"])
    return session


@BOTH
def test_character_sets(people: Machine, client: Client) -> None:
    shown = {
        "mysql": ("SELECT @@character_set_database", {"utf8mb4": "utf8mb4", "latin1": "latin1", "cp1251": "cp1251"}),
        "pgsql": ("SHOW server_encoding", {"utf8mb4": "UTF8", "latin1": "LATIN1", "koi8": "KOI8R"}),
    }
    statement, sets = shown[client.type]
    for number, (given, found) in enumerate(sets.items()):
        name = add(people, client, ALICE, f"set{number}", PASSWORD, "localhost", given)
        assert client.ask(people, name, PASSWORD, name, statement) == (0, found)
    assert v(people, "v-add-database", ALICE, "no", "no", PASSWORD, client.type, "localhost", "klingon")[0] == 2


@BOTH
def test_another_login_takes_over_all_that_is_in_the_database(people: Machine, client: Client) -> None:
    name = add(people, client, ALICE, "kept", PASSWORD)
    neighbour = add(people, client, BOB, "guest", PASSWORD)
    assert client.ask(people, name, PASSWORD, name, "CREATE TABLE t (x INT); INSERT INTO t VALUES (7)") == (0, "")
    if client.type == "pgsql":
        # What somebody else was given, and what others have given: neither keeps a role from being dropped.
        assert client.ask(people, name, PASSWORD, name, f"GRANT SELECT ON t TO {neighbour}") == (0, "")
        assert (
            client.ask(people, neighbour, PASSWORD, neighbour, f"GRANT CONNECT ON DATABASE {neighbour} TO {name}")[0]
            == 0
        )
    assert v(people, "v-change-database-user", ALICE, name, f"{client.type}owner") == (0, "")
    owner = f"{ALICE}_{client.type}owner"
    assert not client.may(people, name, PASSWORD, name)
    assert client.ask(people, owner, PASSWORD, name, "INSERT INTO t VALUES (8); SELECT SUM(x) FROM t") == (0, "15")
    assert client.ask(people, owner, PASSWORD, name, "DROP TABLE t")[0] == 0
    until(lambda: client.logins(people, name), right=lambda logins: name not in logins)
    assert v(people, "v-change-database-user", ALICE, name, f"{client.type}third", "new password") == (0, "")
    assert client.may(people, f"{ALICE}_{client.type}third", "new password", name)
    assert not client.may(people, owner, PASSWORD, name)
    assert v(people, "v-change-database-user", ALICE, name, name.removeprefix(f"{ALICE}_"), "once more") == (0, "")
    assert client.may(people, name, "once more", name)


@BOTH
def test_rebuild_repairs_what_somebody_broke_at_the_server(people: Machine, client: Client) -> None:
    name = add(people, client, ALICE, "mended", PASSWORD)
    broken = {
        "mysql": (
            f"DROP USER '{name}'@'%'",
            f"REVOKE ALL ON `{ALICE}\\_mmended`.* FROM '{name}'@'%'",
            f"DROP DATABASE {name}",
        ),
        "pgsql": (
            f"ALTER ROLE {name} NOLOGIN",
            f"ALTER ROLE {name} PASSWORD 'other'",
            f"ALTER DATABASE {name} OWNER TO postgres",
            f"DROP DATABASE {name}",
        ),
    }
    for statement in broken[client.type]:
        client.root(people, statement)
        assert not client.may(people, name, PASSWORD, name) or "OWNER" in statement, statement
        assert v(people, "v-rebuild-database", ALICE, name) == (0, "")
        assert client.may(people, name, PASSWORD, name), statement
        assert client.ask(people, name, PASSWORD, name, "CREATE TABLE t (x INT); DROP TABLE t")[0] == 0, statement


@BOTH
def test_size_is_measured(people: Machine, client: Client) -> None:
    name = add(people, client, ALICE, "large", PASSWORD)
    filler = {
        "mysql": "CREATE TABLE t (x MEDIUMBLOB); INSERT INTO t SELECT REPEAT('x', 1000000) FROM seq_1_to_20; "
        "ANALYZE TABLE t",
        "pgsql": "CREATE TABLE t (x TEXT); ALTER TABLE t ALTER x SET STORAGE EXTERNAL; "
        "INSERT INTO t SELECT repeat('x', 1000000) FROM generate_series(1, 20)",
    }
    assert client.ask(people, name, PASSWORD, name, filler[client.type])[0] == 0
    assert v(people, "v-update-databases-disk", ALICE) == (0, "")
    shown = json.loads(v(people, "v-list-database", ALICE, name, "json")[1])[name]
    assert 19 <= int(shown["U_DISK"]) <= 40
    account = json.loads(v(people, "v-list-user", ALICE, "json")[1])[ALICE]
    assert int(account["U_DISK_DB"]) >= int(shown["U_DISK"])
    assert client.ask(people, name, PASSWORD, name, "DROP TABLE t")[0] == 0
    assert v(people, "v-update-database-disk", ALICE, name) == (0, "")
    assert int(json.loads(v(people, "v-list-database", ALICE, name, "json")[1])[name]["U_DISK"]) <= 10

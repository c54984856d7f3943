"""What is done to a database while a dump is loaded into it: it is suspended, deleted, or made anew."""

from __future__ import annotations

import pytest
from box.facts import Facts
from box.machine import Machine
from tests.box.dumping import BESIDE
from tests.box.test_crash_machine import start
from tests.box.test_jobs_machine import (
    ALICE,
    ENGINES,
    LOCK,
    PASSWORD,
    SHOP,
    SMALL,
    ask,
    begun,
    ended,
    held,
    people,
    rest,
    shop,
)
from tests.box.test_web_sites import v
from tests.waiting import until

__all__ = ["people", "shop"]
PATH = f"/home/{ALICE}/small.sql"
SUSPEND = {"v-suspend-user": ALICE, "v-suspend-database": f"{ALICE} {SHOP}"}


def put(machine: Machine, engine: str) -> str:
    """Put a dump that stops in its middle into the account's home."""
    machine.exec(["sh", "-c", f"cat > {PATH}; chown {ALICE} {PATH}"], input=SMALL.format(lock=LOCK[engine]))
    return PATH


@pytest.mark.parametrize("command", SUSPEND)
@pytest.mark.parametrize("engine", ["mysql"])
def test_what_was_there_survives_a_suspension(
    people: Machine, facts: Facts, engine: str, shop: str, command: str
) -> None:
    """Suspending ends the load, because it ends every connection of the login."""
    routines = "CREATE VIEW w AS SELECT a + 1 AS b FROM t; CREATE PROCEDURE p() SELECT 'called';"
    ask(people, engine, f"ALTER DATABASE {SHOP} CHARACTER SET latin1 COLLATE latin1_bin; {routines}")
    path = put(people, engine)
    with held(people, engine):
        job = begun(people, facts, engine, path)
        assert v(people, command, *SUSPEND[command].split()) == (0, "")
        found = ended(people, facts, job)
    assert (found["state"], found["error"]["code"]) == ("failed", 17), found
    assert people.exec(["sh", "-c", f"mariadb -u {SHOP} -p{PASSWORD} {SHOP} -e ''"], check=False).returncode != 0
    assert v(people, command.replace("suspend", "unsuspend"), *SUSPEND[command].split()) == (0, "")
    assert ask(people, engine, "SHOW TABLES; SELECT b FROM w; CALL p();") == ["t", "w", "2", "called"]
    assert ask(people, engine, "SELECT @@collation_database;") == ["latin1_bin"]
    assert people.exec(["sh", "-c", BESIDE]).stdout == ""


@ENGINES
def test_a_namesake_keeps_what_it_has(people: Machine, facts: Facts, engine: str, shop: str) -> None:
    path = put(people, engine)
    with held(people, engine):
        job = begun(people, facts, engine, path)
        assert v(people, "v-change-database-user", ALICE, SHOP, "other")[0] == 7
        assert v(people, "v-delete-database", ALICE, SHOP) == (0, "")
        assert v(people, "v-add-database", ALICE, "shop", "shop", PASSWORD, engine) == (0, "")
        ask(people, engine, "CREATE TABLE fresh (a int); INSERT INTO fresh VALUES (7);")
        found = ended(people, facts, job)
    assert (found["state"], found["error"]["code"]) == ("failed", 3), found
    tables = "SELECT table_name FROM information_schema.tables WHERE table_name IN ('t', 'half', 'fresh');"
    assert ask(people, engine, f"{tables} SELECT a FROM fresh;") == ["fresh", "7"]
    assert people.exec(["sh", "-c", BESIDE]).stdout == ""


@pytest.mark.parametrize("engine", ["mysql"])
def test_a_database_that_is_given_away_keeps_its_character_set_and_is_not_hindered(
    people: Machine, facts: Facts, engine: str, shop: str
) -> None:
    other = "dumpother"
    assert v(people, "v-add-user", other, "Pass12345", f"{other}@example.org") == (0, "")
    ask(people, engine, f"ALTER DATABASE {SHOP} CHARACTER SET latin1 COLLATE latin1_bin;")
    ask(people, engine, "INSERT INTO t SELECT seq FROM seq_2_to_400000;")
    status, job = rest(facts, "PUT", f"/databases/{SHOP}/owner", {"user": other})
    assert status == 202
    # Wherever the copy is by then, it is none of their business.
    for line in ("v-suspend-user", "v-rebuild-user", "v-unsuspend-user"):
        assert v(people, line, other) == (0, "")
    found = ended(people, facts, job["job"])
    assert (found["state"], found["error"]) == ("done", None), found
    assert v(people, "v-change-database-owner", f"{other}_shop", ALICE) == (0, "")
    assert ask(people, engine, "SELECT count(*) FROM t; SELECT @@collation_database;") == ["400000", "latin1_bin"]
    assert v(people, "v-delete-user", other) == (0, "")


OWN_LOCK = f"psql -Xq -h /run/postgresql -U {SHOP} {SHOP} -c BEGIN -c \"ALTER ROLE {SHOP} PASSWORD 'x'\""


@pytest.mark.parametrize("engine", ["pgsql"])
def test_a_lock_of_its_own_does_not_keep_a_login_from_being_locked_out(people: Machine, engine: str, shop: str) -> None:
    line = f"PGPASSWORD={PASSWORD} {OWN_LOCK} -c 'SELECT pg_sleep(600)'"
    holder = start(people, ["sh", "-c", line])
    busy = f"SELECT count(*) FROM pg_stat_activity WHERE usename = '{SHOP}' AND query LIKE '%pg_sleep%'"
    until(lambda: people.exec(["psql", "-XAtq", "-d", "postgres", "-c", busy]).stdout.split() == ["1"], 60)
    assert v(people, "v-suspend-user", ALICE) == (0, "")
    holder.communicate(timeout=60)
    assert v(people, "v-unsuspend-user", ALICE) == (0, "")
    assert ask(people, engine, "SELECT a FROM t;") == ["1"]

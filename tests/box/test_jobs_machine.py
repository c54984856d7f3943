"""Jobs on the real machine: an import of very many rows while the engine is killed, restarted, and told to stop it."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from box.facts import Facts
from box.machine import Machine
from tests.box.clients import Client
from tests.box.dumping import BESIDE
from tests.box.engine import STATE, crash, kill_engine, value_of
from tests.box.test_crash_machine import start
from tests.box.test_web_sites import v
from tests.waiting import until

ALICE, PASSWORD, SHOP = "dumpjobs", "JobsPass12345", "dumpjobs_shop"
ROWS = 400
LOCK = {"mysql": "SELECT GET_LOCK('held', 600);", "pgsql": "SELECT pg_advisory_lock(7);"}
"""In the middle of a dump: whoever holds the lock too decides when the dump goes on."""
HOLD = {
    "mysql": ["mariadb", "-e", f"{LOCK['mysql']} SELECT sleep(600)"],
    "pgsql": ["psql", "-Xq", "-d", SHOP, "-c", LOCK["pgsql"], "-c", "SELECT pg_sleep(600)"],
}
HELD = {
    "mysql": "SELECT count(*) FROM information_schema.processlist WHERE id = IS_USED_LOCK('held')",
    "pgsql": "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted",
}
LET_GO = {
    "mysql": "EXECUTE IMMEDIATE concat('KILL ', IS_USED_LOCK('held'))",
    "pgsql": "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted",
}
WAITING = {
    "mysql": "SELECT count(*) FROM information_schema.processlist WHERE state = 'User lock'",
    "pgsql": "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted",
}
MAKE = f"""
import sys
row = "(%d,'" + "x" * 180 + "')"
path, lock = sys.argv[1:]
with open(path, "w") as file:
    file.write("CREATE TABLE big (a int primary key, b varchar(200));\\n")
    for part in range({ROWS}):
        file.write("INSERT INTO big VALUES " + ",".join(row % (part * 1000 + n) for n in range(1000)) + ";\\n")
        if part == {ROWS // 2}:
            file.write(lock + "\\n")
"""
SMALL = "CREATE TABLE half (a int); {lock}"
ENGINES = pytest.mark.parametrize("engine", ["mysql", "pgsql"])


def big(engine: str) -> str:
    """The path of a big dump."""
    return f"/home/{ALICE}/big-{engine}.sql"


@pytest.fixture(scope="module")
def people(machine: Machine) -> Iterator[Machine]:
    """An account with big dumps in its home."""
    assert v(machine, "v-add-user", ALICE, "Pass12345", f"{ALICE}@example.org") == (0, "")
    for engine, lock in LOCK.items():
        machine.exec(["python3", "-c", MAKE, big(engine), lock])
        machine.exec(["chown", ALICE, big(engine)])
    yield machine
    assert v(machine, "v-delete-user", ALICE) == (0, "")


@pytest.fixture
def shop(people: Machine, engine: str) -> Iterator[str]:
    """A database with a table in it."""
    assert v(people, "v-add-database", ALICE, "shop", "shop", PASSWORD, engine) == (0, "")
    ask(people, engine, "CREATE TABLE t (a int); INSERT INTO t VALUES (1);")
    yield SHOP
    assert v(people, "v-delete-database", ALICE, SHOP) == (0, "")


def ask(machine: Machine, engine: str, text: str) -> list[str]:
    """Ask as the database's login."""
    lines = {
        "mysql": f"mariadb -N -u {SHOP} -p{PASSWORD} {SHOP}",
        "pgsql": f"PGPASSWORD={PASSWORD} psql -XAtq -h /run/postgresql -U {SHOP} {SHOP}",
    }
    return machine.exec(["sh", "-c", lines[engine]], input=text).stdout.split()


def rest(facts: Facts, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Send a request of the REST API; give the status and the JSON."""
    key = f"Authorization: Bearer {facts.access_key}.{facts.secret_key}"
    data = ["-d", json.dumps(body), "-H", "Content-Type: application/json"] if body is not None else []
    sent = ["curl", "-s", "--cacert", facts.ca_certificate, "-X", method, "-H", key, *data]
    argv = [*sent, "-w", "\n%{http_code}", f"{facts.url}/api/v2{path}"]
    done = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    text, _, status = done.rpartition("\n")
    return int(status), json.loads(text) if text else None


@contextmanager
def held(machine: Machine, engine: str) -> Iterator[None]:
    """Every dump stops in its middle, until the end of this."""
    client = Client(engine)
    holder = start(machine, HOLD[engine])
    until(lambda: client.root(machine, HELD[engine]), right=lambda count: count == ["1"])
    try:
        yield
    finally:
        client.root(machine, LET_GO[engine])
        holder.communicate(timeout=120)


def until_in_the_middle(machine: Machine, engine: str) -> None:
    """Wait until a dump has come as far as to the lock."""
    until(lambda: Client(engine).root(machine, WAITING[engine]), 120, lambda count: count == ["1"])


def begun(machine: Machine, facts: Facts, engine: str, path: str) -> str:
    """Begin an import; give the id of its job when it is in the middle of the dump."""
    status, job = rest(facts, "POST", f"/users/{ALICE}/databases/{SHOP}/import", {"path": path})
    assert status == 202, job
    until_in_the_middle(machine, engine)
    return str(job["job"])


def clients(machine: Machine, job: str) -> int:
    """How many programs the job has started so far."""
    # Of units that it does not know the journal says nothing and fails.
    journal = machine.exec(["journalctl", "-b", "--no-pager", "-q", "-u", f"tholos-job-{job}-*"], check=False)
    return journal.stdout.count("Started ")


def attempts(machine: Machine, job: str) -> int:
    """How often a job was begun: what was cut off and went on was begun once more."""
    return value_of(machine, f"select attempts from jobs where id = '{job}'")


def ended(machine: Machine, facts: Facts, job: str, seconds: float = 300) -> Any:
    """The job, when it has ended."""
    found: dict[str, Any] = {}

    def look() -> bool:
        try:
            found.update(rest(facts, "GET", f"/jobs/{job}")[1])
        except (subprocess.CalledProcessError, json.JSONDecodeError, TypeError):
            return False
        return found.get("state") not in ("waiting", "running", None)

    until(look, seconds, pause=0.1)
    return found


@ENGINES
def test_killed_twice_in_mid_import_it_is_loaded_once(people: Machine, facts: Facts, engine: str, shop: str) -> None:
    with held(people, engine):
        job = begun(people, facts, engine, big(engine))
        before = clients(people, job)
        crash(people)
        # Whoever begins again has ended what was still running before.
        until(lambda: clients(people, job), 120, lambda count: count > before)
        until_in_the_middle(people, engine)
        crash(people)
    found = ended(people, facts, job)
    assert (found["state"], found["error"]) == ("done", None), found
    assert attempts(people, job) == 3
    assert ask(people, engine, "SELECT count(*), count(distinct a) FROM big;")[0].split("|")[0] == str(ROWS * 1000)
    assert ask(people, engine, "SELECT a FROM t;") == ["1"]
    assert people.exec(["sh", "-c", BESIDE]).stdout == ""


@ENGINES
def test_a_restart_in_mid_import_is_gone_on_with(people: Machine, facts: Facts, engine: str, shop: str) -> None:
    with held(people, engine):
        job = begun(people, facts, engine, big(engine))
        people.exec(["systemctl", "restart", "tholos-engine"])
    found = ended(people, facts, job)
    assert (found["state"], found["error"]) == ("done", None), found
    assert attempts(people, job) == 2
    assert ask(people, engine, "SELECT count(*) FROM big;") == [str(ROWS * 1000)]
    assert people.exec(["sh", "-c", BESIDE]).stdout == ""


@ENGINES
def test_an_import_is_called_off_over_rest(people: Machine, facts: Facts, engine: str, shop: str) -> None:
    path = f"/home/{ALICE}/small.sql"
    people.exec(["sh", "-c", f"cat > {path}; chown {ALICE} {path}"], input=SMALL.format(lock=LOCK[engine]))
    with held(people, engine):
        job = begun(people, facts, engine, path)
        assert v(people, "v-import-database", ALICE, SHOP, big(engine))[0] == 7
        asked = time.monotonic()
        assert rest(facts, "POST", f"/jobs/{job}/cancel")[0] == 204
        found = ended(people, facts, job)
        assert time.monotonic() - asked < 60
    assert (found["state"], found["error"]["code"]) == ("cancelled", 1)
    assert ask(people, engine, "SELECT a FROM t;") == ["1"]
    tables = "SELECT table_name FROM information_schema.tables WHERE table_name = 'half';"
    assert ask(people, engine, tables) == []
    assert people.exec(["sh", "-c", BESIDE]).stdout == ""


@ENGINES
def test_who_waits_when_the_engine_is_killed_can_ask_again(
    people: Machine, facts: Facts, engine: str, shop: str
) -> None:
    with held(people, engine):
        caller = start(people, ["v-import-database", ALICE, SHOP, big(engine)])
        until_in_the_middle(people, engine)
        crash(people)
        assert "engine" in caller.communicate(timeout=120)[0]
        assert caller.returncode == 15
        (job,) = rest(facts, "GET", "/jobs?state=running")[1]["items"]
    assert ended(people, facts, job["job"])["state"] == "done"
    assert attempts(people, job["job"]) == 2
    assert ask(people, engine, "SELECT count(*) FROM big;") == [str(ROWS * 1000)]


FREEZE = """until systemctl list-units --state=running --no-legend "$1" | grep -q .; do sleep 0.02; done
systemctl kill --signal=STOP "$1"
"""
"""Stop the programs of a job, as soon as it has started one."""


@ENGINES
def test_a_database_that_is_being_given_away_stays_whole(people: Machine, facts: Facts, engine: str, shop: str) -> None:
    assert v(people, "v-import-database", ALICE, SHOP, big(engine)) == (0, "")
    other = "dumpother"
    assert v(people, "v-add-user", other, "Pass12345", f"{other}@example.org") == (0, "")
    status, job = rest(facts, "PUT", f"/databases/{SHOP}/owner", {"user": other})
    assert status == 202
    # Else all might be copied before the engine is killed.
    people.exec(["sh", "-c", FREEZE, "sh", f"tholos-job-{job['job']}-*"])
    crash(people)
    found = ended(people, facts, job["job"])
    assert (found["state"], found["error"]) == ("done", None), found
    assert attempts(people, job["job"]) == 2
    assert v(people, "v-change-database-owner", f"{other}_shop", ALICE) == (0, "")
    assert ask(people, engine, "SELECT count(*) FROM big;") == [str(ROWS * 1000)]
    assert v(people, "v-delete-user", other) == (0, "")


LATE = "CREATE TABLE late (a int); INSERT INTO late VALUES (1); {lock}"
"""A dump that has been read to its end when it stops."""


@ENGINES
def test_what_had_come_whole_when_the_engine_was_killed_is_loaded_once(
    people: Machine, facts: Facts, engine: str, shop: str
) -> None:
    path = f"/home/{ALICE}/late.sql"
    people.exec(["sh", "-c", f"cat > {path}; chown {ALICE} {path}"], input=LATE.format(lock=LOCK[engine]))
    with held(people, engine):
        job = begun(people, facts, engine, path)
        kill_engine(people)
    found = ended(people, facts, job)
    assert (found["state"], found["error"]) == ("done", None), found
    assert attempts(people, job) == 2
    assert ask(people, engine, "SELECT a FROM late;") == ["1"]
    assert people.exec(["sh", "-c", BESIDE]).stdout == ""


MARKED = {"cancelling = 1": ("cancelled", 1), "attempts = 10": ("failed", 20)}
"""What stands in the row of a job when the next engine finds it, and how the job then ends."""
MARK = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('UPDATE jobs SET ' + sys.argv[2]); c.commit()"


@pytest.mark.parametrize("mark", MARKED)
@pytest.mark.parametrize("engine", ["mysql"])
def test_an_import_that_is_given_up_after_a_kill_leaves_what_was_there(
    people: Machine, facts: Facts, engine: str, shop: str, mark: str
) -> None:
    path = f"/home/{ALICE}/small.sql"
    people.exec(["sh", "-c", f"cat > {path}; chown {ALICE} {path}"], input=SMALL.format(lock=LOCK[engine]))
    with no_next(people), held(people, engine):
        job = begun(people, facts, engine, path)
        kill_engine(people)
        people.exec(["python3", "-c", MARK, STATE, f"{mark} WHERE id = '{job}'"])
    found = ended(people, facts, job)
    assert (found["state"], found["error"]["code"]) == MARKED[mark], found
    assert ask(people, engine, "SHOW TABLES;") == ["t"]
    assert ask(people, engine, "SELECT a FROM t;") == ["1"]
    assert people.exec(["sh", "-c", BESIDE]).stdout == ""


@pytest.mark.parametrize("engine", ["mysql"])
def test_a_server_that_falls_during_an_import_gets_back_what_it_had(
    people: Machine, facts: Facts, engine: str, shop: str
) -> None:
    path = f"/home/{ALICE}/small.sql"
    people.exec(["sh", "-c", f"cat > {path}; chown {ALICE} {path}"], input=SMALL.format(lock=LOCK[engine]))
    holder = start(people, HOLD[engine])
    until(lambda: Client(engine).root(people, HELD[engine]), right=lambda count: count == ["1"])
    job = begun(people, facts, engine, path)
    people.exec(["sh", "-c", "systemctl kill --signal=KILL mariadb; systemctl stop mariadb; sleep 3"])
    holder.communicate(timeout=120)
    people.exec(["systemctl", "start", "mariadb"])
    found = ended(people, facts, job)
    # Either the client has said first that its server is gone, or who wanted to take its login away has.
    assert (found["state"], found["error"]["code"]) in (("failed", 15), ("failed", 17)), found
    assert ask(people, engine, "SHOW TABLES;") == ["t"]
    assert people.exec(["sh", "-c", BESIDE]).stdout == ""


SLOW_COMMIT = """CREATE TABLE late (a int); INSERT INTO late VALUES (1);
CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NEW; END $$;
CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON late DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait();
INSERT INTO late VALUES (2);
"""
"""A dump that has the server wait in its commit."""
NO_NEXT = "/run/systemd/system/tholos-engine.service.d/no-next.conf"


@contextmanager
def no_next(machine: Machine) -> Iterator[None]:
    """After an engine that is killed meanwhile the next starts only at the end of this."""
    script = f"mkdir -p {NO_NEXT.rpartition('/')[0]}; printf '[Service]\\nRestart=no\\n' > {NO_NEXT}"
    machine.exec(["sh", "-c", f"{script}; systemctl daemon-reload"])
    try:
        yield
    finally:
        machine.exec(["sh", "-c", f"rm {NO_NEXT}; systemctl daemon-reload; systemctl start tholos-engine"])


@pytest.mark.parametrize("engine", ["pgsql"])
def test_what_was_committed_while_no_engine_ran_is_loaded_once(
    people: Machine, facts: Facts, engine: str, shop: str
) -> None:
    path = f"/home/{ALICE}/late.sql"
    people.exec(["sh", "-c", f"cat > {path}; chown {ALICE} {path}"], input=SLOW_COMMIT)
    with no_next(people), held(people, engine):
        job = begun(people, facts, engine, path)
        kill_engine(people)
        people.exec(["psql", "-Xq", "-d", "postgres", "-c", LET_GO[engine]])
        until(lambda: ask(people, engine, "SELECT 1 FROM pg_class WHERE relname = 'late';"), 120)
    found = ended(people, facts, job)
    assert (found["state"], found["error"]) == ("done", None), found
    assert attempts(people, job) == 2
    assert ask(people, engine, "SELECT a FROM late ORDER BY a;") == ["1", "2"]
    assert people.exec(["sh", "-c", BESIDE]).stdout == ""

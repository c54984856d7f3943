"""Dumps on the real servers: what a hostile one can do, and whose files are read."""

from __future__ import annotations

import pytest
from box.machine import Machine
from tests.box.dumping import ALICE, BOB, HOME, LOCAL, PASSWORD, Server, beside, load, people, put, shop
from tests.box.test_crash_machine import start
from tests.box.test_web_sites import v

__all__ = ["people", "shop"]
HOSTILE = {
    "mysql": [
        r"\! touch /tmp/owned",
        "system touch /tmp/owned;",
        "source /etc/passwd",
        r"\. /etc/passwd",
        r"\T /tmp/owned",
        "GRANT ALL ON *.* TO CURRENT_USER();",
        "USE mysql; SELECT * FROM user;",
        "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t;",
        "LOAD DATA INFILE '/etc/passwd' INTO TABLE t;",
        "SELECT 1 INTO OUTFILE '/tmp/owned';",
        "SET GLOBAL general_log = 1;",
        "CREATE USER evil;",
        "INSTALL SONAME 'ha_connect';",
        "CREATE DEFINER=`root`@`localhost` SQL SECURITY DEFINER VIEW w AS SELECT * FROM mysql.global_priv;",
        " CREATE DEFINER=`root`@`localhost` PROCEDURE p() SQL SECURITY DEFINER GRANT ALL ON *.* TO x;",
    ],
    "pgsql": [
        r"\copy t from program 'touch /tmp/owned; echo 1'",
        r"\copy t(b) from '/etc/passwd'",
        r"\o /etc/cron.d/owned" + "\nSELECT 1;",
        r"\o | touch /tmp/owned" + "\nSELECT 1;",
        r"\i /etc/passwd",
        r"\connect postgres" + "\nSELECT 1;",
        "grant pg_read_server_files to current_user;",
        "RESET ROLE; CREATE ROLE evil SUPERUSER;",
        "RESET SESSION AUTHORIZATION; ALTER ROLE postgres PASSWORD 'x';",
        "ALTER SYSTEM SET log_statement = 'none';",
        "COPY t FROM '/etc/passwd';",
        "COPY t TO PROGRAM 'touch /tmp/owned';",
        "CREATE FUNCTION f() RETURNS int AS '/lib/x86_64-linux-gnu/libc.so.6', 'getpid' LANGUAGE c;",
        "CREATE EXTENSION dblink;",
    ],
}


@pytest.mark.parametrize("server", LOCAL, ids=lambda server: server.engine)
def test_a_hostile_dump_gets_nowhere(people: Machine, server: Server, shop: str) -> None:
    taken = [text for text in HOSTILE[server.engine] if load(people, shop, text)[0] == 0]
    assert taken == []
    # psql goes on after a shell that could not be started, and a grant as pg_dump writes it is left out.
    load(people, shop, r"\! touch /tmp/owned")
    load(people, shop, "GRANT pg_read_server_files TO CURRENT_USER;")
    members = "SELECT count(*) FROM pg_auth_members WHERE roleid = 'pg_read_server_files'::regrole"
    assert people.exec(["psql", "-XAtq", "-c", members, "postgres"]).stdout.strip() == "0"
    found = people.exec(["sh", "-c", "find / -xdev -name owned 2>/dev/null; true"]).stdout
    assert found == ""
    assert server.ask(people, shop, shop, "SELECT a, b FROM t;")[1].split() == (
        ["1", "kept"] if server.engine == "mysql" else ["1|kept"]
    )
    assert beside(people) == ""


TAKEN = "AttackPass12345"
OWN_PASSWORD = f"""SET ROLE NONE;
ALTER ROLE SESSION_USER PASSWORD '{TAKEN}';
ALTER ROLE SESSION_USER SET statement_timeout = 1;
CREATE TABLE taken (a int); grant all on taken to {ALICE}_shop;
CREATE FUNCTION act() RETURNS int LANGUAGE sql AS 'SELECT 7';
grant connect on database {ALICE}_shop to SESSION_USER;
SET ROLE {ALICE}_shop;
alter default privileges grant select on tables to SESSION_USER;
"""
HINDER = [
    "SET statement_timeout = 1",
    "SET default_transaction_read_only = on",
    f"SET role = {ALICE}_shop",
    "SET search_path = elsewhere",
    "SET client_encoding = 'EUC_TW'",
    "SET local_preload_libraries = 'none'",
]
ROLES = "SELECT rolname, rolcanlogin, rolpassword IS NULL FROM pg_authid WHERE rolname LIKE '~%'"


@pytest.mark.parametrize("server", LOCAL[1:], ids=lambda server: server.engine)
@pytest.mark.parametrize("hinder", [*([one] for one in HINDER), HINDER], ids=lambda hinder: hinder[0].split()[1])
def test_a_dump_that_takes_its_login_for_itself_does_not_keep_it(
    people: Machine, server: Server, shop: str, hinder: list[str]
) -> None:
    settings = "".join(f"ALTER DATABASE {shop} {one};\n" for one in hinder)
    assert load(people, shop, OWN_PASSWORD + settings) == (0, "")
    assert beside(people) == ""
    owners = "SELECT DISTINCT relowner::regrole FROM pg_class WHERE relname = 'taken'"
    # What hinders our clean-up must not hinder who looks at it.
    own = "PGOPTIONS=-c role=none -c local_preload_libraries= -c statement_timeout=0"
    assert people.exec(["env", own, "psql", "-XAtq", "-c", owners, shop]).stdout.split() == [shop]


WAITED_FOR = f"""{OWN_PASSWORD}SET ROLE NONE;
ALTER TABLE t OWNER TO SESSION_USER; grant all on t to {ALICE}_shop;
DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_locks WHERE NOT granted) LOOP PERFORM pg_sleep(0.1); END LOOP; END $$;
"""
"""A dump that comes to its end when somebody waits for a lock of its own, and then has it."""
HOLDS = """DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_locks WHERE granted AND relation = 't'::regclass
AND mode = 'AccessExclusiveLock') LOOP PERFORM pg_sleep(0.1); END LOOP; END $$;
BEGIN; LOCK TABLE t IN ACCESS SHARE MODE; SELECT pg_sleep(600);"""


@pytest.mark.parametrize("server", LOCAL[1:], ids=lambda server: server.engine)
def test_a_login_that_cannot_be_dropped_is_of_no_use_and_goes_later(people: Machine, server: Server, shop: str) -> None:
    client = f"PGPASSWORD={PASSWORD} psql -XAtq -h /run/postgresql -U {shop} {shop}"
    holder = start(people, ["sh", "-c", f'echo "$0" | {client}', HOLDS])
    try:
        assert load(people, shop, WAITED_FOR) == (0, "")
        name, can_login, no_password = people.exec(["psql", "-XAtq", "-c", ROLES, "postgres"]).stdout.strip().split("|")
        assert (can_login, no_password) == ("f", "t")
        line = f"PGPASSWORD={TAKEN} psql -XAtq -h /run/postgresql -U '{name}' {shop} -c 'SELECT 1'"
        assert people.exec(["sh", "-c", line], check=False).returncode != 0
    finally:
        ended = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{shop}'"
        people.exec(["psql", "-q", "-c", ended, "postgres"])
        holder.communicate(timeout=60)
    people.exec(["systemctl", "restart", "tholos-engine"])
    gone = f'for try in $(seq 600); do [ -z "$(psql -XAtq -c "{ROLES}" postgres)" ] && exit 0; sleep 0.1; done; exit 1'
    people.exec(["sh", "-c", gone])
    assert beside(people) == ""


@pytest.mark.parametrize("server", LOCAL[:1], ids=lambda server: server.engine)
def test_only_a_file_of_the_accounts_own_is_read(people: Machine, server: Server, shop: str) -> None:
    script = f"""cd {HOME}; ln -sf /etc/shadow link.sql; ln -sfn / root; mkfifo pipe.sql; chown {ALICE} pipe.sql
    for file in roots.sql /home/{BOB}/dump.sql /root/dump.sql /tmp/open.sql; do echo 'SELECT 1;' > $file; done
    chown {BOB} /home/{BOB}/dump.sql; chmod 666 /tmp/open.sql; chmod 600 /root/dump.sql"""
    people.exec(["sh", "-c", script])
    put(people, "SELECT 1;")
    for path in ("link.sql", "pipe.sql", "none.sql", "root/etc/x.sql", f"root/home/{ALICE}/dump.sql"):
        assert v(people, "v-import-database", ALICE, shop, f"{HOME}/{path}")[0] == 3, path
    assert v(people, "v-import-database", ALICE, shop, f"/home/{BOB}/dump.sql")[0] == 3
    assert v(people, "v-import-database", ALICE, shop, "/tmp/open.sql")[0] == 3
    # Root's own files are root's to give; it is root who calls here.
    assert v(people, "v-import-database", ALICE, shop, "/root/dump.sql") == (0, "")
    assert v(people, "v-import-database", ALICE, shop, f"{HOME}/roots.sql") == (0, "")

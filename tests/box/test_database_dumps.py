"""Dumps on the real servers: what a hostile one can do, what a broken one leaves, and databases that change hands."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from box.machine import Machine
from tests.box.test_crash_machine import start
from tests.box.test_web_sites import v

ALICE, BOB = "dumpalice", "dumpbob"
PASSWORD = "DumpPass12345"
HOME = f"/home/{ALICE}"
OWNED = "/tmp/owned"


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
    for engine in ADMINS:
        assert v(machine, "v-delete-database-host", engine, "127.0.0.1") == (0, "")
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
for try in $(seq 100); do
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
LOCAL = [server for server in SERVERS if server.host == "localhost"]


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
    gone = f'for try in $(seq 300); do [ -z "$(psql -XAtq -c "{ROLES}" postgres)" ] && exit 0; sleep 0.1; done; exit 1'
    people.exec(["sh", "-c", gone])
    assert beside(people) == ""


@ALL
def test_a_dump_that_fails_half_way_leaves_what_was_there(people: Machine, server: Server, shop: str) -> None:
    text = "INSERT INTO t VALUES (2, 'half'); CREATE TABLE u (a int); DROP TABLE t; CREATE TABLE t (x int); nonsense;"
    code, said = load(people, shop, text)
    assert (code, "syntax" in said) == (17, True), said
    assert "nonsense" not in said or server.engine == "pgsql"
    tables = "SELECT table_name FROM information_schema.tables WHERE table_schema IN ('public', DATABASE())"
    tables = tables if server.engine == "mysql" else tables.replace(", DATABASE()", "")
    assert server.ask(people, shop, shop, f"{tables};")[1].split() == ["t"]
    assert server.ask(people, shop, shop, "SELECT b FROM t;")[1].split() == ["kept"]
    assert beside(people) == ""


CUT = ["INSERT INTO t VALUES (3, 'x", "COPY t (a, b) FROM stdin;\n3\tx\n", "CREATE FUNCTION f() AS $$ SELECT", "/* x"]


@pytest.mark.parametrize("server", LOCAL[1:], ids=lambda server: server.engine)
def test_a_dump_that_was_cut_off_changes_nothing(people: Machine, server: Server, shop: str) -> None:
    for cut in CUT:
        code, said = load(people, shop, f"INSERT INTO t VALUES (2, 'whole');\n{cut}")
        assert code == 17, (cut, said)
        assert server.ask(people, shop, shop, "SELECT b FROM t;")[1].split() == ["kept"]
    assert load(people, shop, "INSERT INTO t VALUES (2, 'no semicolon')") == (0, "")
    assert load(people, shop, "INSERT INTO t VALUES (3, 'a comment'); -- at the end") == (0, "")
    assert load(people, shop, "") == (0, "")
    assert server.ask(people, shop, shop, "SELECT count(*) FROM t;")[1].split() == ["3"]


@pytest.mark.parametrize("server", LOCAL, ids=lambda server: server.engine)
def test_packed_dumps(people: Machine, server: Server, shop: str) -> None:
    text = "DROP TABLE IF EXISTS p; CREATE TABLE p (a int); INSERT INTO p VALUES (%d);"
    for number, (ending, pack) in enumerate({"gz": "gzip", "zst": "zstd -q", "xz": "xz"}.items()):
        path = put(people, text % number, f"dump.sql.{ending}", pack)
        assert v(people, "v-import-database", ALICE, shop, path) == (0, "")
        assert server.ask(people, shop, shop, "SELECT a FROM p;")[1].split() == [str(number)]
        broken = put(people, text % 9, f"broken.sql.{ending}", f"{pack} | head -c 40")
        code, said = v(people, "v-import-database", ALICE, shop, broken)
        assert code == 12, said
        assert server.ask(people, shop, shop, "SELECT a FROM p;")[1].split() == [str(number)]


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


RICH = {
    "mysql": """
CREATE TABLE `blob t` (a int primary key auto_increment, b longblob, c varchar(20) CHARACTER SET utf8mb4);
INSERT INTO `blob t` (b, c) VALUES (x'00ff0a0d27225c', 'Ω ''quoted''');
CREATE DEFINER=`elsewhere`@`localhost` VIEW vw AS SELECT a, c FROM `blob t`;
DELIMITER ;;
CREATE DEFINER=`root`@`%` TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.b = UPPER(NEW.b);;
CREATE DEFINER=`root`@`%` PROCEDURE pr() BEGIN SELECT 'called'; END;;
CREATE DEFINER=`root`@`%` FUNCTION fn() RETURNS int DETERMINISTIC RETURN 42;;
CREATE DEFINER=`root`@`%` EVENT ev ON SCHEDULE EVERY 1 YEAR DO DELETE FROM t WHERE a = 99;;
DELIMITER ;
""",
    "pgsql": """
CREATE TABLE "blob t" (a serial primary key, b bytea, c text);
INSERT INTO "blob t" (b, c) VALUES ('\\x00ff0a0d27225c', 'Ω ''quoted''');
CREATE VIEW vw AS SELECT a, c FROM "blob t";
CREATE FUNCTION fn() RETURNS int LANGUAGE sql AS 'SELECT 42';
CREATE FUNCTION up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.b := upper(NEW.b); RETURN NEW; END $$;
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION up();
CREATE SCHEMA inner_one; CREATE TABLE inner_one.x AS SELECT 1 AS a;
""",
}
FOREIGN = r"""
psql -q postgres -c 'CREATE ROLE elsewhere' -c 'CREATE ROLE reader' -c 'CREATE DATABASE elsewhere OWNER elsewhere'
psql -q elsewhere -c 'SET ROLE elsewhere; CREATE TABLE e (a serial primary key, b text); GRANT SELECT ON e TO reader;
  CREATE VIEW ev AS SELECT b FROM e; CREATE SCHEMA es;
  ALTER DEFAULT PRIVILEGES IN SCHEMA es GRANT SELECT ON TABLES TO reader;'
psql -q elsewhere -c "INSERT INTO e (b) VALUES ('GRANT a TO b;'), (E'x\nGRANT a TO b;\ny')"
{ pg_dump elsewhere; pg_dump --inserts -t e elsewhere | sed 's/public\.e/public.f/g; s/ e_pkey/ f_pkey/'; }
psql -q postgres -c 'DROP DATABASE elsewhere' -c 'DROP ROLE elsewhere' -c 'DROP ROLE reader'
"""


@pytest.mark.parametrize("server", LOCAL[1:], ids=lambda server: server.engine)
def test_a_dump_of_another_servers_roles_is_loaded(people: Machine, server: Server, shop: str) -> None:
    text = people.exec(["sh", "-c", FOREIGN]).stdout
    assert ("OWNER TO elsewhere;" in text, "GRANT SELECT ON" in text) == (True, True)
    assert load(people, shop, text) == (0, "")
    wanted = ["GRANT a TO b;", "x", "GRANT a TO b;", "y"]
    for table in ("e", "ev", "f"):
        assert server.ask(people, shop, shop, f"SELECT b FROM {table};")[1].split("\n")[:-1] == wanted
    owners = "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relname IN ('e', 'ev', 'f');"
    assert server.ask(people, shop, shop, owners)[1].split() == [shop]


LOOK = {
    "mysql": """SELECT a, HEX(b), c FROM `blob t`; SELECT * FROM vw; SELECT fn(); CALL pr();
    INSERT INTO t VALUES (5, 'new'); SELECT b FROM t WHERE a = 5; DELETE FROM t WHERE a = 5;""",
    "pgsql": """SELECT a, encode(b, 'hex'), c FROM "blob t"; SELECT * FROM vw; SELECT fn(); SELECT a FROM inner_one.x;
    INSERT INTO t VALUES (5, 'new'); SELECT b FROM t WHERE a = 5; DELETE FROM t WHERE a = 5;""",
}


@ALL
def test_everything_comes_along_to_the_new_owner(people: Machine, server: Server, shop: str) -> None:
    assert load(people, shop, RICH[server.engine]) == (0, "")
    code, before = server.ask(people, shop, shop, LOOK[server.engine])
    assert (code, "NEW" in before, "42" in before) == (0, True, True)
    assert v(people, "v-change-database-owner", shop, BOB) == (0, "")
    new = f"{BOB}_shop"
    assert server.ask(people, new, new, LOOK[server.engine]) == (0, before)
    assert server.ask(people, shop, shop, "SELECT 1;")[0] != 0
    assert server.ask(people, new, shop, "SELECT 1;")[0] != 0
    listed = {name: v(people, "v-list-databases", name, "plain")[1] for name in (ALICE, BOB)}
    assert (listed[ALICE], listed[BOB].split()[:2]) == ("", [new, new])
    assert beside(people) == ""
    assert v(people, "v-change-database-owner", new, ALICE) == (0, "")
    assert server.ask(people, shop, shop, LOOK[server.engine]) == (0, before)


@ALL
def test_a_dump_is_the_accounts_to_read_and_can_be_loaded(people: Machine, server: Server, shop: str) -> None:
    assert load(people, shop, RICH[server.engine]) == (0, "")
    before = server.ask(people, shop, shop, LOOK[server.engine])
    for packing in ("", "gzip", "zstd"):
        code, printed = v(people, "v-dump-database", ALICE, shop, "file", packing)
        assert code == 0, printed
        path = printed.strip()
        facts = people.exec(["stat", "-c", "%U:%G %a", path, "/backup"]).stdout.splitlines()
        assert facts == [f"root:{ALICE} 640", "root:root 711"]
        assert people.exec(["runuser", "-u", ALICE, "--", "head", "-c1", path]).returncode == 0
        assert people.exec(["runuser", "-u", BOB, "--", "head", "-c1", path], check=False).returncode != 0
    assert v(people, "v-delete-database", ALICE, shop) == (0, "")
    assert v(people, "v-add-database", ALICE, "shop", "shop", PASSWORD, server.engine, server.host) == (0, "")
    assert v(people, "v-import-database", ALICE, shop, path) == (0, "")
    assert server.ask(people, shop, shop, LOOK[server.engine]) == before


@pytest.mark.parametrize("server", LOCAL, ids=lambda server: server.engine)
def test_a_full_disk_leaves_no_half_of_a_dump(people: Machine, server: Server, shop: str) -> None:
    rows = ",".join(f"({number}, '{number:x<80}')" for number in range(2, 20_000))
    assert load(people, shop, f"INSERT INTO t VALUES {rows};") == (0, "")
    people.exec(["sh", "-c", "mkdir -p /backup && mount -t tmpfs -o size=512k tmpfs /backup && chmod 711 /backup"])
    try:
        code, said = v(people, "v-dump-database", ALICE, shop, "file")
        assert (code, people.exec(["ls", "-A", "/backup"]).stdout) == (13, ""), said
    finally:
        people.exec(["umount", "/backup"])
    assert shlex.split(said)[0] == "Error:"


SMALL = {
    # The server's figures of this table are never made anew, and PostgreSQL packs what repeats itself.
    "mysql": "CREATE TABLE big (a int, b varchar(90)) STATS_AUTO_RECALC=0; INSERT INTO big VALUES {rows};",
    "pgsql": "CREATE TABLE big (a text); INSERT INTO big SELECT repeat('x', 1000000) FROM generate_series(1, 40);",
}


@pytest.mark.parametrize("server", LOCAL, ids=lambda server: server.engine)
def test_a_disk_that_fills_up_meanwhile_leaves_no_half_of_a_dump(people: Machine, server: Server, shop: str) -> None:
    rows = ",".join(f"({number}, '{number:x<80}')" for number in range(2, 20_000))
    assert load(people, shop, SMALL[server.engine].format(rows=rows)) == (0, "")
    room = "512k" if server.engine == "mysql" else "32m"
    people.exec(["sh", "-c", f"mkdir -p /backup && mount -t tmpfs -o size={room} tmpfs /backup && chmod 711 /backup"])
    try:
        code, said = v(people, "v-dump-database", ALICE, shop, "file")
        assert (code, people.exec(["ls", "-A", "/backup"]).stdout) == (13, ""), said
        assert "are free" not in said, "it was begun"
    finally:
        people.exec(["umount", "/backup"])


@pytest.mark.parametrize("server", LOCAL[:1], ids=lambda server: server.engine)
def test_the_newest_dumps_of_a_database_are_kept(people: Machine, server: Server, shop: str) -> None:
    names = [f"{shop}_{server.engine}_2020-01-{day:02}_00-00-00.sql" for day in range(1, 8)]
    script = f"""mkdir -p /backup; cd /backup; rm -f {shop}_*; touch {" ".join(names)}; chgrp {ALICE} {shop}_*
    touch {shop}_{server.engine}_2019-01-01_00-00-00.sql"""
    people.exec(["sh", "-c", script])
    code, printed = v(people, "v-dump-database", ALICE, shop)
    assert code == 0, printed
    left = people.exec(["sh", "-c", f"cd /backup; ls {shop}_*"]).stdout.split()
    # What has not the account's group was put there by somebody else.
    assert left == [f"{shop}_{server.engine}_2019-01-01_00-00-00.sql", *names[3:], printed.strip().rpartition("/")[2]]
    people.exec(["sh", "-c", f"rm /backup/{shop}_*"])

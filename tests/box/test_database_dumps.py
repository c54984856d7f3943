"""Dumps on the real servers: what a broken one leaves, and databases that change hands."""

from __future__ import annotations

import shlex

import pytest
from box.machine import Machine
from tests.box.dumping import ALICE, ALL, BOB, LOCAL, PASSWORD, Server, beside, load, people, put, shop
from tests.box.test_web_sites import v

__all__ = ["people", "shop"]


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

"""What is changed of a dump on its way: the names in which its definitions are made, and nothing of its rows."""

from __future__ import annotations

import pytest

from tholos.jobs.databases.lines import without_definers, without_owners

CHANGED = {
    "CREATE DEFINER=`a`@`%` PROCEDURE p()": "CREATE PROCEDURE p()",
    "CREATE OR REPLACE DEFINER=`a`@`%` VIEW v": "CREATE OR REPLACE VIEW v",
    "CREATE ALGORITHM=UNDEFINED DEFINER=`a`@`b` SQL SECURITY DEFINER VIEW v": (
        "CREATE ALGORITHM=UNDEFINED SQL SECURITY DEFINER VIEW v"
    ),
    "/*!50013 DEFINER=`we``ird`@`b` SQL SECURITY DEFINER */": "/*!50013 SQL SECURITY DEFINER */",
    "/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER t": (
        "/*!50003 CREATE*/ /*!50017*/ /*!50003 TRIGGER t"
    ),
    "/*!50106 CREATE*/ /*!50117 DEFINER='a'@'b'*/ /*!50106 EVENT e": "/*!50106 CREATE*/ /*!50117*/ /*!50106 EVENT e",
    "CREATE DEFINER=root@localhost FUNCTION f()": "CREATE FUNCTION f()",
}
KEPT = [
    "INSERT INTO t VALUES ('CREATE DEFINER=`a`@`b` VIEW');",
    "CREATE TABLE t (a text DEFAULT 'DEFINER=`a`@`b`');",
    "  CREATE DEFINER=`a`@`b` VIEW v",
    "CREATE DEFINER=CURRENT_USER PROCEDURE p()",
    "-- CREATE DEFINER=`a`@`b`",
]


@pytest.mark.parametrize(("line", "wanted"), CHANGED.items())
def test_a_definition_is_made_by_whoever_loads_it(line: str, wanted: str) -> None:
    assert list(without_definers(iter([f"{line} AS 1;\n".encode()]))) == [f"{wanted} AS 1;\n".encode()]


@pytest.mark.parametrize("line", KEPT)
def test_all_else_stays(line: str) -> None:
    assert list(without_definers(iter([f"{line}\n".encode()]))) == [f"{line}\n".encode()]


def test_a_long_line_is_passed_on_in_parts() -> None:
    parts = [
        b"INSERT INTO t VALUES ('",
        b"CREATE DEFINER=`a`@`b` VIEW v",
        b"');\n",
        b"CREATE DEFINER=`a`@`b` VIEW v;\n",
    ]
    assert list(without_definers(iter(parts))) == [*parts[:3], b"CREATE VIEW v;\n"]


LEFT_OUT = [
    "ALTER TABLE public.t OWNER TO elsewhere;",
    'ALTER FUNCTION public.f(a integer, b text) OWNER TO "Else Where";',
    "ALTER SCHEMA x OWNER TO elsewhere;",
    "GRANT SELECT,INSERT ON TABLE public.t TO reader;",
    "REVOKE ALL ON SCHEMA public FROM PUBLIC;",
    "ALTER DEFAULT PRIVILEGES FOR ROLE a IN SCHEMA public GRANT SELECT ON TABLES TO b;",
    "SET transaction_timeout = 0;",
    "COMMENT ON EXTENSION plpgsql IS 'PL/pgSQL procedural language';",
]
AROUND = [
    "",
    "SELECT 1;\n",
    "-- it's a comment\n",
    "/* a 'comment' /* in one */\n; */\n",
    "INSERT INTO t VALUES ('it''s', E'it\\'s; ', $$;'$$);\n",
    "CREATE TABLE \"t;'\" (a text DEFAULT '--');\n",
    "COPY t (a) FROM stdin;\nGRANT a TO b;\nit's\n\\.\n",
    "CREATE FUNCTION f() RETURNS int AS $_$ BEGIN\nGRANT a TO b;\nEND $_$ LANGUAGE plpgsql;\n",
    "SELECT a /* x */\n  FROM b;\n",
]
INSIDE = {
    "SELECT 'begin\n": "end';\n",
    "SELECT E'begin\\'\n": "end';\n",
    "SELECT $a$ $b$\n": "$a$;\n",
    'SELECT "begin\n': 'end";\n',
    "/* begin\n": "*/\n",
    "COPY public.t (a) FROM stdin;\n": "\\.\n",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql\n": "AS 'SELECT 1';\n",
    "SET standard_conforming_strings = off;\n": "SELECT 1;\n",
}


def loaded(text: str) -> str:
    """What is loaded of a dump of PostgreSQL."""
    return b"".join(without_owners(iter(text.encode().splitlines(keepends=True)))).decode()


@pytest.mark.parametrize("line", LEFT_OUT)
@pytest.mark.parametrize("before", AROUND)
def test_owners_and_privileges_are_left_out(line: str, before: str) -> None:
    assert loaded(f"{before}{line}\nSELECT 2;\n") == f"{before}\nSELECT 2;\n"


@pytest.mark.parametrize("line", LEFT_OUT)
@pytest.mark.parametrize(("before", "after"), INSIDE.items())
def test_in_a_text_or_in_rows_they_stay(line: str, before: str, after: str) -> None:
    text = f"{before}{line}\n{after}"
    assert loaded(text) == text


@pytest.mark.parametrize("line", ["GRANT a TO b; DROP TABLE t;", "ALTER TABLE t ADD COLUMN a int;", "  GRANT a TO b;"])
def test_other_statements_stay(line: str) -> None:
    assert loaded(f"{line}\n") == f"{line}\n"


def test_after_a_line_in_parts_nothing_is_left_out_any_more() -> None:
    parts = [b"INSERT INTO t VALUES ('", b"GRANT a TO b;\n", b"');\n", b"GRANT a TO b;\n"]
    assert list(without_owners(iter(parts))) == parts

"""What is changed of a dump on its way: the names in which its definitions are made, and nothing of its rows."""

from __future__ import annotations

import pytest

from tholos.jobs.databases.clients import without_definers

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

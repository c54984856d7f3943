"""Logins of jobs end, whatever a dump has done with them: closed first, dropped when that can be, and looked for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import call
from tests.working import Count, begin

from tholos.apply.host import Host
from tholos.apply.sql.pgsql import _SESSION
from tholos.apply.sql.place import Rows
from tholos.apply.steps import Statement
from tholos.bootstrap import Engine
from tholos.jobs.databases import leftovers, roles
from tholos.jobs.databases.logins import READS, WRITES, lent_name
from tholos.jobs.state import JobState
from tholos.kernel.errors import DatabaseFailed

SERVER = "pgsql/localhost"
LOGIN = lent_name("0123456789abcdef012345", WRITES)
TRACES = [("alice_shop", "alice_shop"), ("alice_blog", None)]


class Server:
    """A server that knows a few roles, and refuses what begins so."""

    def __init__(self, roles: Iterable[str], refuses: str = "nothing") -> None:
        self.roles = list(roles)
        self.refuses = refuses
        self.said: list[tuple[str, str, str]] = []

    def run(self, server: str, statements: Iterable[Statement], **_more: Any) -> Rows:
        """Answer the last of the statements."""
        rows: Rows = []
        for statement in statements:
            self.said.append((server, statement.database, statement.text))
            if statement.text.startswith(self.refuses):
                raise DatabaseFailed("canceling statement due to statement timeout")
            rows = self._rows(statement)
        return rows

    def _rows(self, statement: Statement) -> Rows:
        match statement.text.split():
            case ["SELECT", "1", "FROM", "pg_roles", *_]:
                return [(1,)] if statement.values[0] in self.roles else []
            case ["SELECT", "rolname" | "User", *_]:
                return [(role,) for role in self.roles]
            case ["SELECT", "datname,", *_]:
                return list(TRACES)
            case ["SELECT", "(now()", *_]:
                return [("2026-01-01 10:00:00+00",)]
            case ["DROP", "ROLE", name]:
                self.roles.remove(name.strip('"'))
        return []

    def changed(self) -> list[tuple[str, str]]:
        """What was said and is no question, with its database."""
        return [(database, text) for _, database, text in self.said if not text.startswith("SELECT")]


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    made = Host(tmp_path, rehearse=True)
    monkeypatch.setattr(made, "rehearse", False)
    return made


def serving(host: Host, server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Have a host's statements go to this server."""
    monkeypatch.setattr(host.servers, "run", server.run)
    return server


def test_a_role_is_closed_before_anything_that_an_account_can_hinder(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serving(host, Server([LOGIN]), monkeypatch)
    assert roles.end(host, SERVER, LOGIN)
    assert server.changed() == [
        ("", f'ALTER ROLE "{LOGIN}" NOLOGIN PASSWORD NULL'),
        ("alice_shop", f'REASSIGN OWNED BY "{LOGIN}" TO "alice_shop"'),
        ("alice_shop", f'DROP OWNED BY "{LOGIN}"'),
        ("alice_blog", f'DROP OWNED BY "{LOGIN}"'),
        ("", f'DROP OWNED BY "{LOGIN}"'),
        ("", f'DROP ROLE "{LOGIN}"'),
    ]
    assert roles.end(host, SERVER, LOGIN)


@pytest.mark.parametrize("refuses", ["REASSIGN", "DROP OWNED", "DROP ROLE"])
def test_one_that_cannot_be_dropped_is_closed_all_the_same(
    host: Host, monkeypatch: pytest.MonkeyPatch, refuses: str
) -> None:
    server = serving(host, Server([LOGIN], refuses), monkeypatch)
    assert not roles.end(host, SERVER, LOGIN)
    assert server.changed()[0] == ("", f'ALTER ROLE "{LOGIN}" NOLOGIN PASSWORD NULL')


def test_one_that_cannot_be_closed_is_said(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    serving(host, Server([LOGIN], "ALTER ROLE"), monkeypatch)
    with pytest.raises(DatabaseFailed):
        roles.end(host, SERVER, LOGIN)


@pytest.mark.parametrize(("left", "made"), [([], "CREATE"), ([LOGIN], "ALTER")])
def test_a_role_is_valid_for_a_while_also_where_an_earlier_attempt_left_it(
    host: Host, monkeypatch: pytest.MonkeyPatch, left: list[str], made: str
) -> None:
    server = serving(host, Server(left, "DROP ROLE"), monkeypatch)
    roles.make(host, SERVER, LOGIN, "alice_shop", "SCRAM-SHA-256$...")
    assert server.changed()[-3:] == [
        ("", f'{made} ROLE "{LOGIN}" LOGIN PASSWORD %s VALID UNTIL %s'),
        ("", f'GRANT "alice_shop" TO "{LOGIN}"'),
        ("", f'ALTER ROLE "{LOGIN}" SET role = "alice_shop"'),
    ]


@pytest.mark.thorough
def test_logins_that_no_job_knows_are_ended(town: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for line in (
        "v-change-sys-config-value DB_SYSTEM mysql,pgsql",
        "v-add-database-host mysql localhost root socket",
        "v-add-database-host pgsql localhost root socket",
    ):
        assert call(town, *line.split()) == (0, "")
    job = begin(town, Count(str(tmp_path / "count"), at=1, how="hold"))
    mine, strangers = [lent_name(job.id, kind) for kind in (READS, WRITES)], ["~tholos-admin", "alice_shop"]
    host, dispatcher = town.applier.host, town.dispatcher
    server = serving(host, Server([*mine, *strangers, LOGIN]), monkeypatch)
    leftovers.sweep(JobState(town.writer, dispatcher.machine, dispatcher.vault), host, town.directory / "jobs")
    assert server.roles == [*mine, *strangers]
    assert [said[2] for said in server.said if said[0] == "mysql/localhost"][1:] == [
        f"DROP USER IF EXISTS `{LOGIN}`@`%%`"
    ]
    assert call(town, "v-cancel-job", job.id) == (0, "")


def test_settings_of_a_database_do_not_count_for_an_administrator() -> None:
    for setting in ("statement_timeout=0", "default_transaction_read_only=off", "role=none"):
        assert f"-c {setting}" in _SESSION

"""What databases are made from is closed on every server of PostgreSQL, also on one that was added long ago."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tholos.apply.host import Host
from tholos.apply.sql.place import Rows
from tholos.apply.steps import Sql, Statement
from tholos.drivers.database_servers import plan
from tholos.kernel.errors import NoConnection
from tholos.resources.database.want import ServerWant

KEY = ("pgsql", "db2.example.org")
WANT = ServerWant(*KEY, 5432, "keeper", "secret", "hosting")
SHARED = ["postgres", "template1", "hosting"]


class Server:
    """A server that says which databases are open to everybody, or that it is down."""

    def __init__(self, *open_ones: str, down: bool = False) -> None:
        self.open_ones = open_ones
        self.down = down
        self.asked: list[Statement] = []

    def run(self, _server: str, statements: Iterable[Statement], **_more: Any) -> Rows:
        """Answer."""
        self.asked += statements
        if self.down:
            raise NoConnection("no")
        return [(name,) for name in self.open_ones]


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    made = Host(tmp_path, rehearse=True)
    monkeypatch.setattr(made, "rehearse", False)
    return made


def planned(host: Host, server: Server, want: ServerWant, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements of a plan, all of whose files are then written."""
    monkeypatch.setattr(host.servers, "run", server.run)
    steps = list(plan(KEY, want, host))
    for step in steps:
        if not isinstance(step, Sql):
            host.do(step, "0")  # type: ignore[arg-type]
    return [step.statement.text for step in steps if isinstance(step, Sql)]


def closing(*names: str) -> list[str]:
    """The statements that close databases."""
    return [f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC' for name in names]


def test_a_new_server_is_closed_without_being_asked(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    assert planned(host, server, WANT, monkeypatch) == closing(*SHARED)
    assert server.asked == []


def test_what_is_open_at_a_known_server_is_closed(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    planned(host, Server(), WANT, monkeypatch)
    server = Server("template1")
    assert planned(host, server, WANT, monkeypatch) == closing("template1")
    assert [statement.values for statement in server.asked] == [tuple(SHARED)]


def test_a_known_server_that_is_down_is_looked_at_another_time(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    planned(host, Server(), WANT, monkeypatch)
    assert planned(host, Server(down=True), WANT, monkeypatch) == []


def test_with_another_login_it_is_done_by_that(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    planned(host, Server(), WANT, monkeypatch)
    other, server = msgspec.structs.replace(WANT, login="another"), Server()
    assert planned(host, server, other, monkeypatch) == closing(*SHARED)
    assert server.asked == []

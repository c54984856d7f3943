"""What every fast test stands on: an engine on a recording host, as a rehearsal has it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from tholos.apply.host import Host
from tholos.apply.writer import Work
from tholos.bootstrap import ROOT, Engine
from tholos.kernel.command import COMMANDS
from tholos.kernel.errors import Refusal
from tholos.kernel.tx import Caller, Tx
from tholos.resources.ip.model import addresses

ADDRESS = "198.18.0.1"
"""The address that sites are served on in tests."""
ADMIN_PASSWORD = "adminPass123"

Run = Callable[..., tuple[int, str]]


def new_engine(directory: Path) -> Engine:
    """An engine of which nothing leaves ``directory``, not yet started."""
    return Engine(directory / "state", Host(directory / "host", rehearse=True), directory / "run")


def call(engine: Engine, command: str, *values: str, caller: Caller = ROOT) -> tuple[int, str]:
    """Call a command as the shell does; give the exit code and what is printed."""
    known = COMMANDS.get(command)
    if known is None:
        return 127, f"{command}: command not found\n"
    try:
        return 0, engine.dispatcher.run(known, values, caller, "127.0.0.1").text
    except Refusal as refusal:
        return refusal.code, f"{refusal.message}\n" if refusal.message else ""


def _register_address(tx: Tx) -> None:
    values = {"ip": ADDRESS, "owner": "admin", "interface": "eth0", "netmask": "255.255.255.0"}
    tx.execute(insert(addresses).values(created=tx.context.now, **values))
    tx.want("address", ADDRESS)


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a node with one address and the first administrator; tests work on copies of it."""
    directory = tmp_path_factory.mktemp("seeded")
    engine = new_engine(directory)
    engine.start()
    engine.writer.submit(Work(_register_address, engine.dispatcher.context(ROOT, "127.0.0.1"))).result()
    assert call(engine, "v-add-user", "admin", ADMIN_PASSWORD, "admin@example.org") == (0, "")
    engine.stop()
    return directory


@pytest.fixture
def engine(seeded: Path, tmp_path: Path) -> Iterator[Engine]:
    """A started engine on a recording host, with the address 198.18.0.1 on eth0 and the account admin."""
    directory = tmp_path / "node"
    shutil.copytree(seeded, directory, symlinks=True)
    engine = new_engine(directory)
    engine.start()
    yield engine
    engine.stop()


@pytest.fixture
def run(engine: Engine) -> Run:
    """Call a command by its name and values as root's shell does; gives (exit code, text)."""
    return lambda command, *values: call(engine, command, *values)


@pytest.fixture
def everything(engine: Engine) -> Callable[[], dict[str, object]]:
    """Give all that a refused call must leave alone: every row, and every file of the host."""
    return lambda: snapshot(engine)


@pytest.fixture
def everything_of() -> Callable[[Engine], dict[str, object]]:
    """As ``everything``, of an engine of the test's own."""
    return snapshot


def snapshot(engine: Engine) -> dict[str, object]:
    """Every row of every table, and every file of the host with its mode."""
    return {"rows": _rows(engine), "files": _files(engine.applier.host.root)}


def _rows(engine: Engine) -> dict[str, list[str]]:
    from tholos.kernel.tables import metadata

    with engine.store.reading() as connection:
        return {table.name: sorted(map(repr, connection.execute(table.select()))) for table in metadata.sorted_tables}


def _files(root: Path) -> dict[str, object]:
    return {
        str(path.relative_to(root)): (path.lstat().st_mode, path.read_bytes() if path.is_file() else None)
        for path in sorted(root.rglob("*"))
    }

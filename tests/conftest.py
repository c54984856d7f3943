"""What every fast test stands on: an engine on a recording host, as a rehearsal has it."""

from __future__ import annotations

import gc
import json
import os
import re
import shlex
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

import pytest
from hypothesis import settings
from sqlalchemy import insert, select
from sqlalchemy.engine.interfaces import DBAPICursor
from tests.waiting import until

from tholos.apply.host import Host
from tholos.apply.reconcile import rebooted
from tholos.apply.writer import Work
from tholos.bootstrap import ROOT, Engine
from tholos.kernel.command import COMMANDS, load
from tholos.kernel.errors import Refusal
from tholos.kernel.tables import metadata
from tholos.kernel.tx import Caller, Tx
from tholos.resources.ip.model import addresses

# A test that guards main says the same of the same code; --hypothesis-profile=explore looks for new cases.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("explore", derandomize=False, print_blob=True)
settings.load_profile("repeatable")

load()
ADDRESS = "198.18.0.1"
"""The address that sites are served on in tests."""
ADMIN_PASSWORD = "adminPass123"
MOVED_ASIDE = ".tholos-old"

Run = Callable[..., tuple[int, str]]


def pytest_collection_finish() -> None:
    """The many tests are no garbage; to look through all of them again and again would take a seventh of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


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
    with started(directory) as engine:
        engine.writer.submit(Work(_register_address, engine.dispatcher.context(ROOT, "127.0.0.1"))).result()
        assert call(engine, "v-add-user", "admin", ADMIN_PASSWORD, "admin@example.org") == (0, "")
        # Else each of the copies would plan everything again, beside its test.
        until(lambda: not rebooted(engine.directory))
    return directory


@pytest.fixture(scope="module")
def origin(seeded: Path) -> Path:
    """The directory of the node that ``engine`` is a copy of; a file of tests may have one of its own."""
    return seeded


@pytest.fixture
def engine(origin: Path) -> Iterator[Engine]:
    """A started engine on a recording host, with the address 198.18.0.1 on eth0 and the account admin."""
    with copied(origin) as engine:
        yield engine


PEOPLE = """\
v-add-user alice AlicePass123 alice@example.org
v-add-user bob BobPass12345 bob@example.org system
v-add-web-domain alice alice.test
v-suspend-user bob"""


@pytest.fixture(scope="session")
def peopled(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a node with two accounts: alice has a site, bob is suspended and has the package ``system``."""
    calls = (line.split() for line in PEOPLE.splitlines())
    return prepared(seeded, tmp_path_factory.mktemp("peopled") / "node", calls)


@pytest.fixture
def town(peopled: Path) -> Iterator[Engine]:
    """A started engine of a node with accounts; see ``peopled``."""
    with copied(peopled) as engine:
        yield engine


@pytest.fixture(scope="session")
def quiet_town(peopled: Path) -> Iterator[Engine]:
    """As ``town``, for calls that change nothing: one for all of them."""
    with copied(peopled) as engine:
        yield engine


@contextmanager
def scratch() -> Iterator[Path]:
    """A directory for a while, in memory where that is possible: every commit waits for the disk."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory, prefix="tholos-test-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def copy(source: Path, directory: Path) -> Path:
    """Copy a node, without what another thread may be deleting meanwhile; give the new directory."""
    return Path(shutil.copytree(source, directory, symlinks=True, ignore=shutil.ignore_patterns(f"{MOVED_ASIDE}*")))


@contextmanager
def started(directory: Path) -> Iterator[Engine]:
    """A started engine of the node in a directory; it is stopped whatever happens."""
    engine = new_engine(directory)
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()


def prepared(source: Path, directory: Path, calls: Iterable[Sequence[str]]) -> Path:
    """Make another node of a node, by calls that succeed and print nothing; give its directory."""
    with started(copy(source, directory)) as engine:
        for values in calls:
            assert call(engine, *values) == (0, ""), values
    return directory


@contextmanager
def copied(source: Path) -> Iterator[Engine]:
    """A started engine on a copy of a node."""
    with scratch() as directory, started(copy(source, directory / "node")) as engine:
        yield engine


class Case(TypedDict, total=False):
    """A call as data, and what becomes of it.

    ``before`` are calls that come first, ``files`` temporary files by name, ``host`` files that an administrator made.
    ``rows`` are a table, what finds its row, and what the row must hold after the call and not before (None: it is
    gone). ``commands`` are run on the machine. ``has`` is a part of what is printed. ``keep`` are patterns of what the
    calls before have printed, whose first group stands in the call in place of ``{name}``.
    """

    call: str
    code: int
    text: str
    has: str
    keep: dict[str, str]
    before: list[str]
    files: dict[str, str]
    host: dict[str, str]
    rows: list[tuple[str, dict[str, object], dict[str, object] | None]]
    commands: list[str]


def cases(group: str) -> list[Case]:
    """The cases of a group, from ``tests/cases``."""
    files = sorted((Path(__file__).parent / "cases" / group).glob("*.json"))
    found: list[Case] = [case for file in files for case in json.loads(file.read_text(encoding="utf-8"))]
    return found


def changes_nothing(case: Case) -> bool:
    """Tell whether a case leaves its engine as it found it."""
    reading = not COMMANDS[shlex.split(case["call"])[0]].changes
    return (reading or bool(case.get("code"))) and not any(case.get(key) for key in ("before", "files", "host"))


def check_case(case: Case, request: pytest.FixtureRequest) -> None:
    """Carry out a case: a refusal and a reading change nothing, a change does what the case says."""
    engine: Engine = request.getfixturevalue("quiet_town" if changes_nothing(case) else "town")
    for name, text in case.get("files", {}).items():
        engine.dispatcher.vault.put("root/", name, text)
    for path, text in case.get("host", {}).items():
        _put(engine.applier.host.root / path.lstrip("/"), text)
    line = _filled(case, [_done(engine, line) for line in case.get("before", [])])
    rows = case.get("rows", [])
    stays = bool(case.get("code")) or not COMMANDS[shlex.split(case["call"])[0]].changes
    before, done = snapshot(engine) if stays else None, _commands(engine)
    assert not any(_holds(engine, *row) for row in rows), "the rows were so before"
    code, text = call(engine, *shlex.split(line))
    assert code == case.get("code", 0), text
    if "text" in case:
        assert text.rstrip("\n") == case["text"]
    assert case.get("has", "") in text
    assert [row for row in rows if not _holds(engine, *row)] == []
    # What follows a commit may add a line at any time, so they are read once.
    new = _commands(engine)[len(done) :]
    assert new == case.get("commands", new)
    if stays:
        assert snapshot(engine) == before


def _done(engine: Engine, line: str) -> str:
    code, text = call(engine, *shlex.split(line))
    assert code == 0, f"{line}: {text}"
    return text


def _filled(case: Case, printed: list[str]) -> str:
    """The call with what was kept of the calls before."""
    line = case["call"]
    for name, pattern in case.get("keep", {}).items():
        found = re.search(pattern, "\n".join(printed))
        assert found, f"nothing printed is {pattern}"
        line = line.replace(f"{{{name}}}", found[1])
    return line


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _commands(engine: Engine) -> list[str]:
    return (engine.applier.host.root / "commands.log").read_text().splitlines()


def _holds(engine: Engine, table: str, key: dict[str, object], values: dict[str, object] | None) -> bool:
    columns = metadata.tables[table].c
    with engine.store.reading() as connection:
        found = connection.execute(select(*columns).where(*(columns[name] == value for name, value in key.items())))
        rows = found.mappings().all()
    if values is None:
        return not rows
    return any(all(row[name] == value for name, value in values.items()) for row in rows)


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
    _wait_for_what_follows(engine)
    return {"rows": _rows(engine), "files": _files(engine.applier.host.root)}


def _wait_for_what_follows(engine: Engine) -> None:
    """Dropping databases and ending processes follow a commit, in another thread, which writes that down."""

    def over() -> bool:
        with engine.store.reading() as connection:
            waiting = "SELECT 1 FROM sql_purges UNION ALL SELECT 1 FROM endings"
            return connection.exec_driver_sql(waiting).first() is None

    until(over, pause=0.005)


def _rows(engine: Engine) -> dict[str, list[str]]:
    names = [name for name in metadata.tables if name != "purges"]
    with engine.store.reading() as connection:
        # Without SQLAlchemy, whose statements would take most of a test's time.
        cursor = connection.connection.cursor()
        return {name: sorted(map(repr, _fetched(cursor, name))) for name in names}


def _fetched(cursor: DBAPICursor, table: str) -> Sequence[object]:
    cursor.execute(f'SELECT * FROM "{table}"')
    return cursor.fetchall()


def _files(root: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for directory, below, files in os.walk(root):
        # What was moved aside is being deleted meanwhile, in another thread.
        below[:] = [name for name in below if MOVED_ASIDE not in name]
        for name in (*below, *files):
            if MOVED_ASIDE not in name:
                path = f"{directory}/{name}"
                found[path.removeprefix(f"{root}/")] = _seen(path)
    return found


def _seen(path: str) -> tuple[int, bytes | None]:
    """The mode of what is there, and the content of a file or of what a link leads to."""
    mode = os.lstat(path).st_mode
    return mode, None if stat.S_ISDIR(mode) or not os.path.isfile(path) else Path(path).read_bytes()  # noqa: PTH113

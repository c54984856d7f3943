"""Traffic: every line is counted once, whatever becomes of the log, of the engine, and of the sites."""

from __future__ import annotations

import dataclasses
import gzip
import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import select
from tests.conftest import call, copied

from tholos.apply.readings import traffic as reading
from tholos.bootstrap import ROOT, Engine
from tholos.jobs.state import JobState
from tholos.jobs.traffic import TrafficJob
from tholos.kernel.log import log
from tholos.kernel.tx import State
from tholos.resources.stats import clock
from tholos.resources.stats.model import site_tenures, traffic
from tholos.resources.types import AccountName
from tholos.resources.user.record import listed
from tholos.resources.web.record import find

HERE = reading.DIRECTORY.lstrip("/")


class Nginx:
    """Writes the log as nginx does: to the file that it has opened, at its end."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.path = directory / reading.LOG
        self.requests = 0
        self.file = self.path.open("ab", buffering=0)

    def reopen(self) -> None:
        self.file.close()
        self.file = self.path.open("ab", buffering=0)

    def line(self, name: str, sent: int, at: float | None = None) -> bytes:
        self.requests += 1
        return b"=%.3f %d.1 %s %d\n" % (time.time() if at is None else at, self.requests, name.encode(), sent)

    def answer(self, name: str, sent: int, at: float | None = None) -> None:
        self.file.write(self.line(name, sent, at))


@pytest.fixture
def nginx(town: Engine) -> Iterator[Nginx]:
    nginx = Nginx(town.applier.host.root / HERE)
    # The node was made when the tests began, which may have been in another month.
    town.usage.traffic._state.change(clock.begin_month)
    yield nginx
    nginx.file.close()


def sums(engine: Engine) -> dict[str, int]:
    """What was counted by account."""
    with engine.store.reading() as connection:
        rows = connection.execute(select(site_tenures.c.account, traffic.c.sent).join_from(traffic, site_tenures))
        found: Counter[str] = Counter()
        for account, sent in rows:
            found[account] += sent
    return dict(found)


def of_site(engine: Engine, user: str, domain: str) -> tuple[int, int]:
    """What the lists show of a site and of its account."""
    with engine.store.reading() as connection:
        state = State(connection, engine.dispatcher.context(ROOT, "127.0.0.1"))
        site = find(state, user, domain)
        return -1 if site is None else site.bytes_sent, listed(state, AccountName(user)).bytes_sent


def test_a_call_counts_what_was_sent_until_now(town: Engine, nginx: Nginx) -> None:
    nginx.answer("alice.test", 3 * 2**20)
    nginx.answer("nobody.test", 50)
    assert call(town, "v-update-web-domain-traff", "alice", "alice.test") == (0, "")
    nginx.answer("alice.test", 7)
    assert call(town, "v-update-web-domains-traff", "alice") == (0, "")
    assert of_site(town, "alice", "alice.test") == (3 * 2**20 + 7, 3 * 2**20 + 7)
    assert '"U_BANDWIDTH": "3"' in call(town, "v-list-web-domain", "alice", "alice.test", "json")[1]
    assert '"U_BANDWIDTH": "3"' in call(town, "v-list-user", "alice", "json")[1]


def test_what_is_no_line_counts_nothing(town: Engine, nginx: Nginx) -> None:
    for junk in (
        b"\n",
        b"\0" * 5000 + b"\n",
        b"=1764093062.000 1.1 alice.test -5\n",
        b"=1764093062.000 1.1 alice.test 1_000\n",
        b"=1764093062.000 1.1 alice.test 99999999999999999999\n",
        b"=1764093062.000 1.1 alice.test\n",
        b"1764093062.000 1.1 alice.test 5\n",
        b"\xff\xfe=1764093062 alice.test 5\n",
        b"=" * 300_000 + b"\n",
        b"=1764093062.000 1.1 alice.te",  # The disk was full, and the next line is written behind it.
    ):
        nginx.file.write(junk)
    nginx.answer("alice.test", 11)
    call(town, "v-update-web-domains-traff", "alice")
    assert sums(town) == {"alice": 11}


def test_what_a_site_sent_stays_with_who_had_it(town: Engine, nginx: Nginx) -> None:
    def count() -> None:
        call(town, "v-update-web-domains-traff", "alice")

    nginx.answer("alice.test", 100)
    count()
    time.sleep(0.01)
    assert call(town, "v-change-web-domain-name", "alice", "alice.test", "new.test") == (0, "")
    time.sleep(0.01)
    nginx.answer("new.test", 20)
    count()
    assert of_site(town, "alice", "new.test") == (120, 120)
    # Lines of before the move that are counted after it are the old owner's.
    nginx.answer("new.test", 3)
    time.sleep(0.01)
    assert call(town, "v-change-domain-owner", "new.test", "admin") == (0, "")
    time.sleep(0.01)
    nginx.answer("new.test", 5)
    count()
    assert of_site(town, "admin", "new.test") == (5, 5)
    assert of_site(town, "alice", "new.test") == (-1, 123)
    assert call(town, "v-delete-web-domain", "admin", "new.test") == (0, "")
    time.sleep(0.01)
    nginx.answer("new.test", 1)
    count()
    assert of_site(town, "admin", "new.test") == (-1, 6)
    assert call(town, "v-add-web-domain", "alice", "new.test") == (0, "")
    count()
    assert of_site(town, "alice", "new.test") == (0, 123)


def test_an_account_of_the_same_name_begins_with_nothing(town: Engine, nginx: Nginx) -> None:
    nginx.answer("alice.test", 100)
    call(town, "v-update-web-domains-traff", "alice")
    nginx.answer("alice.test", 1000)
    assert call(town, "v-delete-user", "alice") == (0, "")
    assert call(town, "v-add-user", "alice", "AlicePass123", "alice@example.org") == (0, "")
    call(town, "v-update-web-domains-traff", "alice")
    assert of_site(town, "alice", "alice.test") == (-1, 0)


def test_names_of_both_spellings_are_one(town: Engine, nginx: Nginx) -> None:
    assert call(town, "v-add-web-domain", "alice", "bücher.test") == (0, "")
    nginx.answer("xn--bcher-kva.test", 9)
    call(town, "v-update-web-domains-traff", "alice")
    assert of_site(town, "alice", "bücher.test")[0] == 9


@contextmanager
def at(moment: str) -> Iterator[None]:
    """Have jobs believe in another time."""
    before, now = JobState._context, datetime.fromisoformat(moment)
    with mock.patch.object(JobState, "_context", lambda state: dataclasses.replace(before(state), now=now)):
        yield


def test_a_month_begins_with_nothing_and_the_last_one_is_recorded(town: Engine, nginx: Nginx) -> None:
    end = datetime(2031, 1, 31, 23, 59, 59).timestamp()
    with at("2031-01-31T12:00:00"):
        town.usage.traffic.round()
        nginx.answer("alice.test", 2 * 2**20, end - 3600)
        town.usage.traffic.round()
        assert of_site(town, "alice", "alice.test") == (2 * 2**20, 2 * 2**20)
    nginx.answer("alice.test", 2**20, end)
    nginx.answer("alice.test", 5, end + 1)
    with at("2031-02-01T00:00:30"):
        town.usage.traffic.round()
        assert of_site(town, "alice", "alice.test") == (5, 5)
        nginx.answer("alice.test", 4 * 2**20, end)  # It was late, and yet belongs to the month that is over.
        town.usage.traffic.round()
    # The first line is of the month in which the test runs.
    months = [line.split("\t") for line in call(town, "v-list-user-stats", "alice", "plain")[1].splitlines()[1:]]
    assert [(month[0], month[11]) for month in months] == [("2031-01-31", "7"), ("2031-02-28", "0")]
    node = [line.split("\t") for line in call(town, "v-list-users-stats", "plain")[1].splitlines()[1:]]
    assert [(month[0], month[11], month[-1]) for month in node] == [("2031-01-31", "7", "3"), ("2031-02-28", "0", "3")]


def test_a_log_that_was_taken_away_is_missed_only_where_a_site_is_served(
    town: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    missed: list[str] = []
    monkeypatch.setattr(log, "warning", lambda event, **_values: missed.append(event))
    directory = town.applier.host.root / "var/log/nginx/tholos"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "traffic.log").unlink(missing_ok=True)
    town.usage.traffic.round()
    assert len(missed) == 1
    for line in call(town, "v-list-users", "plain")[1].splitlines():
        call(town, "v-delete-web-domains", line.split("\t")[0])
    (directory / "traffic.log").unlink(missing_ok=True)
    town.usage.traffic.round()
    assert len(missed) == 1


def test_a_clock_that_is_set_back_begins_no_month(town: Engine, nginx: Nginx) -> None:
    nginx.answer("alice.test", 3 * 2**20)
    town.usage.traffic.round()
    with at("1970-01-01T00:00:10"):
        town.usage.traffic.round()
    assert of_site(town, "alice", "alice.test") == (3 * 2**20, 3 * 2**20)
    assert len(call(town, "v-list-user-stats", "alice", "plain")[1].splitlines()) == 1


def test_old_traffic_is_forgotten_and_what_was_recorded_is_not(town: Engine, nginx: Nginx) -> None:
    for month in range(1, 13):
        nginx.answer("alice.test", 2**20, datetime(2031, month, 5).timestamp())
        with at(f"2031-{month:02}-06T00:00:00"):
            town.usage.traffic.round()
    with at("2032-06-06T00:00:00"):
        town.usage.traffic.round()
    with town.store.reading() as connection:
        kept = {row.month for row in connection.execute(select(traffic))}
    assert min(kept) == "2031-05"
    assert len(call(town, "v-list-user-stats", "alice", "plain")[1].splitlines()) == 14


def test_a_log_that_was_taken_away_is_made_again(town: Engine, nginx: Nginx) -> None:
    nginx.path.unlink()
    town.usage.traffic.round()
    assert nginx.path.stat().st_mode & 0o777 == 0o640
    assert (town.applier.host.root / "commands.log").read_text().splitlines()[-2:] == ["nginx -q -t", "reload nginx"]


class Logs(RuleBasedStateMachine):
    """nginx writes, somebody rotates in every way there is, the engine counts, is killed, and starts again."""

    source: Path

    @initialize()
    def begin(self) -> None:
        self.context = copied(self.source)
        self.engine = self.context.__enter__()
        self.directory = self.engine.applier.host.root / HERE
        self.nginx = Nginx(self.directory)
        self.written = 0
        self.number = 0

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.nginx.reopen()
            self.count()
            assert sums(self.engine).get("alice", 0) == self.written
            self.nginx.file.close()
            self.context.__exit__(None, None, None)

    @rule(sizes=st.lists(st.integers(0, 10**9), max_size=5))
    def write(self, sizes: list[int]) -> None:
        for size in sizes:
            self.nginx.answer("alice.test", size)
            self.written += size

    @rule(size=st.integers(0, 10**6), cut=st.floats(0, 0.99))
    def write_half(self, size: int, cut: float) -> None:
        line = self.nginx.line("alice.test", size)
        self.nginx.file.write(line[: int(len(line) * cut)])

    @rule(size=st.integers(1, 10**6))
    def write_slowly(self, size: int) -> None:
        line = self.nginx.line("alice.test", size)
        self.nginx.file.write(line[:20])
        self.count()
        self.nginx.file.write(line[20:])
        self.written += size

    def next_name(self) -> Path:
        self.number += 1
        return self.directory / f"{reading.LOG}.{self.number}"

    @precondition(lambda self: self.nginx.path.exists())
    @rule(create=st.booleans(), before=st.lists(st.integers(0, 1000), max_size=2))
    def rename(self, create: bool, before: list[int]) -> None:
        self.nginx.path.rename(self.next_name())
        if create:
            self.nginx.path.touch()
        # nginx has not been told yet.
        self.write(before)

    @rule()
    def reopen(self) -> None:
        self.nginx.reopen()

    @precondition(lambda self: self.nginx.path.exists())
    @rule()
    def copy_and_truncate(self) -> None:
        # Only where nginx writes to this very file; what comes between the two is lost to everybody.
        self.nginx.reopen()
        shutil.copyfile(self.nginx.path, self.next_name())
        os.truncate(self.nginx.path, 0)

    @precondition(lambda self: self.nginx.path.exists())
    @rule()
    def copy_count_and_truncate(self) -> None:
        self.nginx.reopen()
        shutil.copyfile(self.nginx.path, self.next_name())
        self.count()
        os.truncate(self.nginx.path, 0)

    @rule(half=st.booleans())
    def compress(self, half: bool) -> None:
        rotated = [path for path in self.directory.iterdir() if path.suffix not in (".log", ".gz")]
        for path in rotated:
            if os.path.samestat(os.fstat(self.nginx.file.fileno()), path.stat()):
                continue  # It is still written to, and logrotate waits for that (delaycompress).
            packed = gzip.compress(path.read_bytes())
            target = path.with_name(f"{path.name}.gz")
            if half:
                target.write_bytes(packed[: len(packed) // 2])
                self.count()
            target.write_bytes(packed)
            path.unlink()

    @rule()
    def count(self) -> None:
        self.engine.usage.traffic.count()
        # What is not a whole line yet is not counted; nothing is ever counted twice.
        assert sums(self.engine).get("alice", 0) <= self.written

    @rule()
    def killed_between_reading_and_committing(self) -> None:
        killed = mock.patch.object(TrafficJob, "_commit", side_effect=KeyboardInterrupt)
        with killed, suppress(KeyboardInterrupt):
            self.engine.usage.traffic.count()
        self.start_again()

    def start_again(self) -> None:
        self.engine.usage.traffic = TrafficJob(self.engine.usage.traffic._state, self.engine.applier.host)

    @rule()
    def killed_after_committing(self) -> None:
        self.engine.usage.traffic.count()
        self.start_again()

    @rule()
    def a_stale_reader_commits(self) -> None:
        # Another engine that has yet to end: it reads with what it knew, and remembers files for itself.
        job = TrafficJob(self.engine.usage.traffic._state, self.engine.applier.host)
        pieces = list(job._logs.pieces({}, ()))
        with job._state.reading() as state:
            job._tenures.refresh(state)
        for piece in pieces:
            job._commit(piece, job._tenures.newest)
        self.count()


def check_logs(peopled: Path, examples: int) -> None:
    machine = type("Machine", (Logs,), {"source": peopled})
    options = settings(
        max_examples=examples, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(machine, settings=options)


def test_every_byte_is_counted_once_whatever_happens_to_the_log(peopled: Path) -> None:
    check_logs(peopled, 10)


@pytest.mark.thorough
def test_every_byte_is_counted_once_at_length(peopled: Path) -> None:
    check_logs(peopled, 400)

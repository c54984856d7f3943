"""Jobs: begun after the commit, carried out once, looked at, called off, and gone on with after the engine's end."""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from tests.conftest import Run, call, copy, started
from tests.unit.test_crash_points import in_child
from tests.waiting import until
from tests.working import STEPS, Count, begin, lines

from tholos.apply.writer import Work
from tholos.bootstrap import ROOT, Engine
from tholos.jobs import declared, runner
from tholos.kernel.errors import InUse, Refusal, ServiceFailed
from tholos.kernel.job import AT_ONCE_OF_ACCOUNTS, AT_ONCE_OF_AN_ACCOUNT, MOST_OF_AN_ACCOUNT, jobs
from tholos.kernel.log import log
from tholos.kernel.tx import Caller, Tx

pytestmark = pytest.mark.thorough


def row(engine: Engine, id: str) -> Any:
    """The row of a job."""
    with engine.store.reading() as connection:
        return connection.execute(select(jobs).where(jobs.c.id == id)).first()


def until_state(engine: Engine, id: str, state: str) -> Any:
    """Wait until a job is in a state, and give its row."""
    return until(lambda: row(engine, id), right=lambda found: found.state == state)


def until_steps(place: Path, *steps: int) -> None:
    """Wait until a job has begun these steps."""
    until(lambda: lines(place / "steps"), right=lambda begun: begun == [*steps])


def stopped_in_a_step(seeded: Path, place: Path) -> tuple[Path, str]:
    """The directory of a node whose engine was stopped while a job was in its third step, and the job's id."""
    node = copy(seeded, place / "node")
    with started(node) as engine:
        job = begin(engine, Count(str(place / "steps"), 2, "hold"))
        until_steps(place, 0, 1, 2)
    return node, job.id


def test_a_job_is_done_and_tells_about_itself(engine: Engine, tmp_path: Path) -> None:
    job = begin(engine, Count(str(tmp_path / "steps")))
    assert engine.runner.finished(job.id) == "6"
    found = row(engine, job.id)
    assert (found.state, found.result, found.progress, found.attempts, found.code) == ("done", "6", 1.0, 1, None)
    assert [line.partition(" ")[2] for line in found.log.splitlines()] == [f"step {number}" for number in range(STEPS)]
    assert lines(tmp_path / "steps") == [0, 1, 2, 3]
    assert found.created <= found.started <= found.finished


def test_what_is_done_is_not_remembered_by_the_engine(engine: Engine, tmp_path: Path) -> None:
    for number in range(3):
        engine.runner.finished(begin(engine, Count(str(tmp_path / f"steps{number}"))).id)
    engine.runner.notice()
    until(lambda: engine.runner._begun, right=lambda begun: not begun)


@pytest.mark.parametrize(("how", "code", "text"), [("fail", 4, "it was there"), ("break", 1, "internal error")])
def test_what_a_job_fails_with_is_told(engine: Engine, tmp_path: Path, how: str, code: int, text: str) -> None:
    job = begin(engine, Count(str(tmp_path / "steps"), 2, how))
    with pytest.raises(Refusal) as refused:
        engine.runner.finished(job.id)
    assert (refused.value.code, refused.value.text) == (code, text)
    assert lines(tmp_path / "steps") == [0, 1, 2]
    assert (row(engine, job.id).state, row(engine, job.id).error) == ("failed", text)


@pytest.mark.parametrize("module", ["tholos.jobs.durable", "tholos.jobs.kinds"])
def test_nobody_waits_for_what_cannot_be_imported(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    said: list[dict[str, Any]] = []
    monkeypatch.setattr(type(log), "error", lambda _, event, **values: said.append({"event": event, **values}))
    monkeypatch.setattr(runner, "load", declared.load.__wrapped__)
    with monkeypatch.context() as without:
        without.setitem(sys.modules, module, None)
        job = begin(engine, Count(str(tmp_path / "steps")))
        for _ in range(2):
            with pytest.raises(ServiceFailed, match=f"job {job.id} waits") as refused:
                engine.runner.finished(job.id)
            assert refused.value.code == 20
            engine.runner.notice()
    assert [(one["event"], module in one["error"]) for one in said] == [("jobs cannot be carried out", True)]
    # What is repaired is found.
    engine.runner.notice()
    assert until_state(engine, job.id, "done").result == "6"
    assert engine.runner.finished(job.id) == "6"


def test_two_jobs_never_work_on_the_same(engine: Engine, tmp_path: Path, run: Run) -> None:
    first = begin(engine, Count(str(tmp_path / "first"), 1, "hold"))
    with pytest.raises(InUse, match=first.id):
        begin(engine, Count(str(tmp_path / "second")))
    other = begin(engine, Count(str(tmp_path / "other")), subject="another")
    assert engine.runner.finished(other.id) == "6"
    assert run("v-cancel-job", first.id) == (0, "")
    until_state(engine, first.id, "cancelled")
    assert engine.runner.finished(begin(engine, Count(str(tmp_path / "second"))).id) == "6"


def test_an_account_has_so_many_jobs(engine: Engine, tmp_path: Path, run: Run) -> None:
    begun = [
        begin(engine, Count(str(tmp_path / str(number)), 1, "hold"), subject=str(number))
        for number in range(MOST_OF_AN_ACCOUNT)
    ]
    with pytest.raises(InUse, match="not finished"):
        begin(engine, Count(str(tmp_path / "more")), subject="more")
    assert run("v-cancel-job", begun[0].id) == (0, "")
    until_state(engine, begun[0].id, "cancelled")
    begin(engine, Count(str(tmp_path / "more")), subject="more")


def test_the_jobs_of_one_account_leave_room_for_others(engine: Engine, tmp_path: Path, run: Run) -> None:
    held = [
        begin(engine, Count(str(tmp_path / str(number)), 1, "hold"), subject=str(number))
        for number in range(MOST_OF_AN_ACCOUNT)
    ]
    theirs = begin(engine, Count(str(tmp_path / "bob")), account="bob", subject="another")
    assert engine.runner.finished(theirs.id) == "6"
    going, waiting = held[:AT_ONCE_OF_AN_ACCOUNT], held[AT_ONCE_OF_AN_ACCOUNT:]
    for job in going:
        until_state(engine, job.id, "running")
    assert {row(engine, job.id).state for job in waiting} == {"waiting"}
    # What is called off need not wait for its turn; what ends makes room for the next.
    assert run("v-cancel-job", waiting[-1].id) == (0, "")
    until_state(engine, waiting[-1].id, "cancelled")
    assert lines(tmp_path / str(MOST_OF_AN_ACCOUNT - 1)) == []
    assert run("v-cancel-job", going[0].id) == (0, "")
    until_state(engine, waiting[0].id, "running")
    assert {row(engine, job.id).state for job in waiting[1:-1]} == {"waiting"}


def test_the_jobs_of_all_accounts_leave_room_for_the_administrator_s(engine: Engine, tmp_path: Path, run: Run) -> None:
    held = [
        begin(engine, Count(str(tmp_path / f"{number}"), 1, "hold"), account=f"user{number}", subject=f"{number}")
        for number in range(AT_ONCE_OF_ACCOUNTS + 1)
    ]
    for job in held[:-1]:
        until_state(engine, job.id, "running")
    ours = begin(engine, Count(str(tmp_path / "ours")), account="admin", subject="ours")
    assert engine.runner.finished(ours.id) == "6"
    assert row(engine, held[-1].id).state == "waiting"
    assert run("v-cancel-job", held[0].id) == (0, "")
    until_state(engine, held[-1].id, "running")
    for job in held[1:]:
        assert run("v-cancel-job", job.id) == (0, "")
        until_state(engine, job.id, "cancelled")


def test_what_was_under_way_goes_on_before_what_waits(seeded: Path, tmp_path: Path) -> None:
    node, job = stopped_in_a_step(seeded, tmp_path)
    with closing(sqlite3.connect(node / "state/state.db")) as state, state:
        for number in range(AT_ONCE_OF_AN_ACCOUNT):
            arguments = json.dumps({"path": str(tmp_path / "earlier"), "at": 1, "how": "hold"})
            values = (f"{number:022}", arguments, str(number))
            # Its id sorts before: the clock was set back, for instance.
            state.execute(
                "INSERT INTO jobs (id, kind, account, subject, arguments, state, created)"
                " SELECT ?, kind, account, ?3, ?2, 'waiting', created FROM jobs LIMIT 1",
                values,
            )
    with started(node) as engine:
        until_steps(tmp_path, 0, 1, 2, 2)
        assert row(engine, f"{AT_ONCE_OF_AN_ACCOUNT - 1:022}").state == "waiting"
        for id in (job, *(f"{number:022}" for number in range(AT_ONCE_OF_AN_ACCOUNT))):
            assert call(engine, "v-cancel-job", id) == (0, "")
            until_state(engine, id, "cancelled")


def test_so_many_callers_wait(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = begin(engine, Count(str(tmp_path / "steps"), 1, "hold"))
    monkeypatch.setattr(runner, "MOST_WAITING", 0)
    with pytest.raises(ServiceFailed, match=f"job {job.id} goes on"):
        engine.runner.finished(job.id)
    assert row(engine, job.id).state in ("waiting", "running")


def test_a_job_is_called_off(engine: Engine, tmp_path: Path, run: Run) -> None:
    job = begin(engine, Count(str(tmp_path / "steps"), 1, "hold"))
    until_state(engine, job.id, "running")
    assert run("v-cancel-job", job.id) == (0, "")
    with pytest.raises(Refusal, match="cancelled"):
        engine.runner.finished(job.id)
    assert row(engine, job.id).state == "cancelled"
    assert 2 not in lines(tmp_path / "steps")
    assert run("v-cancel-job", job.id)[0] == 7
    assert run("v-cancel-job", "0" * 22) == (3, f"Error: job {'0' * 22} doesn't exist\n")


def test_an_account_sees_its_own_alone(engine: Engine, tmp_path: Path, run: Run) -> None:
    alice, bob = Caller("alice", False, "key"), Caller("bob", False, "key")
    mine = begin(engine, Count(str(tmp_path / "alice"), 1, "hold"))
    theirs = begin(engine, Count(str(tmp_path / "bob")), account="bob", subject="another")
    engine.runner.finished(theirs.id)
    listed = call(engine, "v-list-jobs", "json", caller=alice)[1]
    assert list(json.loads(listed)) == [mine.id]
    assert len(json.loads(run("v-list-jobs", "json")[1])) == 2
    for command in ("v-list-job", "v-cancel-job"):
        assert call(engine, command, mine.id, caller=bob)[0] == 3
    assert call(engine, "v-cancel-job", mine.id, caller=alice) == (0, "")
    until_state(engine, mine.id, "cancelled")


def test_jobs_go_with_their_account(engine: Engine, tmp_path: Path, run: Run) -> None:
    assert run("v-add-user", "alice", "AlicePass123", "alice@example.org") == (0, "")
    done, going = (begin(engine, Count(str(tmp_path / name)), subject=name) for name in ("done", "other"))
    for job in (done, going):
        engine.runner.finished(job.id)
    held = begin(engine, Count(str(tmp_path / "held"), 1, "hold"))
    assert run("v-delete-user", "alice") == (0, "")
    assert row(engine, done.id) is None
    assert until_state(engine, held.id, "cancelled").account == ""


def test_old_jobs_are_forgotten(engine: Engine, tmp_path: Path) -> None:
    old = begin(engine, Count(str(tmp_path / "old")))
    engine.runner.finished(old.id)

    def age(tx: Tx) -> None:
        tx.execute(update(jobs).values(finished=tx.context.now - timedelta(days=8)))

    engine.writer.submit(Work(age, engine.dispatcher.context(ROOT, "127.0.0.1"))).result()
    engine.runner.finished(begin(engine, Count(str(tmp_path / "new"))).id)
    assert row(engine, old.id) is None
    with pytest.raises(ServiceFailed):
        engine.runner.finished(old.id)


def test_without_a_job_nothing_of_dbos_is_loaded(engine: Engine) -> None:
    assert not (engine.directory / "jobs.db").exists()


def test_an_engine_that_is_stopped_goes_on_later(seeded: Path, tmp_path: Path) -> None:
    node, job = stopped_in_a_step(seeded, tmp_path)
    with started(node) as engine:
        until_steps(tmp_path, 0, 1, 2, 2)
        call(engine, "v-cancel-job", job)
        assert until_state(engine, job, "cancelled").attempts == 2


def test_what_another_version_began_is_told_as_failed(
    seeded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, job = stopped_in_a_step(seeded, tmp_path)
    monkeypatch.setattr("tholos.jobs.durable.VERSION", "of tomorrow")
    with started(node) as engine:
        with pytest.raises(Refusal, match="cannot go on"):
            engine.runner.finished(job)
        assert engine_goes_on(engine, tmp_path)


@pytest.mark.parametrize("content", [None, b"This is no database. " * 1000])
def test_without_its_file_a_job_begins_again(seeded: Path, tmp_path: Path, content: bytes | None) -> None:
    node, job = stopped_in_a_step(seeded, tmp_path)
    for file in (node / "state").glob("jobs.db*"):
        file.unlink()
    if content is not None:
        (node / "state/jobs.db").write_bytes(content)
    with started(node) as engine:
        until_steps(tmp_path, 0, 1, 2, 0, 1, 2)
        call(engine, "v-cancel-job", job)
        until_state(engine, job, "cancelled")
        assert engine_goes_on(engine, tmp_path)
    assert (node / "state/jobs.broken").exists() == (content is not None)


def test_old_workflows_are_forgotten(engine: Engine, tmp_path: Path) -> None:
    from dbos import DBOS

    done = begin(engine, Count(str(tmp_path / "steps")))
    engine.runner.finished(done.id)
    durable = engine.runner._durable
    assert durable is not None
    held = begin(engine, Count(str(tmp_path / "held"), 1, "hold"))
    until_state(engine, held.id, "running")
    durable.forget(datetime.now() - timedelta(hours=1))
    assert DBOS.get_workflow_status(done.id) is not None

    def forgotten() -> bool:
        """A workflow ends a moment after its job."""
        durable.forget(datetime.now() + timedelta(hours=1))
        return DBOS.get_workflow_status(done.id) is None

    until(forgotten)
    assert call(engine, "v-cancel-job", held.id) == (0, "")
    until_state(engine, held.id, "cancelled")


def engine_goes_on(engine: Engine, place: Path) -> bool:
    """Whether the next job is carried out as if nothing had been."""
    return engine.runner.finished(begin(engine, Count(str(place / "next"))).id) == "6"


def test_a_job_that_ends_its_engine_again_and_again_is_given_up(engine: Engine, tmp_path: Path) -> None:
    def write(tx: Tx) -> None:
        arguments = f'{{"path":"{tmp_path / "steps"}"}}'
        values = {"id": "1" * 22, "kind": "test.count", "account": "alice", "subject": "", "arguments": arguments}
        tx.execute(insert(jobs).values(state="running", attempts=10, created=tx.context.now, **values))

    engine.writer.submit(Work(write, engine.dispatcher.context(ROOT, "127.0.0.1"))).result()
    with pytest.raises(Refusal, match="10 times"):
        engine.runner.finished("1" * 22)
    assert lines(tmp_path / "steps") == []


@pytest.mark.thorough
@pytest.mark.parametrize("kills", [1, 2])
def test_killed_in_a_step_it_is_done_once(seeded: Path, tmp_path: Path, kills: int) -> None:
    node, steps = copy(seeded, tmp_path / "node"), tmp_path / "steps"
    (tmp_path / "steps.again").write_text(str(kills))

    def work(begins: bool) -> None:
        with started(node) as engine:
            if begins:
                begin(engine, Count(str(steps), 2, "kill"))
            with engine.store.reading() as connection:
                (id,) = connection.execute(select(jobs.c.id)).one()
            assert engine.runner.finished(id) == "6"

    for attempt in range(kills):
        survived, _ = in_child(lambda _tell, attempt=attempt: work(attempt == 0))  # type: ignore[misc]
        assert not survived
    survived, _ = in_child(lambda _tell: work(False))
    assert survived
    assert lines(steps) == [0, 1, 2, *[2] * kills, 3]


@pytest.mark.parametrize("attempts", [runner.MOST_ATTEMPTS, 2 * runner.MOST_ATTEMPTS])
def test_a_job_in_which_the_engine_ends_again_and_again_takes_back_what_it_did(
    seeded: Path, tmp_path: Path, attempts: int
) -> None:
    node, id = stopped_in_a_step(seeded, tmp_path)
    with closing(sqlite3.connect(node / "state/state.db")) as state, state:
        state.execute("UPDATE jobs SET attempts = ?", (attempts,))
    with started(node) as engine:
        found = until_state(engine, id, "failed")
    assert (found.code, found.error) == (20, f"the engine ended {runner.MOST_ATTEMPTS} times during the job")
    assert lines(tmp_path / "steps") == [0, 1, 2]

"""DBOS, wrapped: it starts the workflow of a job once, keeps the results of its steps, and goes on after a kill.

It has a file of its own beside the state (ADR 9). Importing this module costs a third of a second and 26 MB, so only
the first job does it. DBOS keeps one instance for a process, so there is one for ours too.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from dbos import DBOS, DBOSConfig, SetWorkflowID
from dbos._serialization import Serializer
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError

from tholos.jobs.run import Interrupted
from tholos.kernel.log import log

TOGETHER = 8
"""Jobs that are under way at the same time; further ones wait."""
_GOING = ("PENDING", "ENQUEUED", "DELAYED")
VERSION = "1"
"""DBOS goes on only with what the same version began; a job's steps may therefore never change their order."""
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON")
_open: Durable | None = None


class _Json(Serializer):
    """Results of steps as JSON: what is read back can be nothing but values."""

    def serialize(self, data: Any) -> str:
        return msgspec.json.encode(data).decode()

    def deserialize(self, serialized_data: str) -> Any:
        return msgspec.json.decode(serialized_data)

    def name(self) -> str:
        return "tholos_json"


class Durable:
    """The workflows of one engine; ``work`` carries out the job of an id."""

    def __init__(self, path: Path, node: str, work: Callable[[str], None]) -> None:
        global _open  # noqa: PLW0603 - DBOS has one instance for a process.
        if _open is not None:
            raise RuntimeError("another engine of this process already has jobs")
        self.work = work
        self._engine = _engine(path)
        _open = self
        try:
            DBOS(config=self._config(path, node))
            DBOS.launch()
        except BaseException:
            self.close()
            raise

    def _config(self, path: Path, node: str) -> DBOSConfig:
        return {
            "name": "tholos",
            "system_database_url": f"sqlite:///{path}",
            "system_database_engine": self._engine,
            "application_version": VERSION,
            "executor_id": node,
            "serializer": _Json(),
            "max_executor_threads": TOGETHER,
            "log_level": "ERROR",
        }

    def start(self, id: str) -> bool:
        """Start the workflow of a job, unless it was started before; tell whether it will come to its end here."""
        with SetWorkflowID(id):
            DBOS.start_workflow(_job, id)
        found = DBOS.get_workflow_status(id)
        return found is not None and found.status in _GOING and found.app_version == VERSION

    @staticmethod
    def forget(before: datetime) -> None:
        """Forget workflows that were begun before a time; those that are still going on are kept."""
        old = DBOS.list_workflows(end_time=before.astimezone().isoformat(), status=["SUCCESS", "ERROR", "CANCELLED"])
        DBOS.delete_workflows([one.workflow_id for one in old])

    @staticmethod
    def step(name: str, function: Callable[[], Any]) -> Any:
        """Do a step of the workflow in which this is called, or give the result that it had."""
        return DBOS.run_step({"name": name}, function)

    def close(self) -> None:
        """End; workflows that are under way go on when the next engine starts."""
        global _open  # noqa: PLW0603 - see above.
        DBOS.destroy()
        self._engine.dispose()
        _open = None


@DBOS.workflow(name="job", max_recovery_attempts=None)
def _job(id: str) -> None:
    if _open is None:
        raise Interrupted
    _open.work(id)


def opened(path: Path, node: str, work: Callable[[str], None]) -> Durable:
    """Open the workflows of an engine; a file that is no database any more is put aside for a new one.

    That costs jobs the steps that they had finished, which they do again; without it no job would ever be done.
    """
    try:
        return Durable(path, node, work)
    except OperationalError:
        # A full disk, or a lock: that passes.
        raise
    except DatabaseError as error:
        log.error("the file of jobs is broken and was put aside", file=str(path), error=str(error.orig))
        path.replace(path.with_suffix(".broken"))
        for name in (f"{path.name}-wal", f"{path.name}-shm"):
            path.with_name(name).unlink(missing_ok=True)
        return Durable(path, node, work)


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    return engine

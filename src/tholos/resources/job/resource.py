"""Jobs as the REST API shows them."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

import msgspec

from tholos.resources.shown import Moment, moment, split


class JobError(msgspec.Struct, frozen=True):
    """Why a job did not succeed: the exit code and the text that a waiting call of the RPC API gets."""

    code: int
    detail: str


class Job(msgspec.Struct, frozen=True):
    """Long work: what it is about, whose it is, how far it is (from 0 to 1), and what became of it."""

    unsteady: ClassVar[frozenset[str]] = frozenset(("progress", "log"))
    job: str
    kind: str
    user: str
    subject: str
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    cancelling: bool
    progress: float | None
    log: list[str]
    result: str | None
    error: JobError | None
    created: Moment
    started: Moment | None
    finished: Moment | None

    @classmethod
    def of(cls, record: Any) -> Self:
        """The resource of a record."""
        return cls(
            job=record.id,
            kind=record.kind,
            user=record.account,
            subject=record.subject,
            state=record.state,
            cancelling=record.cancelling,
            progress=record.progress,
            log=split(record.log, "\n"),
            result=record.result,
            error=None if record.code is None else JobError(record.code, record.error),
            created=moment(record.created),
            started=moment(record.started) if record.started else None,
            finished=moment(record.finished) if record.finished else None,
        )

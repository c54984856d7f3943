"""Jobs by their names, for callers who wait for one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from tholos.kernel.tx import Jobs, Ticket


class Named(Jobs, Protocol):
    """Jobs that know their names."""

    @property
    def jobs(self) -> Iterable[str]:
        """The names."""
        ...


class Tickets:
    """Hands a ticket to whoever does its job."""

    def __init__(self, *doing: Named) -> None:
        self._doing = {name: jobs for jobs in doing for name in jobs.jobs}

    def wait(self, ticket: Ticket) -> None:
        """Return when the job has done its work; raise a Refusal when it could not now."""
        self._doing[ticket.job].wait(ticket)

"""Everything that measures what accounts use: what callers wait for, and the threads that do it unasked."""

from __future__ import annotations

import time

from tholos.apply.host import Host
from tholos.jobs.disk import DiskJob
from tholos.jobs.state import JobState
from tholos.jobs.traffic import TrafficJob
from tholos.jobs.woken import Woken
from tholos.kernel.tx import Ticket
from tholos.resources.stats.measure import TRAFFIC
from tholos.resources.stats.months import MONTHS

EVERY = 60.0
"""Seconds between two counts of the traffic."""


class Usage:
    """Traffic, months and disk."""

    jobs = (TRAFFIC, MONTHS)

    def __init__(self, state: JobState, host: Host) -> None:
        self.traffic = TrafficJob(state, host)
        self.disk = DiskJob(state, host)
        self._watch = Woken("traffic", self._round, first=EVERY)

    def start(self) -> None:
        """Measure in the background."""
        self._watch.start()
        self.disk.start()

    def stop(self) -> None:
        """End after the count that is under way."""
        self._watch.stop()
        self.disk.stop()
        self._watch.join()

    def wait(self, ticket: Ticket) -> None:
        """Do at once what a caller waits for."""
        if ticket.job == TRAFFIC:
            self.traffic.count()
        else:
            self.traffic.record()

    def _round(self) -> float:
        # Days and months are those of the node's clock, whose time zone may be another by now (tzset(3)).
        time.tzset()
        # What cannot be counted now is counted with what comes until the next time.
        self.traffic.round()
        return EVERY

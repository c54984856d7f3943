"""Everything that measures what accounts use: what callers wait for, and the threads that do it unasked."""

from __future__ import annotations

import threading
import time

from tholos.apply.host import Host
from tholos.jobs.disk import DiskJob
from tholos.jobs.state import JobState
from tholos.jobs.traffic import TrafficJob
from tholos.kernel.log import log, reason
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
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="traffic", daemon=True)

    def start(self) -> None:
        """Measure in the background."""
        self._thread.start()
        self.disk.start()

    def stop(self) -> None:
        """End after the count that is under way."""
        self._stopping.set()
        self.disk.stop()
        if self._thread.is_alive():
            self._thread.join()

    def wait(self, ticket: Ticket) -> None:
        """Do at once what a caller waits for."""
        if ticket.job == TRAFFIC:
            self.traffic.count()
        else:
            self.traffic.record()

    def _run(self) -> None:
        while not self._stopping.wait(EVERY):
            # Days and months are those of the node's clock, whose time zone may be another by now (tzset(3)).
            time.tzset()
            try:
                self.traffic.round()
            except Exception as error:  # What is not counted now is counted with what comes until the next time.
                log.error("traffic could not be counted", error=reason(error))

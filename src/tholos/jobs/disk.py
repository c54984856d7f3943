"""The job that measures in the background what accounts take on the disk, one after another, all day long.

Each is written down at once: who is killed goes on with the account that was measured longest ago.
"""

from __future__ import annotations

import time
from functools import partial

from tholos.apply.host import Host
from tholos.apply.readings import disk
from tholos.jobs.state import JobState
from tholos.jobs.woken import Woken
from tholos.kernel.errors import Refusal
from tholos.kernel.log import log, reason
from tholos.resources.database.disk import keep_sizes, measure_databases
from tholos.resources.stats import homes

EVERY = 6 * 3600.0
"""Seconds after which an account is measured again."""
SHARE = 4.0
"""After each account the thread rests so many times as long as that took: it never reads for more than a fifth."""
LEAST_REST = 0.5
IDLE = 60.0
"""Seconds after which is looked again whether there is an account to measure, when there was none."""


class DiskJob:
    """Measures every account in turn."""

    def __init__(self, state: JobState, host: Host) -> None:
        self._state = state
        self._host = host
        self._watch = Woken("disk", self._look, first=IDLE)

    def start(self) -> None:
        """Begin, when the engine has had a minute for what is urgent."""
        self._watch.start()

    def stop(self) -> None:
        """End what is under way."""
        self._watch.stop()
        self._watch.join()

    def _look(self) -> float | None:
        start = time.monotonic()
        try:
            found = self.next()
        except disk.UnwantedError:
            return None
        except Exception as error:  # The next account may be a better one, and this one took its time as any other.
            log.error("disk could not be measured", error=reason(error))
            found = True
        took = time.monotonic() - start
        return max(took * SHARE, LEAST_REST) if found else IDLE

    def next(self) -> bool:
        """Measure the account whose turn it is; tell whether there was one."""
        with self._state.reading() as state:
            user = homes.next_account(state, time.time() - EVERY)
        if user is None:
            return False
        self.measure(user)
        return True

    def measure(self, user: str) -> None:
        """Measure all that an account has, and write it down."""
        try:
            measured = homes.Measured(*disk.home(self._host, user, self._is_wanted))
        except Refusal as error:
            # Without this the thread would try the same account for ever, and none of the others.
            self._state.change(partial(homes.pass_over, user=user))
            raise error
        self._state.change(partial(homes.keep_all, user=user, measured=measured))
        self._databases(user)

    def _databases(self, user: str) -> None:
        with self._state.reading() as state:
            try:
                sizes = measure_databases(state, user)
            except Refusal as error:  # A server that is down now is asked when the account's turn comes again.
                log.warning("databases could not be measured", user=user, error=error.text)
                return
        if sizes:
            self._state.change(partial(keep_sizes, sizes=sizes))

    def _is_wanted(self) -> bool:
        return not self._watch.stopping

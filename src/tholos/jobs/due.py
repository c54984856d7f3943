"""The thread that makes the calls which others have asked for at a time to come (``kernel/due.py``).

A call and its row end in one transaction, so a call is carried out once, also when the engine is killed in between.
What fails for a reason that may pass (a server that is down) is tried again, later and later.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from tholos.jobs.cluster import pause
from tholos.jobs.state import JobState
from tholos.jobs.woken import Woken
from tholos.kernel.due import DueCall, end_call, waiting_calls
from tholos.kernel.errors import Invalid, NotExist, Refusal, Usage
from tholos.kernel.log import log

LONGEST = 60.0
"""Seconds after which it looks again in any case: the clock may have been set."""
Make = Callable[[DueCall], None]
"""Makes a call as root and ends its row in the same transaction; raises the refusal of the command."""
_FINAL = (Invalid, NotExist, Usage)
"""Refusals that no later try will change: what the call was about is gone."""


class Due:
    """Makes calls when they are due; ``make`` makes one."""

    def __init__(self, state: JobState, make: Make) -> None:
        self._state = state
        self._make = make
        self._failed: dict[int, tuple[int, float]] = {}
        self._watch = Woken("due calls", self._round)

    def start(self) -> None:
        """Begin with what became due while no engine ran."""
        self._watch.start()

    def notice(self) -> None:
        """Something was committed: there may be a new call, or one less."""
        self._watch.notice()

    def stop(self) -> None:
        """Make no more calls, and wait for the one that is being made."""
        self._watch.stop()
        self._watch.join()

    def _round(self) -> float:
        """Make what is due; give the seconds until something else is."""
        calls = self._waiting()
        self._failed = {call.id: self._failed[call.id] for call in calls if call.id in self._failed}
        for call in calls:
            if self._left(call) <= 0 and not self._watch.stopping:
                self._try(call)
        # What was made is waiting no more; what failed waits longer.
        return max(0.0, min([LONGEST, *map(self._left, self._waiting())]))

    def _waiting(self) -> Sequence[DueCall]:
        with self._state.reading() as state:
            return waiting_calls(state)

    def _left(self, call: DueCall) -> float:
        again = self._failed[call.id][1] - time.monotonic() if call.id in self._failed else 0.0
        return max(call.at - time.time(), again)

    def _try(self, call: DueCall) -> None:
        try:
            self._make(call)
        except _FINAL as refusal:
            log.info("a due call was for nothing", command=call.command, error=refusal.text)
            self._state.change(lambda tx: end_call(tx, call))
        except Refusal as refusal:
            failures = self._failed.get(call.id, (0, 0.0))[0] + 1
            self._failed[call.id] = (failures, time.monotonic() + pause(failures))
            log.warning("a due call failed", command=call.command, failures=failures, error=refusal.text)

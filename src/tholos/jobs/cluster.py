"""The job that keeps the servers of the DNS cluster in step: one thread for each server that has work.

Nothing about what is to be done is kept here: the state says it, so a killed engine goes on where it was. A server that
cannot be reached is tried again after 2 seconds, then after twice as long each time, up to five minutes, and at once
when somebody waits for it; it keeps no other server waiting.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterable

from tholos.jobs.member import Connect, Member
from tholos.jobs.slave import Unreachable
from tholos.jobs.state import JobState
from tholos.jobs.transfers import Serials
from tholos.jobs.woken import Woken
from tholos.kernel.errors import NoConnection
from tholos.kernel.log import log, reason
from tholos.kernel.tx import Ticket
from tholos.resources.cluster.hosts import JOB, REACHED
from tholos.resources.cluster.marks import busy_hosts

SOON = 0.2
"""Seconds that a change waits for others, so that what is changed in one go is copied in one go."""
FIRST_RETRY, LAST_RETRY = 2.0, 300.0
FIRST_LOOK, LAST_LOOK = 0.25, 8.0
ZONE_WAIT, SERVER_WAIT = 300.0, 3_600.0
"""Seconds that a caller waits for one zone on all servers, and for all zones of one server; the work goes on."""
IDLE = 300.0
"""Seconds after which the thread of a server ends for which there is nothing to do; it begins anew when there is."""


class _Runner(threading.Thread):
    """The thread of one server; it ends when there has been nothing to do for a while."""

    def __init__(self, member: Member) -> None:
        super().__init__(name=f"dns {member.host}", daemon=True)
        self.member = member
        self.condition = threading.Condition()
        self.asked = 0
        self.answered = 0
        self.waiting = 0
        self.failures = 0
        self.looks = 0
        self.outcome: Unreachable | dict[str, str] = {}
        self.stopping = False
        self.due = time.monotonic()

    def ask(self, *, now: bool) -> int | None:
        """Have a round be made: soon, or when its turn after failures has come.

        Give its number, or None when the thread is at its end.
        """
        with self.condition:
            if self.stopping:
                return None
            soon = time.monotonic() + (0 if now else SOON)
            if now or self.asked == self.answered or isinstance(self.outcome, dict):
                # What one zone has against it does not keep the others waiting; what the whole server has does.
                self.due = min(self.due, soon) if self.asked > self.answered else soon
            self.asked += 1
            self.condition.notify_all()
            return self.asked

    def wait(self, number: int, until: float) -> Unreachable | dict[str, str]:
        """Wait for the round of this number, or a later one, until a moment; give what became of it."""
        with self.condition:
            left = max(0.0, until - time.monotonic())
            if not self.condition.wait_for(lambda: self.answered >= number or self.stopping, left):
                return Unreachable("still at work, v-list-remote-dns-hosts shows how far it is")
            return self.outcome if not self.stopping else Unreachable("the engine is being stopped")

    def stop(self) -> None:
        """End after the call that is under way."""
        with self.condition:
            self.stopping = True
            self.condition.notify_all()

    def run(self) -> None:
        """Make rounds until told to stop."""
        while (number := self._next()) is not None:
            outcome = self._round()
            with self.condition:
                failed = bool(outcome) or isinstance(outcome, Unreachable)
                self.failures = self.failures + 1 if failed else 0
                self.looks = self.looks + 1 if self.member.waiting and not failed else 0
                if failed or self.looks:
                    self.due = time.monotonic() + (pause(self.failures) if failed else look_again(self.looks))
                    self.asked = max(self.asked, number + 1)
                self.outcome, self.answered = outcome, number
                self.condition.notify_all()
        self.member.close()

    def _next(self) -> int | None:
        with self.condition:
            while not self.stopping:
                left = self.due - time.monotonic()
                if self.asked > self.answered and left <= 0:
                    return self.asked
                if not self.condition.wait(max(left, 0.0) if self.asked > self.answered else IDLE):
                    self.stopping = self.asked == self.answered
            return None

    def _round(self) -> Unreachable | dict[str, str]:
        try:
            return dict(self.member.round())
        except Unreachable as problem:
            return problem
        except Exception as error:  # Whatever it is, this server is tried again, and the others are not its business.
            log.error("a round for the DNS cluster failed", host=self.member.host, error=reason(error))
            return Unreachable(f"internal error: {type(error).__name__}")


def pause(failures: int) -> float:
    """Seconds to the next try after so many failures in a row; never the same for two servers."""
    longest = min(LAST_RETRY, FIRST_RETRY * (1 << min(failures - 1, 10)))
    return longest * random.uniform(0.75, 1.0)  # noqa: S311 - nobody gains anything by guessing it


def look_again(looks: int) -> float:
    """Seconds until it is looked again whether a name server has transferred what it was told of."""
    return min(LAST_LOOK, FIRST_LOOK * (1 << min(looks - 1, 10)))


class Cluster:
    """Starts a thread for each server when there is work for it, and lets callers wait for that work."""

    jobs = (JOB,)

    def __init__(self, state: JobState, connect: Connect, serials: Serials) -> None:
        self._state = state
        self._connect = connect
        self._serials = serials
        self._runners: dict[str, _Runner] = {}
        self._lock = threading.Lock()
        self._first = True
        self._watch = Woken("dns cluster", self._look)

    def start(self) -> None:
        """Begin with what was left to do."""
        self._watch.start()

    def notice(self) -> None:
        """Something was committed."""
        self._watch.notice()

    def stop(self) -> None:
        """Begin nothing more, and end what is under way after its call."""
        self._watch.stop()
        with self._lock:
            runners = [*self._runners.values()]
        for runner in runners:
            runner.stop()
        self._watch.join()

    def wait(self, ticket: Ticket) -> None:
        """Wait for a server, or all that have work with a zone; NoConnection says what failed."""
        host, domain = (*ticket.arguments, "")[:2]
        hosts = [host] if host else self._busy()
        problems = list(self._problems(hosts, domain))
        if problems:
            raise NoConnection("; ".join(problems))

    def _problems(self, hosts: Iterable[str], domain: str) -> Iterable[str]:
        until = time.monotonic() + (ZONE_WAIT if domain not in ("", REACHED) else SERVER_WAIT)
        rounds = [self._ask(host, now=True) for host in hosts]
        for runner, number in rounds:
            outcome = runner.wait(number, until)
            if isinstance(outcome, Unreachable):
                yield f"{runner.member.host}: {outcome}"
            else:
                yield from (
                    f"{runner.member.host}: {name}: {why}" for name, why in outcome.items() if domain in ("", name)
                )

    def _ask(self, host: str, *, now: bool) -> tuple[_Runner, int]:
        """Have a round be made for a server; give the thread that makes it, and its number."""
        while True:
            runner = self._runner(host)
            if (number := runner.ask(now=now)) is not None:
                return runner, number

    def _runner(self, host: str) -> _Runner:
        """The thread of a server, a new one where there is none; NoConnection when no more is begun."""
        with self._lock:
            if self._watch.stopping:
                raise NoConnection("the engine is being stopped")
            self._runners = {name: each for name, each in self._runners.items() if not each.stopping}
            if host not in self._runners:
                self._runners[host] = _Runner(Member(host, self._state, self._connect, self._serials))
                self._runners[host].start()
            return self._runners[host]

    def _busy(self, *, fresh: bool = False) -> list[str]:
        with self._state.reading() as state:
            return list(busy_hosts(state, fresh=fresh))

    def _look(self) -> None:
        busy = self._busy(fresh=not self._first)
        self._first = False
        for host in busy:
            self._ask(host, now=False)

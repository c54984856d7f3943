"""The composition root: puts an engine or an edge together from its parts."""

from __future__ import annotations

import argparse
import grp
import importlib
import os
import pwd
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import takewhile
from pathlib import Path
from types import FrameType
from typing import Any

from tholos import drivers, migrations
from tholos.apply.batch import Applier
from tholos.apply.host import Host
from tholos.apply.journal import Journal
from tholos.apply.machine import HostMachine
from tholos.apply.reconcile import everything, note_boot, purge, rebooted, reconcile, recover
from tholos.apply.store import Store
from tholos.apply.vault import PrivateVault
from tholos.apply.writer import Committed, Writer
from tholos.edges.dispatch import Dispatcher
from tholos.edges.hestia.gate import Gate
from tholos.edges.rest.api import Rest
from tholos.edges.socket import Server
from tholos.jobs.cluster import Cluster
from tholos.jobs.connect import connect_from, serials_from
from tholos.jobs.databases import leftovers
from tholos.jobs.due import Due
from tholos.jobs.runner import Runner
from tholos.jobs.state import JobState
from tholos.jobs.texts import Texts
from tholos.jobs.tickets import Tickets
from tholos.jobs.usage import Usage
from tholos.jobs.woken import Woken
from tholos.kernel.command import COMMANDS, load
from tholos.kernel.due import DueCall, end_call
from tholos.kernel.log import log
from tholos.kernel.tx import ROOT, Tx
from tholos.resources.domain.registered import icann_suffixes, public_suffixes

__all__ = ["ROOT", "Engine", "commands_main", "edge_main", "engine_main"]

SOCKET = Path("/run/tholos/engine.sock")
STATE = Path("/var/lib/tholos")
PURGE_AGAIN = 60.0
"""Seconds after which what could not be purged is tried again, when nothing is committed meanwhile."""
CANNOT_START = 5.0
"""Seconds that an engine rests before it ends because it cannot start."""


class Engine:
    """An engine: its state, its writer and its dispatcher, ready to answer after ``start``."""

    def __init__(self, state: Path, host: Host, runtime: Path) -> None:
        # DBOS imports it with the first job, and while that is half done SQLAlchemy compares no value of a subclass of
        # str in any other thread.
        importlib.import_module("sqlalchemy.orm")
        load()
        load("tholos.apply")
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.directory = state
        self.store = Store(state)
        migrations.upgrade(self.store.writing().engine)
        self.applier = Applier(host, Journal(state))
        self.writer = Writer(self.store, self.applier, drivers.load())
        self.dispatcher = Dispatcher(self.store, self.writer, HostMachine(host), PrivateVault(runtime / "tmp"))
        jobs = JobState(self.writer, self.dispatcher.machine, self.dispatcher.vault)
        self.cluster = Cluster(jobs, connect_from(host), serials_from(host))
        self.usage = Usage(jobs, host)
        self.texts = Texts(self.dispatcher.vault)
        self.dispatcher.jobs = Tickets(self.cluster, self.usage, self.texts)
        self.due = Due(jobs, self.make_due)
        self.runner = Runner(jobs, host, state)
        self.dispatcher.finished = self.runner.finished
        self.gate = Gate(self.dispatcher)
        self.rest = Rest(self.gate, self.dispatcher)
        self._purge = Woken("purge", self._purge_left)
        self._drift = Woken("drift", self._repair_drift)
        self._leftovers = Woken("leftovers", lambda: leftovers.sweep(jobs, host, state / "jobs"))

    def start(self) -> None:
        """Recover from a crash, then take calls; drift after a reboot is repaired in the background."""
        context = self.dispatcher.context(ROOT, "127.0.0.1")
        touched = recover(self.store, self.applier)
        self.writer.after_commit = self._after_commit
        self.writer.start()
        reconcile(self.writer, context, touched)
        if rebooted(self.directory):
            self._drift.start()
        self._purge.start()
        self.texts.start()
        self.cluster.start()
        self.due.start()
        self.runner.start()
        if not self.applier.host.rehearse:
            self.usage.start()
            self._leftovers.start()

    def make_due(self, call: DueCall) -> None:
        """Make a call that was asked for at this time, and take it off the list in the same transaction."""
        command, dispatcher = COMMANDS[call.command], self.dispatcher
        bound = dispatcher.bind(command, call.arguments, ROOT)

        def once(tx: Tx, carry_out: Callable[[], Any]) -> None:
            # Somebody may have taken it back a moment ago.
            if end_call(tx, call):
                carry_out()

        dispatcher.change(command, bound, dispatcher.context(ROOT, "127.0.0.1"), around=once)

    def _after_commit(self, committed: Committed) -> None:
        """Wake those for whom there may be something to do; each would take time from whoever calls next."""
        if committed.leaves:
            self._purge.notice()
        if committed.concerns("dns_", "settings"):
            self.cluster.notice()
        if committed.concerns("due_calls"):
            self.due.notice()
        if committed.concerns("jobs"):
            self.runner.notice()

    def _repair_drift(self) -> None:
        """Plan everything again; it is noted when all is done, so an end in the middle makes the next start do it."""
        context = self.dispatcher.context(ROOT, "127.0.0.1")
        wanted = takewhile(lambda _: not self._drift.stopping, everything(self.store, context))
        if reconcile(self.writer, context, wanted) == 0 and not self._drift.stopping:
            note_boot(self.directory)

    def _purge_left(self) -> float:
        purge(self.writer, self.dispatcher.context(ROOT, "127.0.0.1"))
        return PURGE_AGAIN

    def stop(self) -> None:
        """Finish what was submitted and close the state."""
        self._drift.stop()
        self._purge.stop()
        self.texts.stop()
        self._leftovers.stop()
        # Whoever waits for the cluster is told that it stops, and so are due calls, which are waited for.
        self.cluster.stop()
        self.due.stop()
        self.runner.stop()
        self.usage.stop()
        self._drift.join()
        self._purge.join()
        self._leftovers.join()
        self.gate.close()
        self.writer.stop()
        self.applier.close()
        self.store.close()


def engine_main(argv: Sequence[str]) -> int:
    """Run the engine until it is told to stop; give the exit code."""
    options = _engine_options(argv)
    sys.setswitchinterval(0.001)
    rehearsal = options.rehearse
    host = Host(rehearsal / "host", rehearse=True) if rehearsal else Host("/")
    try:
        engine = Engine(options.state or (rehearsal / "state" if rehearsal else STATE), host, options.socket.parent)
        engine.start()
    except Exception:
        # systemd starts an engine again at once, as it should after a crash. What cannot start need not be tried
        # several times a second.
        if not rehearsal:
            time.sleep(CANNOT_START)
        raise
    server = Server(
        options.socket,
        shell=engine.gate.shell,
        remote=engine.gate.remote,
        rest=engine.rest.answer,
        root_uids={0, os.getuid()},
        edge_uids=_edge_uids(),
        group=_edge_group(),
    )

    def stop(_signal: int, _frame: FrameType | None) -> None:
        server.close()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    _tell_systemd("READY=1")
    threading.Thread(target=_warm, args=(options.socket,), name="warm", daemon=True).start()
    server.serve()
    engine.stop()
    return 0


def _warm(socket_path: Path) -> None:
    """Say that the engine is ready, and read what the first call that needs it should not wait for."""
    log.info("engine ready", commands=len(COMMANDS), socket=str(socket_path))
    public_suffixes()
    icann_suffixes()


def edge_main(argv: Sequence[str]) -> int:
    """Run the HTTPS edge until it is told to stop; give the exit code."""
    from tholos.edges.http import serve

    return serve(argv)


def commands_main(argv: Sequence[str]) -> int:
    """Print the name of every command, one a line."""
    load()
    print("\n".join(sorted(COMMANDS)))
    return 0


def _engine_options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tholos engine", description="Run the engine.")
    parser.add_argument("--socket", type=Path, default=SOCKET, help="the Unix socket to listen on")
    parser.add_argument("--state", type=Path, help="the directory of the state")
    parser.add_argument("--rehearse", type=Path, help="change files in this directory instead of the machine")
    return parser.parse_args(argv)


def _edge_uids() -> set[int]:
    with suppress(KeyError):
        return {pwd.getpwnam("tholos-edge").pw_uid}
    return set()


def _edge_group() -> int | None:
    with suppress(KeyError):
        if os.getuid() == 0:
            return grp.getgrnam("tholos-edge").gr_gid
    return None


def _tell_systemd(message: str) -> None:
    """Say something to the service manager (sd_notify(3)); nothing happens without one."""
    path = os.environ.get("NOTIFY_SOCKET")
    if path:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as connection:
            connection.connect("\0" + path[1:] if path.startswith("@") else path)
            connection.sendall(message.encode())

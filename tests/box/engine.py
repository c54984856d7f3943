"""The engine of a machine: killed as in a crash, waited for, and what its database holds."""

from __future__ import annotations

from box.machine import Machine
from tests.box.test_web_sites import v
from tests.waiting import until

STATE = "/var/lib/tholos/state.db"
_QUERY = (
    f"import sqlite3, sys; print(sqlite3.connect('file:{STATE}?mode=ro', uri=True).execute(sys.argv[1]).fetchone()[0])"
)


def kill_engine(machine: Machine) -> None:
    """Kill the engine as a crash does, one that is just starting too; systemd starts the next."""
    argv = ["systemctl", "kill", "--signal=KILL", "--kill-whom=main", "tholos-engine"]
    until(lambda: machine.exec(argv, check=False).returncode == 0)


def crash(machine: Machine) -> None:
    """Kill the engine, and wait until the next answers."""
    kill_engine(machine)
    wait_until_ready(machine)


def wait_until_ready(machine: Machine) -> None:
    """Wait until the engine answers."""
    until(lambda: v(machine, "v-list-users", "plain"), 120, lambda answer: answer[0] == 0, pause=0.1)


def value_of(machine: Machine, query: str) -> int:
    """The first value of a query of the state, read beside the engine."""
    return int(machine.exec(["python3", "-c", _QUERY, query]).stdout)

"""What DNS costs in a box; run with the environment's own Python.

``zones.py record SIZE``: one record added with so many zones present, against writing the file of a zone and having
BIND reload it alone. ``zones.py zones COUNT``: so many zones, and what BIND needs to take them up. ``zones.py bytes``:
what the box has sent and received.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import dns.message
import dns.query
from tools import in_turn, milliseconds, must, report, run

from tholos.apply.named.asking import Asking

USER, ZONE, OTHER = "benchdns", "bench.test", "floor.test"
DIRECTORY = Path("/var/lib/bind/floor")
HEAD = """\
$TTL 14400
@ IN SOA ns1.{0}. hostmaster.{0}. {1} 7200 3600 1209600 3600
@ IN NS ns1.{0}.
ns1 IN A 192.0.2.1
"""
NUMBERS = count(1)


def visible(name: str, serial_is: Callable[[int], bool]) -> None:
    """Wait until the server answers with a serial."""
    query = dns.message.make_query(name, "SOA")
    while True:
        answer = dns.query.udp(query, "127.0.0.1", timeout=5).answer
        if answer and serial_is(next(iter(answer[0])).serial):
            return


class Floor:
    """A zone that nothing but BIND itself knows: its file is written as ours are, and the server is told."""

    def __init__(self) -> None:
        DIRECTORY.mkdir(exist_ok=True)
        self.asking = Asking()
        self.serial = 1
        self.lines: list[str] = []
        self.write(OTHER)
        self.asking.ask(f'addzone {OTHER} {{ type primary; file "{DIRECTORY}/{OTHER}.db"; }};')

    def write(self, zone: str) -> None:
        """Write a zone's file so that it outlives a power cut."""
        path = DIRECTORY / f"{zone}.db"
        new = path.with_suffix(".new")
        with new.open("w") as file:
            file.write(HEAD.format(zone, self.serial) + "".join(self.lines))
            file.flush()
            os.fsync(file.fileno())
        new.rename(path)
        directory = os.open(DIRECTORY, os.O_RDONLY)
        os.fsync(directory)
        os.close(directory)

    def _change(self, tell: Callable[[], object]) -> None:
        self.serial += 1
        self.lines.append(f"r{self.serial} IN A 192.0.2.2\n")
        self.write(OTHER)
        tell()
        visible(OTHER, lambda serial: serial == self.serial)

    def reload(self) -> None:
        """One more record, by a connection that is kept."""
        self._change(lambda: self.asking.ask(f"reload {OTHER}"))

    def program(self) -> None:
        """One more record, by the program that comes with BIND."""
        self._change(lambda: run("rndc", "reload", OTHER))

    def take(self, names: list[str]) -> float:
        """Have the server take up zones, one after the other; give how long that took."""
        for name in names:
            self.write(name)

        def add() -> None:
            for name in names:
                self.asking.ask(f'addzone {name} {{ type primary; file "{DIRECTORY}/{name}.db"; }};')

        taken = milliseconds(add)
        for name in names:
            self.asking.ask(f"delzone {name}")
        return taken


def add_record() -> None:
    """Add one record; it is served when the call answers."""
    number = next(NUMBERS)
    must("v-add-dns-record", USER, ZONE, f"r{number}", "A", "192.0.2.2")


def fill(zones: int) -> None:
    """Have so many zones, by clients that work at the same time."""
    present = len(json.loads(must("v-list-dns-domains", USER, "json") or "{}"))
    names = [f"zone{number:05d}.test" for number in range(present, zones)]
    with ThreadPoolExecutor(64) as pool:
        list(pool.map(add_zone, names))


def add_zone(name: str) -> None:
    """Add a zone."""
    must("v-add-dns-domain", USER, name, "192.0.2.1", f"ns1.{name}", f"ns2.{name}")


def account() -> None:
    """Make the benchmark's account where it is not there."""
    if f"{USER}\t" not in must("v-list-users", "plain"):
        must("v-add-user", USER, "correct horse battery", "bench@example.org")


def record(size: int) -> None:
    """One record with so many zones present."""
    account()
    fill(size)
    add_zone(ZONE)
    floor = Floor()
    ours, kept, program = in_turn([add_record, floor.reload, floor.program], 15, warm_up=3)
    must("v-delete-dns-domain", USER, ZONE)
    name = f"adding a record, {size} zones present"
    report(name, ours, program, 1.5, "writing the file, rndc reload ZONE, served")
    report(name, ours, kept, None, "the same on a connection to BIND that is kept")


def zones(number: int) -> None:
    """So many zones."""
    account()
    start = time.perf_counter()
    fill(number)
    ours = (time.perf_counter() - start) * 1000
    floor = Floor().take([f"take{number:05d}.test" for number in range(number)])
    report(f"{number} zones by 64 clients", [ours], [floor], None, "addzone alone, on a connection that is kept")


def moved() -> None:
    """Print the bytes that the box has sent and received."""
    lines = Path("/proc/net/dev").read_text().splitlines()
    counted = next(line.partition(":")[2].split() for line in lines if line.strip().startswith("host0:"))
    print(json.dumps({"bytes": int(counted[0]) + int(counted[8])}))


if __name__ == "__main__":
    if sys.argv[1] == "bytes":
        moved()
    else:
        {"record": record, "zones": zones}[sys.argv[1]](int(sys.argv[2]))

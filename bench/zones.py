"""The figures of DNS: one record with few and with very many zones, and the servers of a cluster.

``./tholos bench zones``; names after it choose some: ``python bench/zones.py records cluster``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from box.machine import Machine

from bench.node import VENV, Node, Result, show
from box import up

NAMES = ("bench-dns", "bench-dns-slave")
SIZES = (10, 5000)
ZONES = 1000
MOST_UNCHANGED = 0.02
"""The part of a full comparison's bytes that one may move when nothing has changed."""


def records(node: Node, size: int) -> Iterator[Result]:
    """One record added with so many zones present."""
    yield from node.measure("zones", "record", str(size), python=VENV)


def cluster(node: Node, slave: Machine) -> Iterator[Result]:
    """All zones brought to another server, and a comparison of what is the same already."""
    join(node.machine, slave)
    node.run("v-suspend-remote-dns-host", slave.address)
    taken = list(node.measure("zones", "zones", str(ZONES), python=VENV))
    node.run("v-unsuspend-remote-dns-host", slave.address)
    full, full_bytes = timed(node, slave)
    until_in_step(node)
    unchanged, unchanged_bytes = timed(node, slave)
    floor = float(taken[0]["floor_ms"] or 0)
    yield from taken
    yield result(f"a full sync of {ZONES} zones", full, "addzone alone, one after the other", floor, None)
    yield result(f"a sync of {ZONES} zones without a change", unchanged, "the full sync", full, 0.2)
    yield result("its bytes", unchanged_bytes, "bytes of the full sync", full_bytes, MOST_UNCHANGED)
    yield result("a change, until the slave serves it", latency(node, slave), "the full sync", full, None)
    node.run("v-delete-remote-dns-host", slave.address)


def result(name: str, ours: float, floor_name: str, floor: float, most: float | None) -> Result:
    """A figure, against another one."""
    return {"name": name, "ms": ours, "floor": floor_name, "floor_ms": floor, "ratio": ours / floor, "most": most}


def join(master: Machine, slave: Machine) -> None:
    """Have the one copy to the other."""
    slave.exec(["v-add-user", "dns-cluster", "correct horse battery", "dns@example.org"])
    slave.exec(["v-add-sys-api-ip", master.address])
    made = json.loads(slave.exec(["v-add-access-key", "admin", "sync-dns-cluster", "bench", "json"]).stdout)
    key = f"{made['ACCESS_KEY_ID']}:{made['SECRET_ACCESS_KEY']}"
    master.exec(["v-add-remote-dns-host", slave.address, "8083", key])


def timed(node: Node, slave: Machine) -> tuple[float, float]:
    """Compare everything; give the milliseconds that it took, and the bytes that the slave saw."""
    before, start = moved(slave), time.perf_counter()
    node.run("v-sync-dns-cluster")
    return (time.perf_counter() - start) * 1000, moved(slave) - before


def moved(machine: Machine) -> float:
    """The bytes that a box has sent and received."""
    return float(json.loads(machine.exec([VENV, "/opt/tholos-src/bench/inside/zones.py", "bytes"]).stdout)["bytes"])


def until_in_step(node: Node) -> None:
    """Wait until the slave has everything."""
    while "in step" not in node.run("v-list-remote-dns-hosts", "plain"):
        time.sleep(0.5)


def latency(node: Node, slave: Machine) -> float:
    """The milliseconds from the command that adds a record until the slave answers with it; the middle of nine."""
    import dns.message
    import dns.query

    taken = []
    for number in range(9):
        name = f"latency{number}"
        start = time.perf_counter()
        node.run("v-add-dns-record", "benchdns", "zone00000.test", name, "A", "192.0.2.3")
        query = dns.message.make_query(f"{name}.zone00000.test", "A")
        while not dns.query.tcp(query, slave.address, timeout=10).answer:
            time.sleep(0.01)
        taken.append((time.perf_counter() - start) * 1000)
    return sorted(taken)[4]


def measured(node: Node, slave: Machine, chosen: set[str]) -> Iterator[Result]:
    """What is chosen, in the order in which zones become more."""
    few, very_many = SIZES
    if "records" in chosen:
        yield from records(node, few)
    if "cluster" in chosen:
        yield from cluster(node, slave)
    if "records" in chosen:
        yield from records(node, very_many)


def main(names: list[str]) -> int:
    """Measure what is chosen, all without names; give 1 when a figure is over."""
    chosen = set(names or ["cluster", "records"])
    with ThreadPoolExecutor() as pool:
        try:
            master, slave = pool.map(up.up, NAMES)
            node = Node(master)
            node.machine = Machine(master.name, master.address)
            good = [show(one) for one in measured(node, Machine(slave.name, slave.address), chosen)]
        finally:
            list(pool.map(up.down, NAMES))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

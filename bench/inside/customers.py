"""A whole new customer (account, domain with its zone, database, cron job), against the services' own tools for it.

One after the other, then 16 at once. What the services themselves need is measured in the same run, in turn with ours:
``useradd`` and ``chpasswd``; ``nginx -t`` and SIGHUP with as many sites; ``rndc addzone``; the statements on a
connection that is kept; ``crontab``. What Tholos does besides is in its figure alone: the account's PHP, and its state.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path

import pymysql
from conventional import Conventional
from tools import in_turn, milliseconds, must, report, run

PASSWORD = "correct horse battery"
OURS, THEIRS = count(1), count(1)
CLIENTS = 16
SHORTEST = 5000.0
"""Milliseconds: some clients wait for five seconds only."""
PARTS = ("account", "site", "zone", "database", "job")
"""What a customer needs of the services."""
ZONE = """$TTL 14400
@ IN SOA ns1.example.org. hostmaster.example.org. 1 7200 3600 1209600 180
@ IN NS ns1.example.org.
@ IN NS ns2.example.org.
@ IN A 192.0.2.1
www IN A 192.0.2.1
"""


def account(name: str) -> None:
    """The account of a customer."""
    must("v-add-user", name, PASSWORD, f"{name}@example.org")


def domain(name: str) -> None:
    """Its domain: site and zone."""
    must("v-add-domain", name, f"{name}.example")


def database(name: str) -> None:
    """Its database."""
    must("v-add-database", name, "shop", "shop", PASSWORD, "mysql")


def job(name: str) -> None:
    """Its cron job."""
    must("v-add-cron-job", name, "*/5", "*", "*", "*", "*", "true")


CALLS = (account, domain, database, job)


def customer() -> float:
    """A whole customer of ours; give how long the slowest of its calls took."""
    name = f"c{next(OURS):04d}"
    return max(milliseconds(partial(call, name)) for call in CALLS)


class Floor:
    """The services' own tools."""

    def __init__(self, sites: int) -> None:
        self.nginx = Conventional(sites)
        self._sites = sites
        kept = "SET SESSION wait_timeout=28800"
        here = "/run/mysqld/mysqld.sock"
        self._server = pymysql.connect(unix_socket=here, user="root", autocommit=True, init_command=kept)
        self._name = ""

    def customer(self) -> None:
        """All that a customer needs."""
        for part in PARTS:
            getattr(self, part)()

    def account(self) -> None:
        """``useradd`` and ``chpasswd``."""
        self._name = f"f{next(THEIRS):04d}"
        run("useradd", "-m", "-s", "/usr/sbin/nologin", self._name)
        subprocess.run(["chpasswd"], input=f"{self._name}:{PASSWORD}\n".encode(), check=True, capture_output=True)

    def site(self) -> None:
        """One more server block, ``nginx -t`` and SIGHUP."""
        self._sites += 1
        self.nginx.grow(self._sites)
        self.nginx.check_and_reload()

    def zone(self) -> None:
        """A file and ``rndc addzone``."""
        path = Path(f"/var/lib/bind/{self._name}.db")
        path.write_text(ZONE)
        path.chmod(0o644)
        run("rndc", "addzone", f"{self._name}.example", f'{{ type primary; file "{path}"; }};')

    def database(self) -> None:
        """The statements for a database and its login."""
        with self._server.cursor() as cursor:
            cursor.execute(f"CREATE USER `{self._name}_shop`@`%%` IDENTIFIED BY %s", (PASSWORD,))
            cursor.execute(f"GRANT ALL ON `{self._name}\\_shop`.* TO `{self._name}_shop`@`%`")
            cursor.execute(f"CREATE DATABASE `{self._name}_shop`")

    def job(self) -> None:
        """``crontab``."""
        subprocess.run(["crontab", "-u", self._name, "-"], input=b"*/5 * * * * true\n", check=True, capture_output=True)


def at_once(customers: int) -> tuple[float, float]:
    """Add so many customers by as many clients, each of which makes one call after the other.

    Give how long all of it took, and the slowest call.
    """
    start = time.perf_counter()
    with ThreadPoolExecutor(customers) as pool:
        slowest = max(pool.map(lambda _: customer(), range(customers)))
    return (time.perf_counter() - start) * 1000, slowest


def parts(floor: Floor, rounds: int, prefix: str) -> None:
    """Print what each call costs beside what its services need."""
    names = [f"{prefix}{number:03d}" for number in range(rounds)]
    calls = {call.__name__: [milliseconds(partial(call, name)) for name in names] for call in CALLS}
    costs: dict[str, list[float]] = {part: [] for part in PARTS}
    for _ in range(rounds):
        for part in PARTS:
            costs[part].append(milliseconds(getattr(floor, part)))
    both = [site + zone for site, zone in zip(costs["site"], costs["zone"], strict=True)]
    report("  its account", calls["account"], costs["account"], None, "useradd and chpasswd")
    report("  its domain", calls["domain"], both, None, "nginx -t, SIGHUP, rndc addzone")
    report("  its database", calls["database"], costs["database"], None, "the statements, on a kept connection")
    report("  its cron job", calls["job"], costs["job"], None, "crontab")


def main(sizes: list[int]) -> None:
    """Measure with so many customers there, on both sides."""
    ours, theirs, rounds = 0, 0, 9
    floor = Floor(0)
    for size in sizes:
        while ours < size:
            at_once(min(CLIENTS, size - ours))
            ours += min(CLIENTS, size - ours)
        for _ in range(size - theirs):
            floor.customer()
        one, tools = in_turn([customer, floor.customer], rounds)
        report(f"a customer, {size} present", one, tools, 1.5, "the services' own tools")
        parts(floor, rounds, f"p{size}x")
        together = [at_once(CLIENTS) for _ in range(3)]
        alone = [CLIENTS * statistics.median(tools)]
        all_of_them, slowest = [whole for whole, _ in together], max(longest for _, longest in together)
        report(f"{CLIENTS} customers at once, {size} present", all_of_them, alone, 1.0, f"{CLIENTS} times the tools")
        report("  the slowest call of theirs", [slowest], [SHORTEST], 1.0, "what the least patient client waits")
        theirs = size + 2 * rounds + 1
        ours = theirs + 3 * CLIENTS
    floor.nginx.stop()


if __name__ == "__main__":
    main(list(map(int, sys.argv[1:])) or [10, 200])

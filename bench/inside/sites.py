"""Adding a site with 10 and with 2,000 present, against `nginx -t` and SIGHUP alone; then 50 by 16 clients at once."""

from __future__ import annotations

import statistics
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from conventional import Conventional
from tools import in_turn, milliseconds, must, report

NUMBERS = count(1)


def add_site() -> None:
    """Add one more site to the benchmark's account."""
    must("v-add-web-domain", "benchsites", f"site{next(NUMBERS):05d}.example.org", "", "", "none")


def add_many(sites: int, clients: int) -> None:
    """Add so many sites by clients that work at the same time."""
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(lambda _: add_site(), range(sites)))


def main(sizes: list[int]) -> None:
    """Measure at each size."""
    must("v-add-user", "benchsites", "correct horse battery", "bench@example.org")
    peer, present, rounds = Conventional(0), 0, 7
    for size in sizes:
        add_many(size - present, 64)
        peer.grow(size)
        ours, floor = in_turn([add_site, peer.check_and_reload], rounds)
        report(f"adding a site, {size} present", ours, floor, 1.5, "nginx -t and SIGHUP, as many server blocks")
        present = size + rounds + 1
    many = milliseconds(lambda: add_many(50, 16))
    one = statistics.median(ours)
    report(f"50 sites by 16 clients, {sizes[-1]} present", [many], [one], 6, "one addition")
    peer.stop()


if __name__ == "__main__":
    main(list(map(int, sys.argv[1:])) or [10, 2000])

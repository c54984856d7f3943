"""A whole new customer, one after the other and 16 at once, against the services' own tools for the same, in a box.

``./tholos bench customers``; the measuring itself is ``bench/inside/customers.py``.
"""

from __future__ import annotations

import sys

from bench.node import VENV, Node, show
from box import up

NAME = "benchcustomers"


def main() -> int:
    """Boot a box, measure, print the table; give 1 when a figure is over."""
    node = Node(up.up(NAME), NAME)
    try:
        good = [show(result) for result in node.measure("customers", "10", "200", python=VENV)]
    finally:
        up.down(NAME)
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())

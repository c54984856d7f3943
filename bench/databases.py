"""Adding a database, against the same statements typed into the server: boots a box, prints the ratios.

``./tholos bench databases``.
"""

from __future__ import annotations

import sys

from bench.node import VENV, Node, show
from box import up

NAME = "benchdb"


def main() -> int:
    """Measure; give 1 when a figure is over."""
    node = Node(up.up(NAME), NAME)
    try:
        good = [show(result) for result in node.measure("databases", python=VENV)]
    finally:
        up.down(NAME)
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())

"""Measures ways to lay out sites and PHP in a bare box, without Tholos: the figures behind ADRs 1 and 3."""

from __future__ import annotations

import subprocess
import sys

from box.machine import Machine

from box import environment, host, image, wheels


def main() -> int:
    """Boot a box, measure in it, throw it away; give the exit code."""
    host.require()
    machine = Machine.boot("layouts", image.ensure(), wheels=wheels.ensure(environment.ensure()))
    try:
        argv = machine.argv(["/usr/bin/python3", "/opt/tholos-src/bench/inside/layouts.py"])
        return subprocess.run(argv, check=False).returncode
    finally:
        machine.destroy()


if __name__ == "__main__":
    sys.exit(main())

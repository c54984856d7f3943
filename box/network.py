"""A box's own network: a namespace with one interface, on a bridge that the host and all boxes share.

The addresses are those that RFC 2544 sets aside for tests of network devices, so they meet nobody's real network.
The bridge has no route out, and the host does not forward for it.
"""

from __future__ import annotations

import hashlib
import ipaddress
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from box.places import BOXES, locked
from box.say import Problem, run

BRIDGE = "tholos0"
NETWORK = ipaddress.ip_network("198.18.0.0/16")
HOST_ADDRESS = str(NETWORK[1])
NAMESPACES = Path("/run/netns")


def namespace(name: str) -> str:
    """Give the name of a box's network namespace."""
    return f"tholos-{name}"


def create(name: str, address: str) -> None:
    """Make the namespace of a box with its one interface `host0`, reachable from the host at the address."""
    _ensure_bridge()
    inside, outside = namespace(name), _outside(name)
    run(["ip", "netns", "add", inside])
    run(["ip", "link", "add", outside, "type", "veth", "peer", "name", "host0", "netns", inside])
    run(["ip", "link", "set", outside, "master", BRIDGE, "up"])
    run(["ip", "-n", inside, "addr", "add", f"{address}/{NETWORK.prefixlen}", "dev", "host0"])
    run(["ip", "-n", inside, "link", "set", "lo", "up"])
    run(["ip", "-n", inside, "link", "set", "host0", "up"])


def destroy(name: str) -> None:
    """Remove a box's network, and the bridge with the last one; what is not there is no problem."""
    subprocess.run(["ip", "link", "del", _outside(name)], capture_output=True, check=False)
    subprocess.run(["ip", "netns", "del", namespace(name)], capture_output=True, check=False)
    if not list(Path(f"/sys/class/net/{BRIDGE}/brif").glob("*")):
        subprocess.run(["ip", "link", "del", BRIDGE], capture_output=True, check=False)


def free_address() -> str:
    """Give an address that no box has; call it while holding `allocation`."""
    taken = {file.read_text().strip() for file in BOXES.glob("*/address")}
    for number in range(2, NETWORK.num_addresses - 1):
        if str(NETWORK[number]) not in taken:
            return str(NETWORK[number])
    raise Problem(f"every address of {NETWORK} belongs to a box; take some down with `./tholos down NAME`.")


@contextmanager
def allocation() -> Iterator[None]:
    """Keep other runs from taking an address or changing the bridge meanwhile."""
    with locked(BOXES):
        yield


def _outside(name: str) -> str:
    # An interface's name holds 15 characters at most, a box's name may be longer.
    return "th" + hashlib.sha256(name.encode()).hexdigest()[:12]


def _ensure_bridge() -> None:
    if not Path(f"/sys/class/net/{BRIDGE}").exists():
        run(["ip", "link", "add", BRIDGE, "type", "bridge"])
        run(["ip", "addr", "add", f"{HOST_ADDRESS}/{NETWORK.prefixlen}", "dev", BRIDGE])
    run(["ip", "link", "set", BRIDGE, "up"])

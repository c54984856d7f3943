"""Memory of engine and edge at rest: what is theirs alone plus their share of what is shared (PSS, proc(5))."""

from __future__ import annotations

import json
from pathlib import Path

from tools import run


def pss(unit: str) -> float:
    """Megabytes of all processes of a unit."""
    group = run("systemctl", "show", "-P", "ControlGroup", unit).strip()
    places = [Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/systemd"), Path("/sys/fs/cgroup/unified")]
    listed = next(place for root in places if (place := Path(f"{root}{group}/cgroup.procs")).exists())
    total = 0
    for pid in listed.read_text().split():
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def main() -> None:
    """Print both and their sum."""
    engine, edge = pss("tholos-engine.service"), pss("tholos-edge.service")
    name = f"memory at rest, MB (engine {engine:.0f}, edge {edge:.0f})"
    result = {"name": name, "ms": engine + edge, "floor": "allowed", "floor_ms": 160, "most": 1.0}
    print(json.dumps(result | {"ratio": (engine + edge) / 160}), flush=True)


if __name__ == "__main__":
    main()

"""Readings of systemd units: whether they run, what they use (systemctl(1), ``show``)."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import NamedTuple

from tholos.apply.host import Host
from tholos.apply.machine import reading

_PROPERTIES = "Id,LoadState,ActiveState,MainPID,MemoryCurrent,CPUUsageNSec,ActiveEnterTimestampMonotonic"
_MEGABYTE = 1024 * 1024


class Unit(NamedTuple):
    """A unit: whether it is installed and running, its share of one processor in percent, megabytes, minutes."""

    name: str
    installed: bool
    running: bool
    cpu: float
    memory: int
    minutes: int


@reading("units")
def units(host: Host, *names: str) -> dict[str, tuple[Unit, ...]]:
    """The units by the name that was asked for; a name with ``*`` stands for every loaded unit that fits."""
    if host.rehearse:
        return {name: (Unit(name, True, True, 0.0, 0, 0),) for name in names}
    return {name: _show(host, name) for name in names if "*" in name} | _show_each(host, names)


def _show_each(host: Host, names: Iterable[str]) -> dict[str, tuple[Unit, ...]]:
    plain = [name for name in names if "*" not in name]
    if not plain:
        return {}
    shown = parse(
        host.run(("systemctl", "show", f"--property={_PROPERTIES}", *plain)), time.clock_gettime(time.CLOCK_MONOTONIC)
    )
    return {name: (unit,) for name, unit in zip(plain, shown, strict=False)}


def _show(host: Host, pattern: str) -> tuple[Unit, ...]:
    text = host.run(("systemctl", "show", f"--property={_PROPERTIES}", pattern))
    return tuple(parse(text, time.clock_gettime(time.CLOCK_MONOTONIC)))


def parse(text: str, now: float) -> list[Unit]:
    """Units from what ``systemctl show`` prints, at ``now`` on its clock (seconds since the start)."""
    return [
        _unit(dict(line.split("=", 1) for line in block.splitlines() if "=" in line), now) for block in _blocks(text)
    ]


def _blocks(text: str) -> list[str]:
    return [block for block in text.split("\n\n") if block.strip()]


def _unit(shown: dict[str, str], now: float) -> Unit:
    running = shown.get("ActiveState") in ("active", "reloading")
    seconds = max(now - _number(shown, "ActiveEnterTimestampMonotonic") / 1e6, 1.0) if running else 0.0
    used = _number(shown, "CPUUsageNSec") / 1e9 if running else 0.0
    return Unit(
        name=shown.get("Id", ""),
        installed=shown.get("LoadState") == "loaded",
        running=running,
        cpu=round(100 * used / seconds, 1) if seconds else 0.0,
        memory=round(_number(shown, "MemoryCurrent") / _MEGABYTE) if running else 0,
        minutes=int(seconds // 60),
    )


def _number(shown: dict[str, str], key: str) -> int:
    """A property as a number; systemd prints ``[not set]`` or the largest number where it does not know."""
    value = shown.get(key, "")
    return int(value) if value.isdigit() and int(value) < 2**63 else 0

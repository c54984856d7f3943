"""Readings of systemd units: whether they run, what they use (systemctl(1), ``show``)."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tholos.apply.host import Host
from tholos.apply.machine import reading
from tholos.apply.units import unit_of

_PROPERTIES = "Id,LoadState,ActiveState,MainPID,MemoryCurrent,CPUUsageNSec,ActiveEnterTimestampMonotonic"
_MEGABYTE = 1024 * 1024
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Unit(NamedTuple):
    """A unit: whether it is installed and running, its share of one processor in percent, megabytes, minutes."""

    installed: bool
    running: bool
    cpu: float
    memory: int
    minutes: int


IDLE = Unit(installed=True, running=True, cpu=0.0, memory=0, minutes=0)
"""What starts at the first request, and did not yet; and every service of a recording host."""


@reading("services")
def services(host: Host, *names: str) -> dict[str, Unit]:
    """What the services of these names do now; a name that is not known is left out."""
    units = {name: unit for name in names if (unit := unit_of(name)) is not None}
    if host.rehearse:
        return dict.fromkeys(units, IDLE)
    single = [unit for unit in units.values() if "*" not in unit]
    shown = dict(zip(single, _show(host, *single), strict=True)) if single else {}
    return {name: shown[unit] if unit in shown else together(_show(host, unit)) for name, unit in units.items()}


def together(units: list[Unit]) -> Unit:
    """Several units as one: all of them run, and their use is added up."""
    if not units:
        return IDLE
    return Unit(
        installed=True,
        running=all(unit.running for unit in units),
        cpu=round(sum(unit.cpu for unit in units), 1),
        memory=sum(unit.memory for unit in units),
        minutes=max(unit.minutes for unit in units),
    )


def _show(host: Host, *units: str) -> list[Unit]:
    text = host.run(("systemctl", "show", f"--property={_PROPERTIES}", *units))
    return parse(text, time.clock_gettime(time.CLOCK_MONOTONIC))


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
        installed=shown.get("LoadState") == "loaded",
        running=running,
        cpu=round(100 * used / seconds, 1) if seconds else 0.0,
        memory=round(_memory(shown) / _MEGABYTE) if running else 0,
        minutes=int(seconds // 60),
    )


def _memory(shown: dict[str, str]) -> int:
    """The bytes that a unit uses; those of its main process and its children where systemd does not account memory."""
    counted = _number(shown, "MemoryCurrent")
    main = shown.get("MainPID", "0")
    return counted if counted or main == "0" else sum(map(_resident, (main, *_children(main))))


def _children(pid: str) -> list[str]:
    with suppress(OSError):
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return []


def _resident(pid: str) -> int:
    """The resident bytes of a process (proc_pid_statm(5)), 0 for one that is gone."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    return 0


def _number(shown: dict[str, str], key: str) -> int:
    """A property as a number; systemd prints ``[not set]`` or the largest number where it does not know."""
    value = shown.get(key, "")
    return int(value) if value.isdigit() and int(value) < 2**63 else 0

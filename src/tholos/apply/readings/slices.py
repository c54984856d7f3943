"""Reading the limits of an account's slice (systemctl(1), ``show``; systemd.resource-control(5))."""

from __future__ import annotations

import re
from typing import NamedTuple

from tholos.apply.host import Host

_PROPERTIES = ("CPUQuotaPerSecUSec", "CPUQuotaPeriodUSec", "MemoryMax", "MemorySwapMax")
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(us|ms|min|s|h)")
_MICROSECONDS = {"us": 1, "ms": 1_000, "s": 1_000_000, "min": 60_000_000, "h": 3_600_000_000}


class Limits(NamedTuple):
    """Microseconds of processor a second, microseconds of the period, bytes of memory and of swap; None is no limit."""

    cpu: int | None = None
    period: int | None = None
    memory: int | None = None
    swap: int | None = None


def slice_name(uid: int) -> str:
    """The slice in which an account's sessions run (user@.service(5))."""
    return f"user-{uid}.slice"


def limits(host: Host, uid: int) -> Limits:
    """The limits that a slice has now; a recording host knows of none."""
    if host.rehearse:
        return Limits()
    return parse(host.run(("systemctl", "show", f"--property={','.join(_PROPERTIES)}", slice_name(uid))))


def parse(text: str) -> Limits:
    """Limits from what ``systemctl show`` prints."""
    shown = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    cpu, period, memory, swap = (shown.get(name, "infinity") for name in _PROPERTIES)
    return Limits(_span(cpu), _span(period), _count(memory), _count(swap))


def _span(value: str) -> int | None:
    """Microseconds of a span of time as systemd writes it, such as ``1min 30s`` (systemd.time(7))."""
    parts = _SPAN.findall(value)
    return round(sum(float(number) * _MICROSECONDS[unit] for number, unit in parts)) if parts else None


def _count(value: str) -> int | None:
    """A number of bytes; systemd prints ``infinity`` or the largest number where there is no limit."""
    return int(value) if value.isdigit() and int(value) < 2**63 else None

"""Limits of processor and memory of an account: properties of its slice (systemd.resource-control(5)).

systemd keeps them itself, in ``/etc/systemd/system.control``, and applies them at once to what runs in the slice.
"""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.readings.slices import Limits, limits, slice_name
from tholos.apply.steps import Discard, Run, Step
from tholos.kernel.touched import Key
from tholos.resources.user.allotment import SliceWant

_KEPT = "/etc/systemd/system.control"


def plan(key: Key, want: SliceWant | None, host: Host) -> Iterator[Step]:
    """One command that sets all four limits, when any differs; what is kept of them goes with the account."""
    uid = int(key[1])
    now, wanted = limits(host, uid), Limits(*want.bounds) if want is not None else Limits()
    if now != wanted:
        yield Run(_set(uid, wanted), undo=_set(uid, now))
    if want is None:
        yield Discard(f"{_KEPT}/{slice_name(uid)}.d")


def _set(uid: int, to: Limits) -> tuple[str, ...]:
    """The command that gives a slice its limits; an empty value takes one away."""
    return (
        "systemctl",
        "set-property",
        slice_name(uid),
        f"CPUQuota={'' if to.cpu is None else f'{to.cpu / 10_000:g}%'}",
        f"CPUQuotaPeriodSec={'' if to.period is None else f'{to.period}us'}",
        f"MemoryMax={'infinity' if to.memory is None else to.memory}",
        f"MemorySwapMax={'infinity' if to.swap is None else to.swap}",
    )


DRIVER = Driver("slices", "slice", 20, plan)

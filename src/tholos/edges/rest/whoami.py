"""GET /whoami: what a caller's key is and may do, and from where the caller is seen to call."""

from __future__ import annotations

import msgspec

from tholos.edges.hestia.gate import Gate
from tholos.kernel.call import Call
from tholos.kernel.command import COMMANDS, Command
from tholos.kernel.errors import Forbidden
from tholos.kernel.tx import Machine
from tholos.resources.access.check import check_command
from tholos.resources.access.record import Key
from tholos.resources.shown import Moment, moment


class WhoAmI(msgspec.Struct, frozen=True):
    """The access key that was shown.

    ``profiles`` is null for a key that is not restricted; ``operations`` are the operationIds that it may call;
    ``addresses`` is null when it may be used from anywhere; ``address`` is the one that this request came from.
    """

    access_key_id: str
    user: str
    administrator: bool
    profiles: list[str] | None
    operations: list[str]
    address: str
    addresses: list[str] | None
    expires: Moment | None


def _operations() -> list[Command]:
    """The commands that have a route."""
    return [command for command in COMMANDS.values() if command.rest]


def whoami(gate: Gate, machine: Machine, call: Call) -> WhoAmI:
    """Give the caller's key; raise a Refusal when it is not good."""
    key = gate.identify(call)
    return WhoAmI(
        access_key_id=key.key,
        user=key.owner,
        administrator=key.is_root,
        profiles=list(key.profiles) or None,
        operations=sorted(command.name for command in _operations() if _may(key, machine, command.legacy)),
        address=call.address,
        addresses=key.addresses.split(",") if key.addresses else None,
        expires=None if key.expires is None else moment(key.expires),
    )


def _may(key: Key, machine: Machine, command: str) -> bool:
    try:
        check_command(key, machine, command)
    except Forbidden:
        return False
    return True

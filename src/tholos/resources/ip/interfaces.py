"""The machine's network interfaces, as commands see them."""

from __future__ import annotations

from ipaddress import IPv4Interface
from typing import Protocol

from tholos.kernel.command import command
from tholos.kernel.errors import Invalid
from tholos.kernel.tx import State
from tholos.resources.system.views import names


class Interface(Protocol):
    """What the reading ``interfaces`` gives."""

    @property
    def name(self) -> str:
        """The interface's name."""
        ...

    @property
    def addresses(self) -> tuple[IPv4Interface, ...]:
        """Its IPv4 addresses with their networks, the primary one first."""
        ...


def present(state: State) -> tuple[Interface, ...]:
    """The interfaces of the machine without the loopback, as they are now."""
    found: tuple[Interface, ...] = state.context.machine.read("interfaces")
    return found


def where(state: State, ip: str) -> tuple[Interface, IPv4Interface] | None:
    """The interface that has an address now, and the address with its network."""
    for interface in present(state):
        for address in interface.addresses:
            if str(address.ip) == ip:
                return interface, address
    return None


def require(state: State, name: str | None) -> Interface:
    """The interface of a name, or the first that has an address when no name is given; Invalid when there is none."""
    for interface in present(state):
        if interface.name == name or (name is None and interface.addresses):
            return interface
    raise Invalid(f"invalid interface format :: {name or ''}", argument="interface")


@command(
    "system.interfaces.list",
    legacy="v-list-sys-interfaces [FORMAT]",
    rest="GET /interfaces",
    view=names("INTERFACE"),
    resource=str,
    cached=False,
)
def show(state: State) -> list[str]:
    """List the network interfaces."""
    return [interface.name for interface in present(state)]

"""Peers as the REST API shows them."""

from __future__ import annotations

from typing import Self

import msgspec

from tholos.resources.peer.record import Peer
from tholos.resources.shown import Moment, moment, some


class DnsPeer(msgspec.Struct, frozen=True):
    """A server that zones are copied to or from. Its key is shown by the answer to its creation and never again."""

    address: str
    name: str
    transfer_key: str | None
    created: Moment

    @classmethod
    def of(cls, peer: Peer) -> Self:
        """The resource of a record."""
        return cls(peer.address, peer.name, some(peer.transfer_key), moment(peer.created))

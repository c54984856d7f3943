"""What sshd should be told beside its own configuration."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tholos.kernel.touched import Key
from tholos.kernel.tx import State
from tholos.kernel.want import scope
from tholos.resources.system.model import setting

SFTP_JAIL = "SFTP_JAIL"
"""The setting that switches jails on; it is not listed."""


class SshdWant(msgspec.Struct, frozen=True):
    """That accounts in the SFTP jail are confined."""


def _keys(state: State) -> Iterable[Key]:
    return [(SFTP_JAIL,)] if setting(state, SFTP_JAIL) == "yes" else []


@scope("sshd", keys=_keys)
def sshd_want(state: State, key: Key) -> SshdWant | None:
    """The jail while it is on."""
    return SshdWant() if setting(state, key[0]) == "yes" else None

"""The commands that check keys without using them: v-check-access-key and v-check-api-key."""

from __future__ import annotations

from dataclasses import dataclass

from tholos.kernel.command import command
from tholos.kernel.errors import Silent
from tholos.kernel.tx import State
from tholos.resources.access.check import check_command, check_owner, check_secret, check_use, position_of_owner
from tholos.resources.access.model import hash_secret
from tholos.resources.access.record import find, has_legacy
from tholos.resources.access.types import CommandWord, ShownAddress, ShownKeyId, ShownLegacyKey, ShownSecret
from tholos.resources.access.views import CHECKED

SHORTEST_LEGACY_KEY = 16
_LOOPBACK = ShownAddress("127.0.0.1")


@dataclass(frozen=True)
class Checked:
    """Whose key it is, and which argument of the command must name that account."""

    user: str
    user_arg_position: int


@command(
    "access.key.check",
    legacy="v-check-access-key ACCESS_KEY_ID SECRET_ACCESS_KEY COMMAND [IP] [FORMAT]",
    view=CHECKED,
    cached=False,
    usage_code=9,
)
def check_key(
    state: State,
    access_key_id: ShownKeyId,
    secret_access_key: ShownSecret,
    command: CommandWord,
    ip: ShownAddress = _LOOPBACK,
) -> Checked:
    """Tell whether an access key may run a command from an address."""
    found = check_secret(find(state, access_key_id), access_key_id, secret_access_key)
    check_use(found, state.context.now, ip)
    check_command(found, state.context.machine, command)
    check_owner(found)
    return Checked(found.owner, position_of_owner(found, command))


@command("access.legacy.check", legacy="v-check-api-key KEY [IP]", minimum=0, cached=False)
def check_legacy(state: State, key: ShownLegacyKey | None = None, ip: ShownAddress = _LOOPBACK) -> None:
    """Tell whether a legacy key exists."""
    if key is None or not is_legacy_key(state, key):
        raise Silent("", code=9, argument="key")


def is_legacy_key(state: State, key: str) -> bool:
    """Tell whether this is a legacy key that exists; shorter ones than 16 characters never are."""
    return len(key) >= SHORTEST_LEGACY_KEY and has_legacy(state, hash_secret(key))

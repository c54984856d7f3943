"""Checking an access key for a command, in the order of v-check-access-key (``api-profiles.json``).

Every failure is a Refusal with exit code 9, except that a command which does not exist or is not allowed is 10.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime

from tholos.kernel.command import COMMANDS, Command, Parameter
from tholos.kernel.errors import BadCredentials, Forbidden
from tholos.kernel.tx import Machine
from tholos.kernel.types import printable
from tholos.resources.access.model import hash_secret
from tholos.resources.access.permissions import commands_of, without_owner
from tholos.resources.access.record import Key
from tholos.resources.access.sources import is_listed
from tholos.resources.access.types import ShownSecret

MAKE_TMP_FILE = "v-make-tmp-file"
"""The command that is built into the API and has no ``v-*`` command of its own."""


def check_secret(found: Key | None, key: str, secret: str) -> Key:
    """Give the key; raise BadCredentials when it does not exist or the secret is not its own.

    The texts are the reference's. Raise Invalid for what cannot be a secret.
    """
    if found is None:
        raise BadCredentials(f"key {key} doesn't exist", argument="access_key_id")
    ShownSecret.parse(secret, "secret_access_key")
    if not hmac.compare_digest(hash_secret(secret), found.secret_hash):
        raise BadCredentials(f"Invalid secret key for key {key}", argument="secret_access_key")
    return found


def check_use(found: Key, now: datetime, address: str) -> None:
    """Raise BadCredentials for a key that has expired, and for one that is not for this address."""
    if found.expires is not None and now > found.expires:
        raise BadCredentials(f"Key {found.key} expired at {found.expires:%Y-%m-%d %H:%M:%S}")
    if found.addresses and not is_listed(address, found.addresses):
        allowed = found.addresses
        raise BadCredentials(f"Key {found.key} may not be used from {address}: its addresses are {allowed}")


def check_command(found: Key, machine: Machine, command: str) -> None:
    """Raise Forbidden for a command that does not exist, or that the key may not run for anybody."""
    known = COMMANDS.get(command)
    if known is None and command != MAKE_TMP_FILE:
        raise Forbidden(f"Command {printable(command)} not found")
    if found.is_root:
        allowed = not found.profiles or command in commands_of(machine, found.profiles, "admin")
    else:
        allowed = command in commands_of(machine, found.profiles, "user") and (known is None or _for_users(known))
    if not allowed:
        raise Forbidden(f"Key {found.key} don't have permission to run the command {command}")


def check_owner(found: Key) -> None:
    """Raise BadCredentials for the key of an account that is gone or suspended."""
    if found.owner_suspended is None:
        raise BadCredentials(f"user {found.owner} doesn't exist", argument="user")
    if found.owner_suspended:
        raise BadCredentials(f"user {found.owner} is suspended", argument="user")


def position_of_owner(found: Key, command: str) -> int:
    """Which argument must name the key's owner; 0 when none must."""
    if found.is_root or command == MAKE_TMP_FILE:
        return 0
    return COMMANDS[command].owner_position


def check_arguments(found: Key, command: str, values: Sequence[str]) -> None:
    """Raise Forbidden for arguments that name another account than the key's own."""
    position = position_of_owner(found, command)
    if position == 0:
        return
    named = [position, *_owner_slots(COMMANDS[command])]
    given = [values[place - 1] if place <= len(values) else "" for place in named]
    if given[0] != found.owner or any(value not in ("", found.owner) for value in given):
        # The backslashes are part of the reference's text.
        raise Forbidden(f"Key {found.key} - the \"user\" argument doesn\\'t match the key\\'s user", argument="user")


def _for_users(command: Command) -> bool:
    """Tell whether an ordinary account may run a command at all, whatever a profile lists."""
    return command.role == "user" and (command.owner_position > 0 or command.own or command.legacy in without_owner())


def _owner_slots(command: Command) -> list[int]:
    return [place for place, slot in enumerate(command.slots, start=1) if isinstance(slot, Parameter) and slot.is_owner]

"""Passwords of accounts: changing and checking them, and what a client needs to compute a hash itself."""

from __future__ import annotations

import hmac

import msgspec
from sqlalchemy import update

from tholos.kernel import passwords
from tholos.kernel.command import command
from tholos.kernel.errors import BadCredentials, Invalid
from tholos.kernel.tx import State, Tx
from tholos.kernel.view import Csv, Field, Labels, View, words
from tholos.resources.log.model import note
from tholos.resources.pausing import refuse_suspended
from tholos.resources.types import AccountName, AnyAddress
from tholos.resources.user.add import new_recovery_key
from tholos.resources.user.model import accounts
from tholos.resources.user.record import Account, find, require_active
from tholos.resources.user.restrictions import may_log_in
from tholos.resources.user.types import GivenPassword, Password, PasswordHash, ReturnHash

_LOCAL = AnyAddress("127.0.0.1")
_METHODS = {"y": "yescrypt", "6": "sha-512", "5": "sha-256", "1": "md5"}
"""The names of hash methods by their mark in crypt(5)."""


@command(
    "user.password.change",
    legacy="v-change-user-password USER PASSWORD",
    usage="USER [PASSWORD]",
    minimum=1,
    rest="PUT /users/{user}/password",
    role="user",
)
def change(tx: Tx, user: AccountName, password: Password | None = None) -> None:
    """Change the password of an account."""
    require_active(tx, user)
    if password is None:
        raise Invalid("invalid password format", argument="password")
    changed = {"password_hash": password.hashed, "recovery_key": new_recovery_key()}
    tx.execute(update(accounts).where(accounts.c.name == user).values(changed))
    tx.want("account", user)
    note(tx, "system", "Security", f"Password changed (Name: {user}).", "Warning")
    note(tx, user, "Security", "Password changed.", "Warning")


@command(
    "user.password.check",
    legacy="v-check-user-password USER PASSWORD [IP] [RETURN_HASH]",
    rest="POST /users/{user}/password/check",
    role="user",
    cached=False,
)
def check(
    state: State,
    user: AccountName,
    password: GivenPassword,
    ip: AnyAddress = _LOCAL,
    return_hash: ReturnHash | None = None,
) -> str | None:
    """Tell whether a password is that of an account; with RETURN_HASH print its hash."""
    account = _known(state, user)
    # Hashing takes as long for an account that is suspended, so that the time tells nothing.
    right = passwords.matches(password, account.password_hash)
    if not right or account.suspended or not may_log_in(account, ip):
        raise _refused()
    return f"{account.password_hash}\n" if return_hash else None


@command("user.hash.check", legacy="v-check-user-hash USER HASH [IP]", usage="USER HASH", role="user", cached=False)
def check_hash(state: State, user: AccountName, hash: PasswordHash, ip: AnyAddress = _LOCAL) -> None:
    """Tell whether a hash is that of the password of an account."""
    account = _known(state, user)
    right = hmac.compare_digest(account.password_hash, hash)
    if not right or account.suspended or not may_log_in(account, ip):
        raise _refused()


class Salt(msgspec.Struct, frozen=True):
    """How the password of an account is hashed: by which method, with which salt, and when this was asked."""

    account: str
    method: str
    salt: str
    time: str
    date: str


_FIELDS: dict[str, Field] = {"USER": "account"}
_SALT = View(
    key="USER",
    fields=_FIELDS,
    json=words("METHOD SALT TIME DATE"),
    plain=words("METHOD SALT"),
    csv=Csv(words("METHOD SALT"), "METHOD,SALT"),
    shell=Labels((("METHOD:", "METHOD"), ("SALT:", "SALT")), width=16),
)


@command(
    "user.salt.show", legacy="v-get-user-salt USER [IP] [FORMAT]", role="user", view=_SALT, output="shell", cached=False
)
def salt(state: State, user: AccountName, ip: AnyAddress = _LOCAL) -> Salt:
    """Show the method and the salt of the hash of a password, from which a client can compute the hash."""
    account = _known(state, user)
    refuse_suspended(account, "user", user, "user")
    method, _, rest = account.password_hash.removeprefix("$").partition("$")
    if method not in _METHODS:
        raise _refused()
    parts = rest.split("$")
    # yescrypt has its parameters before the salt (crypt(5)).
    found = parts[1] if method == "y" else parts[0]
    now = state.context.now
    return Salt(account.name, _METHODS[method], found, f"{now:%H:%M:%S}", f"{now:%Y-%m-%d}")


def _known(state: State, user: AccountName) -> Account:
    account = find(state, user)
    if account is None:
        raise _refused()
    return account


def _refused() -> BadCredentials:
    """One refusal for an unknown account and a wrong password, so that neither can be told from the other."""
    return BadCredentials("password missmatch")

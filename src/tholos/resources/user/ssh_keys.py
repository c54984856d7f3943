"""Public keys by which an account logs in: adding, taking away, listing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Self

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from tholos.kernel.command import command
from tholos.kernel.errors import Invalid, NotExist
from tholos.kernel.tx import State, Tx
from tholos.kernel.types import Text
from tholos.kernel.view import Csv, Field, Table, View, words
from tholos.resources.log.model import note
from tholos.resources.shown import some
from tholos.resources.types import AccountName
from tholos.resources.user.model import GUEST_KEY, ssh_keys, uid_of
from tholos.resources.user.public_key import PublicKey, fingerprint
from tholos.resources.user.record import Account, require, require_active


class KeyLine(Text):
    """A public key in one line; whether it is a key is checked when the account is known, as the reference does."""

    __slots__ = ()
    pattern = re.compile(r".+")
    max_length = 8192
    expected = PublicKey.expected
    example = PublicKey.example

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        if raw == "":
            raise NotExist(f"{argument} is empty", argument=argument)
        return super().refusal(raw, argument)


class KeyId(Text):
    """What a list calls a key: its comment, or its fingerprint."""

    __slots__ = ()
    pattern = re.compile(r".+")
    max_length = 8192
    expected = "the comment or the fingerprint of a key, as its list shows it"
    example = "alice@laptop"


class SshKey(msgspec.Struct, frozen=True):
    """A public key as the REST API shows it."""

    key: str
    fingerprint: str
    kind: str
    comment: str | None

    @classmethod
    def of(cls, record: Any) -> Self:
        """The resource of a listed key."""
        return cls(record.id, record.fingerprint, record.key.kind, some(record.key.comment))


class Listed(NamedTuple):
    """A key as lists show it, and the key itself."""

    id: str
    fingerprint: str
    key: PublicKey


_FIELDS: dict[str, Field] = {"KEY": "fingerprint"}
_COLUMNS = words("ID KEY")
KEYS = View(
    key="ID",
    fields=_FIELDS,
    json=_COLUMNS,
    plain=_COLUMNS,
    csv=Csv(_COLUMNS, ",".join(_COLUMNS), frozenset(_COLUMNS)),
    shell=Table((("ID", "ID"), ("KEY", "KEY"))),
)


@command(
    "user.ssh_key.add",
    legacy="v-add-user-ssh-key USER KEY",
    usage="USER SSH_PUBLIC_KEY",
    rest="POST /users/{user}/ssh-keys",
    role="user",
)
def add(tx: Tx, user: AccountName, key: KeyLine) -> None:
    """Let whoever has the private key log in to an account; a key that it has already gets the new comment."""
    require_active(tx, user)
    public = PublicKey.parse(key, "key")
    _keep(tx, user, public, revoked=False)
    tx.want("ssh_keys", user)
    note(tx, user, "SSH", f"SSH key added (Key: {fingerprint(public.blob)}).")


@command(
    "user.ssh_key.delete",
    legacy="v-delete-user-ssh-key USER KEY",
    usage="USER KEYID",
    rest="DELETE /users/{user}/ssh-keys/{key}",
    role="user",
)
def remove(tx: Tx, user: AccountName, key: KeyId) -> None:
    """Take a key from an account, also one that somebody else has put into its file; an unknown one changes nothing."""
    for found in _keys(tx, require(tx, user)):
        if key in (found.id, found.fingerprint):
            _keep(tx, user, found.key, revoked=True)
            tx.want("ssh_keys", user)
            note(tx, user, "SSH", f"SSH key deleted (Key: {found.fingerprint}).")


@command(
    "user.ssh_key.list",
    legacy="v-list-user-ssh-key USER [FORMAT]",
    usage="USER",
    rest="GET /users/{user}/ssh-keys",
    role="user",
    view=KEYS,
    resource=SshKey,
    cached=False,
)
def show(state: State, user: AccountName) -> Sequence[Listed]:
    """List the keys by which an account can log in, with their fingerprints."""
    return _keys(state, require_active(state, user))


def _keep(tx: Tx, user: str, key: PublicKey, *, revoked: bool) -> None:
    values = {"kind": key.kind, "comment": key.comment, "revoked": revoked}
    added = insert(ssh_keys).values(account=user, blob=key.blob, created=tx.context.now, **values)
    tx.execute(added.on_conflict_do_update(index_elements=["account", "blob"], set_=values))


def _keys(state: State, account: Account) -> list[Listed]:
    """Our keys first, then those that are in the account's file besides; every one has a name of its own."""
    rows = state.rows(select(ssh_keys).where(ssh_keys.c.account == account.name).order_by(ssh_keys.c.created))
    found = {row.blob: PublicKey(f"{row.kind} {row.blob} {row.comment}".rstrip()) for row in rows if not row.revoked}
    known = {row.blob for row in rows}
    for key in _in_file(state, account):
        # A key for copying files (``sftp_key.py``) is none of the account's own.
        if key.blob not in known and key.comment != GUEST_KEY:
            found.setdefault(key.blob, key)
    taken: set[str] = set()
    listed = []
    for key in found.values():
        mark = fingerprint(key.blob)
        name = key.comment if key.comment and key.comment not in taken else mark
        taken.add(name)
        listed.append(Listed(name, mark, key))
    return listed


def _in_file(state: State, account: Account) -> Iterator[PublicKey]:
    """The keys of the account's own file; what stands before a key in its line (options, sshd(8)) is left out."""
    lines = state.context.machine.read("authorized keys", account.name, str(uid_of(account.id)))
    for line in lines:
        start = _KIND.search(line)
        if start is None or line.startswith("#"):
            continue
        try:
            yield PublicKey.parse(line[start.start() :].strip(), "key")
        except Invalid:
            continue


_KIND = re.compile(r"(?:^|(?<=[ \t]))(?:ssh-|ecdsa-|sk-)[a-z0-9@.-]+[ \t]+AAAA")
"""Where the key itself begins in a line."""

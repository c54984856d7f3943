"""Adding an account."""

from __future__ import annotations

import secrets
import string

from sqlalchemy import insert, select

from tholos.kernel.command import command
from tholos.kernel.errors import Exists, NotExist
from tholos.kernel.late import Late
from tholos.kernel.tx import Tx
from tholos.resources.log.model import note
from tholos.resources.package.model import COPIED, packages
from tholos.resources.system.model import root_user
from tholos.resources.types import Email, ObjectName, PersonName
from tholos.resources.user.allotment import allot
from tholos.resources.user.model import accounts
from tholos.resources.user.numbers import next_id
from tholos.resources.user.record import find
from tholos.resources.user.sftp_jail import follow_shell
from tholos.resources.user.types import NewAccountName, Password

_DEFAULT_PACKAGE = ObjectName("default")
_NO_NAME = PersonName("")
_LETTERS = string.ascii_letters + string.digits


def new_recovery_key() -> str:
    """A random key for resetting a password: 16 letters and digits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(16))


@command(
    "user.add",
    legacy="v-add-user USER PASSWORD EMAIL [PACKAGE] [NAME] [LASTNAME]",
    usage="USER PASSWORD EMAIL [PACKAGE] [NAME]",
    rest="POST /users",
)
def add(
    tx: Tx,
    user: NewAccountName,
    password: Late[Password],
    email: Email,
    package: ObjectName = _DEFAULT_PACKAGE,
    name: PersonName = _NO_NAME,
    lastname: PersonName = _NO_NAME,
) -> None:
    """Create an account: a Linux account with its home, and the limits of its package."""
    _require_free(tx, user)
    hashed = password.take().hashed
    sold = tx.row(select(packages).where(packages.c.name == package))
    if sold is None:
        raise NotExist(f"package {package} doesn't exist", argument="package")
    first = root_user(tx)
    tx.execute(
        insert(accounts).values(
            id=next_id(tx),
            name=user,
            full_name=f"{name} {lastname}".strip(),
            contact=email,
            package=package,
            role="admin" if user == first else "user",
            password_hash=hashed,
            recovery_key=new_recovery_key(),
            created=tx.context.now,
            **{column: sold._mapping[column] for column in COPIED},
        )
    )
    tx.want("account", user)
    allot(tx, user)
    follow_shell(tx, user)
    note(tx, "system", "Users", f"Added new user account (Name: {user}, Package: {package}).")
    note(tx, user, "System", "Welcome!")


def _require_free(tx: Tx, user: NewAccountName) -> None:
    if find(tx, user) is not None or tx.context.machine.read("login", user):
        raise Exists(f"user {user} exists", argument="user")

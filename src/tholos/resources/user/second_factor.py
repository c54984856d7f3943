"""The second factor of a login: codes that change every half minute (TOTP, RFC 6238)."""

from __future__ import annotations

import hmac
import re
from typing import Any

import msgspec
from sqlalchemy import Row, delete, insert, select, update

from tholos.kernel.command import command
from tholos.kernel.errors import BadCredentials, Exists, NotExist
from tholos.kernel.tx import State, Tx
from tholos.kernel.types import Text
from tholos.kernel.view import Labels, View, words
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.types import AccountName
from tholos.resources.user.model import second_factors
from tholos.resources.user.record import require

STEP = 30
"""Seconds for which a code is right (RFC 6238 section 4)."""
_NEAR = (0, -1, 1)
"""Steps around now of which a code is taken, because clocks differ (RFC 6238 section 5.2)."""


class Token(Text):
    """A code as somebody typed it; whether it has six digits is for the comparison to find out."""

    __slots__ = ()
    pattern = re.compile(r"[!-~ ]*")
    max_length = 64
    expected = "a code of six digits"
    example = "123456"
    masked = True


class NewFactor(msgspec.Struct, frozen=True):
    """What a new second factor is put into a telephone with: its secret, its URI, and that as a picture."""

    secret: str
    uri: str
    qrcode: str

    @classmethod
    def of(cls, record: NewFactor) -> NewFactor:
        """The resource is the record."""
        return record

    def without_secret(self) -> NewFactor:
        """What may be kept of this answer: nothing."""
        return NewFactor("", "", "")


_COLUMNS = words("SECRET URI QRCODE")
FACTOR = View(
    key="",
    json=_COLUMNS,
    shell=Labels(tuple((f"{word}:", word) for word in _COLUMNS), width=16),
    shape="object",
)


@command(
    "user.second_factor.add",
    legacy="v-add-user-2fa USER",
    rest="POST /users/{user}/second-factor",
    role="user",
    view=FACTOR,
    resource=NewFactor,
)
def add(tx: Tx, user: AccountName) -> NewFactor:
    """Ask for a code at every login of an account; this answer is the only one that ever shows the secret."""
    import pyotp  # It takes a tenth of a second, which only those pay who need it.

    require(tx, user)
    if _find(tx, user) is not None:
        raise Exists("Two-factor authentication is already enabled.", argument="user")
    secret = pyotp.random_base32()
    tx.execute(insert(second_factors).values(account=user, secret=secret, created=tx.context.now))
    _note(tx, user, "enabled")
    place = tx.context.machine.read("facts").hostname
    uri = pyotp.TOTP(secret).provisioning_uri(name=f"{user}@{place}", issuer_name="Tholos")
    return NewFactor(secret, uri, picture(uri))


@command(
    "user.second_factor.check",
    in_demo=True,
    legacy="v-check-user-2fa USER TOKEN",
    rest="POST /users/{user}/second-factor/check",
    role="user",
)
def check(tx: Tx, user: AccountName, token: Token) -> None:
    """Tell whether a code is right; each is right once (RFC 6238 section 5.2)."""
    require(tx, user)
    factor = _require(tx, user)
    step = matching_step(factor.secret, token.replace(" ", ""), int(tx.context.now.timestamp()) // STEP)
    if step is None or step <= factor.used_step:
        raise BadCredentials("The code is wrong.", argument="token")
    tx.execute(update(second_factors).where(second_factors.c.account == user).values(used_step=step))


@command(
    "user.second_factor.delete",
    legacy="v-delete-user-2fa USER",
    rest="DELETE /users/{user}/second-factor",
    role="user",
)
def remove(tx: Tx, user: AccountName) -> None:
    """Ask for no more codes at logins of an account."""
    require(tx, user)
    _require(tx, user)
    forget(tx, user)
    _note(tx, user, "disabled")


def forget(tx: Tx, user: str) -> None:
    """Forget the second factor of an account."""
    tx.execute(delete(second_factors).where(second_factors.c.account == user))


def matching_step(secret: str, token: str, now: int) -> int | None:
    """The time step near ``now`` whose code this is, or None; all are compared, so that time tells nothing."""
    import pyotp

    codes = pyotp.TOTP(secret, interval=STEP)
    right = [now + near for near in _NEAR if hmac.compare_digest(codes.generate_otp(now + near), token)]
    return max(right, default=None)


def picture(uri: str) -> str:
    """A QR code (ISO/IEC 18004) of a URI as a PNG that stands in a data URI (RFC 2397)."""
    import segno

    return str(segno.make_qr(uri, error="m").png_data_uri(scale=5))


def _find(state: State, user: str) -> Row[Any] | None:
    return state.row(select(second_factors).where(second_factors.c.account == user))


def _require(state: State, user: str) -> Row[Any]:
    factor = _find(state, user)
    if factor is None:
        raise NotExist("Two-factor authentication is not enabled.", argument="user")
    return factor


def _note(tx: Tx, user: str, what: str) -> None:
    note(tx, SYSTEM, "System", f"Two-factor authentication {what} (Name: {user}).", "Warning")
    note(tx, user, "System", f"Two-factor authentication {what}.", "Warning")

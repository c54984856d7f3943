"""Changes that are carried out once, however often they are sent: the Idempotency-Key of a request.

After draft-ietf-httpapi-idempotency-key-header: the answer to the first request is kept in the transaction of its own
change, and a repeat within a day gets it back, also after a restart. The single writer lets no two run at a time.

What is kept tells a thief of the database nothing: names and requests are HMACs (RFC 2104) keyed with the caller's own
secret, which is not stored, and an answer is kept without what may be shown only once.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec
from sqlalchemy import bindparam, delete, func, insert, select

from tholos.apply.model import repeats
from tholos.kernel.call import Credentials
from tholos.kernel.errors import Invalid, LimitReached, Refusal
from tholos.kernel.tx import Changes, Tx

DAY = 24 * 60 * 60
LONGEST_KEY = 255
MOST = 10_000
"""Answers that are kept for one account at a time; one beyond is refused, because an old one may still be asked for."""
UNIT = 4096
"""Bytes of an answer: a longer one counts for several."""
AT_ONCE = 100
"""Answers that one call takes out at most when their day is over."""
Answer = TypeVar("Answer")


class KeyReused(Invalid):
    """An idempotency key came again with another request."""


class TooManyKeys(LimitReached):
    """An account has sent as many idempotency keys in a day as it may."""

    wait: int
    """Seconds until there is room again."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"too many Idempotency-Keys :: at most {MOST} in a day", argument="Idempotency-Key")
        self.wait = wait


class Given(NamedTuple, Generic[Answer]):
    """An answer, and as much of it as may be kept."""

    answer: Answer
    kept: Answer


class Once(Generic[Answer]):
    """One change under a key: carried out the first time, answered from what was kept after that."""

    def __init__(self, key: str, credentials: Credentials, request: tuple[Any, ...], answer: type[Answer]) -> None:
        secret = _secret(credentials)
        self._id = _mark(secret, ("key", answer.__name__, check_key(key)))
        self._request = _mark(secret, ("request", *request))
        self._type = answer

    def run(self, tx: Tx, carry_out: Callable[[], Given[Answer]], refused: Callable[[Refusal], Answer]) -> Answer:
        """Give the answer that was kept, or carry the change out and keep its answer, a refusal too.

        A refusal whose reason may pass is raised instead, so that a repeat tries anew; so is TooManyKeys.
        """
        now = int(time.time())
        found = tx.row(select(repeats).where(repeats.c.id == self._id, repeats.c.at > now - DAY))
        if found is None:
            _require_room(tx, now)
            given = _in_savepoint(tx, carry_out, refused)
            self._keep(tx, given.kept, now)
            return given.answer
        if found.request != self._request:
            raise KeyReused("the Idempotency-Key belongs to another request", argument="Idempotency-Key")
        return msgspec.msgpack.decode(found.answer, type=self._type)

    def _keep(self, tx: Tx, answer: Answer, now: int) -> None:
        tx.execute(_FORGET, {"before": now - DAY, "most": AT_ONCE})
        tx.execute(delete(repeats).where(repeats.c.id == self._id))
        kept = msgspec.msgpack.encode(answer)
        account = tx.context.caller.account
        used = tx.value(_USED, {"account": account}) + 1 + len(kept) // UNIT
        row = {"id": self._id, "request": self._request, "answer": kept, "at": now, "account": account, "used": used}
        tx.execute(insert(repeats).values(row))


_OVER = select(repeats.c.id).where(repeats.c.at <= bindparam("before")).order_by(repeats.c.at).limit(bindparam("most"))
_FORGET = delete(repeats).where(repeats.c.id.in_(_OVER))
_USED = select(func.coalesce(func.max(repeats.c.used), 0)).where(repeats.c.account == bindparam("account"))
_LAST_BELOW = (
    select(repeats.c.at)
    .where(repeats.c.account == bindparam("account"), repeats.c.used <= bindparam("used"))
    .order_by(repeats.c.used.desc())
    .limit(1)
)


def _require_room(tx: Tx, now: int) -> None:
    """Raise TooManyKeys when the answer that is so many back, and so must have gone, is not a day old."""
    account = tx.context.caller.account
    used = tx.value(_USED, {"account": account})
    kept = tx.value(_LAST_BELOW, {"account": account, "used": used + 1 - MOST})
    if kept is not None and kept > now - DAY:
        raise TooManyKeys(kept + DAY - now)


def check_key(key: str) -> str:
    """Give the key, or raise Invalid when it is empty, too long, or holds what a header field may not."""
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable() and " " not in key):
        text = f"invalid Idempotency-Key format :: expected 1 to {LONGEST_KEY} visible ASCII characters"
        raise Invalid(text, argument="Idempotency-Key")
    return key


def _in_savepoint(
    tx: Tx, carry_out: Callable[[], Given[Answer]], refused: Callable[[Refusal], Answer]
) -> Given[Answer]:
    savepoint = tx.connection.begin_nested()
    try:
        given = carry_out()
    except Refusal as refusal:
        savepoint.rollback()
        if refusal.passes:
            raise
        tx.changes = Changes()
        answer = refused(refusal)
        return Given(answer, answer)
    savepoint.commit()
    return given


def _secret(shown: Credentials) -> bytes:
    """What only the caller knows. Keys are random; a password is not, and so it is made costly to guess (RFC 7914)."""
    if shown.password:
        return hashlib.scrypt(shown.password.encode(), salt=shown.user.encode(), n=2**14, r=8, p=1)
    return (shown.secret_key or shown.legacy_key).encode()


def _mark(secret: bytes, parts: tuple[Any, ...]) -> str:
    return hmac.new(secret, msgspec.msgpack.encode(parts), hashlib.sha256).hexdigest()


def without_secret(value: Any) -> Any:
    """What of a command's value may be kept: what it says itself, and else nothing, because it could be a secret."""
    return value.without_secret() if hasattr(value, "without_secret") else None

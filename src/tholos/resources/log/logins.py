"""Logins and logouts of an account: listing, noting, clearing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update

from tholos.kernel.command import command
from tholos.kernel.tx import State, Tx
from tholos.kernel.view import Csv, Field, Table, View, moments, words
from tholos.resources.log.model import SYSTEM, logins, note
from tholos.resources.log.resource import Login
from tholos.resources.log.types import LoginStatus, Session, Unquoted
from tholos.resources.types import AccountName, AnyAddress, YesNo
from tholos.resources.user.record import require

SHOWN = 10
"""How many logins a list shows."""
KEPT = 300
"""How many logins of an account are kept."""
_NOTHING = Unquoted("")
_NO_SESSION = Session("")
_NO = YesNo("no")


class Listed(NamedTuple):
    """A login as lists show it, numbered from 1."""

    number: int
    at: datetime
    ip: str
    action: str
    status: str
    user_agent: str
    session: str
    active: str


_FIELDS: dict[str, Field] = {
    "NUMBER": "number",
    **moments("at"),
}
_COLUMNS = words("DATE TIME IP ACTION STATUS USER_AGENT SESSION ACTIVE")
LOGINS = View(
    key="NUMBER",
    fields=_FIELDS,
    json=_COLUMNS,
    plain=_COLUMNS,
    csv=Csv(_COLUMNS, ",".join(_COLUMNS)),
    # The reference's rows have two columns more than its titles.
    shell=Table(tuple((word, word) for word in words("DATE TIME IP SESSION ACTIVE STATUS"))),
)


@command(
    "user.logins.list",
    legacy="v-list-user-auth-log USER [FORMAT]",
    rest="GET /users/{user}/logins",
    role="user",
    view=LOGINS,
    resource=Login,
)
def show(state: State, user: AccountName) -> Sequence[Listed]:
    """List the last ten logins of an account."""
    require(state, user)
    newest = state.rows(select(logins).where(logins.c.account == user).order_by(logins.c.id.desc()).limit(SHOWN))
    return [
        Listed(number, row.at, row.ip, row.action, row.status, row.user_agent, row.session, row.active)
        for number, row in enumerate(reversed(newest), start=1)
    ]


@command(
    "user.login.add",
    in_demo=True,
    legacy="v-log-user-login USER IP [STATUS] [SESSION_ID] [USER_AGENT] [AUTHLOG] [REASON]",
    examples={"status": "success", "session_id": "fingerprint123"},
    usage="USER IP SESSION_ID USER_AGENT [AUTHLOG] [REASON]",
    rest="POST /users/{user}/logins",
)
def add(
    tx: Tx,
    user: AccountName,
    ip: AnyAddress,
    status: LoginStatus | None = None,
    session_id: Session = _NO_SESSION,
    user_agent: Unquoted = _NOTHING,
    authlog: YesNo = _NO,
    reason: Unquoted = _NOTHING,
) -> None:
    """Note that somebody logged in to an account, or tried to; with AUTHLOG also in the history of the node."""
    require(tx, user)
    values = {"account": user, "ip": ip, "status": status or "", "session": session_id, "user_agent": user_agent}
    active = "yes" if status == "success" else "no"
    tx.execute(insert(logins).values(at=tx.context.now, action="login", active=active, **values))
    _forget_old(tx, user)
    if authlog == "yes":
        text = f"Login (Name: {user}, Address: {ip}, Status: {status or 'unknown'}, Reason: {reason or 'none'})."
        note(tx, SYSTEM, "Security", text, "Warning" if status == "failed" else "Info")


@command(
    "user.login.end",
    in_demo=True,
    legacy="v-log-user-logout USER FINGERPRINT",
    usage="USER SESSION_ID",
    rest="POST /users/{user}/logins/{fingerprint}/end",
)
def end(tx: Tx, user: AccountName, fingerprint: Session) -> None:
    """Note that a session has ended."""
    require(tx, user)
    mine = (logins.c.account == user) & (logins.c.session == fingerprint)
    tx.execute(update(logins).where(mine).values(active="no"))


@command(
    "user.logins.delete",
    legacy="v-delete-user-auth-log USER",
    rest="DELETE /users/{user}/logins",
    role="user",
)
def clear(tx: Tx, user: AccountName) -> None:
    """Forget the logins of an account; that they were forgotten is noted."""
    require(tx, user)
    tx.execute(delete(logins).where(logins.c.account == user))
    note(tx, SYSTEM, "Security", f"Logins cleared (Name: {user}).", "Warning")
    note(tx, user, "Security", "Logins cleared.", "Warning")


def _forget_old(tx: Tx, user: str) -> None:
    mine = logins.c.account == user
    oldest = tx.value(select(logins.c.id).where(mine).order_by(logins.c.id.desc()).offset(KEPT).limit(1))
    if oldest is not None:
        tx.execute(delete(logins).where(mine, logins.c.id <= oldest))

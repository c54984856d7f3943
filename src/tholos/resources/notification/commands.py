"""Notices of an account: adding, listing, marking as read, deleting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, delete, select, update

from tholos.kernel.command import command
from tholos.kernel.late import Late
from tholos.kernel.tx import State, Tx
from tholos.resources.notification.html import cleaned
from tholos.resources.notification.leave import leave
from tholos.resources.notification.model import notifications
from tholos.resources.notification.resource import Notification
from tholos.resources.notification.types import Notice, NoticeId, NoticeType, Priority, Topic
from tholos.resources.notification.views import NOTICES
from tholos.resources.types import AccountName
from tholos.resources.user.record import require

_NOTHING = Notice("")
_NORMAL = Priority(0)


class Listed(NamedTuple):
    """A notice as lists show it, its HTML cleaned."""

    id: int
    topic: str
    notice: str
    type: str
    acknowledged: bool
    priority: int
    created: Any


@command(
    "notification.add",
    legacy="v-add-user-notification USER TOPIC [NOTICE] [TYPE] [PRIORITY]",
    usage="USER TOPIC NOTICE TYPE [PRIORITY]",
    rest="POST /users/{user}/notifications",
)
def add(
    tx: Tx,
    user: AccountName,
    topic: Topic,
    notice: Notice = _NOTHING,
    type: Late[NoticeType] | None = None,
    priority: Priority = _NORMAL,
) -> None:
    """Leave a notice for an account."""
    require(tx, user)
    leave(tx, user, topic, notice, type=type.take() if type else "", priority=priority)


@command(
    "notification.list",
    legacy="v-list-user-notifications USER [FORMAT]",
    rest="GET /users/{user}/notifications",
    role="user",
    view=NOTICES,
    resource=Notification,
)
def show(state: State, user: AccountName) -> Sequence[Listed]:
    """List the notices of an account; their HTML is cleaned, so that it can be put into a page."""
    require(state, user)
    mine = select(notifications).where(notifications.c.account == user)
    plain = {name: notifications.c[name] for name in ("number", "acknowledged", "priority")}
    return [_listed(row) for row in state.listed(mine.order_by(notifications.c.number), plain)]


@command(
    "notification.acknowledge",
    legacy="v-acknowledge-user-notification USER NOTIFICATION",
    rest="POST /users/{user}/notifications/{notification}/acknowledge",
    role="user",
)
def acknowledge(tx: Tx, user: AccountName, notification: NoticeId) -> None:
    """Mark a notice, or all, as read; a number that there is not changes nothing."""
    require(tx, user)
    tx.execute(update(notifications).where(*_chosen(user, notification)).values(acknowledged=True))


@command(
    "notification.delete",
    legacy="v-delete-user-notification USER NOTIFICATION",
    rest="DELETE /users/{user}/notifications/{notification}",
    role="user",
)
def remove(tx: Tx, user: AccountName, notification: NoticeId) -> None:
    """Delete a notice, or all; a number that there is not changes nothing."""
    require(tx, user)
    tx.execute(delete(notifications).where(*_chosen(user, notification)))


def _chosen(user: str, notification: str) -> list[ColumnElement[bool]]:
    mine = notifications.c.account == user
    return [mine] if notification == "all" else [mine, notifications.c.number == int(notification)]


def _listed(row: Row[Any]) -> Listed:
    topic, notice = cleaned(row.topic), cleaned(row.notice)
    return Listed(row.number, topic, notice, row.type, row.acknowledged, row.priority, row.created)

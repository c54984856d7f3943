"""Doing something with each of many accounts: a few in each change, so that nobody waits for all of them.

What is to be done is declared once as an ``Each``; a call does it at once where the accounts are few, and leaves it to
a job (``jobs/kinds/user_each.py``) where they are many.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import select

from tholos.kernel.job import Asked, Started, refuse_at_work, start
from tholos.kernel.tx import State, Tx
from tholos.resources.log.model import note
from tholos.resources.system.model import root_user
from tholos.resources.types import AccountName
from tholos.resources.user.model import accounts
from tholos.resources.user.record import find

TOGETHER = 50
"""Accounts that one transaction is about at most: for some a program or two is run, and others wait meanwhile."""


def _no_more(_tx: Tx, _about: str) -> None:
    """Nothing is left to be done at the end."""


@dataclass(frozen=True)
class Each:
    """What is done with each account of a choice; ``about`` is what the choice is made by, such as a package.

    ``chosen`` names the accounts. ``do`` is for one of them, and may come twice; ``end`` is for what is left when all
    are done. ``subject`` is what no two jobs work on at a time, ``failed`` what the history of an account says with
    which it could not be done.
    """

    name: str
    subject: str
    chosen: Callable[[State, str], Sequence[str]]
    do: Callable[[Tx, AccountName], None]
    failed: str
    end: Callable[[Tx, str], None] = _no_more


class ForEach(Asked, frozen=True):
    """Do something with each account of a choice."""

    kind: ClassVar[str] = "user.each"
    what: str
    about: str


EACH: dict[str, Each] = {}


def each(what: Each) -> Each:
    """Register what can be done with many accounts."""
    EACH[what.name] = what
    return what


def do_each(tx: Tx, what: Each, about: str = "") -> Started | None:
    """Do it with every account, in this transaction where they are few; else give the job that does it.

    Raise InUse while a job from before is not finished.
    """
    names = what.chosen(tx, about)
    if len(names) > TOGETHER:
        return start_each(tx, what, about)
    refuse_at_work(tx, _subject(what, about))
    do_some(tx, what, about, names)
    what.end(tx, about)
    return None


def do_some(tx: Tx, what: Each, about: str, names: Sequence[str]) -> None:
    """Do it with some accounts; one that is gone, or chosen no longer, is passed over."""
    chosen = {*what.chosen(tx, about)}
    for name in names:
        if name in chosen and find(tx, name) is not None:
            what.do(tx, AccountName(name))


def start_each(tx: Tx, what: Each, about: str = "") -> Started:
    """Have a job do it with every account, each by itself: one with which it fails keeps it from no other."""
    return start(tx, ForEach(what.name, about), account=root_user(tx), subject=_subject(what, about))


def note_failed(tx: Tx, what: Each, name: str, why: str) -> None:
    """Have an account's history say why it could not be done with it, if it is still there."""
    if find(tx, name) is not None:
        note(tx, name, "System", f"{what.failed}: {why}.", "Warning")


def all_names(state: State, _about: str = "") -> list[str]:
    """The names of all accounts."""
    return [row.name for row in state.rows(select(accounts.c.name).order_by(accounts.c.id))]


def _subject(what: Each, about: str) -> str:
    return f"{what.subject} {about}".rstrip()

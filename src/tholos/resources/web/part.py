"""The site as the web part of a domain."""

from __future__ import annotations

from tholos.kernel.tx import State, Tx
from tholos.resources.domain.parts import Part, part
from tholos.resources.limits import allows
from tholos.resources.system.model import setting
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require as require_account
from tholos.resources.web.add import add
from tholos.resources.web.delete import remove
from tholos.resources.web.owner import move
from tholos.resources.web.record import NOUN, SITE_NAMES, count, find, require
from tholos.resources.web.suspend import suspend, unsuspend


def _has_room(state: State, user: AccountName) -> bool:
    served = setting(state, "WEB_SYSTEM") not in ("", "no")
    return served and allows(require_account(state, user).web_domains, count(state, user))


def _suspend(tx: Tx, user: AccountName, domain: Domain) -> None:
    if not require(tx, user, domain).suspended:
        suspend(tx, user, domain)


def _unsuspend(tx: Tx, user: AccountName, domain: Domain) -> None:
    if require(tx, user, domain).suspended:
        unsuspend(tx, user, domain)


SITE = part(
    Part(
        noun=NOUN,
        order=10,
        has_room=_has_room,
        exists=lambda state, user, domain: find(state, user, domain) is not None,
        add=add,
        delete=remove,
        suspend=_suspend,
        unsuspend=_unsuspend,
        names=SITE_NAMES,
        move=move,
    )
)

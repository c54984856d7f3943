"""The site as the web part of a domain."""

from __future__ import annotations

from sqlalchemy import select

from tholos.kernel.tx import State, Tx
from tholos.resources.domain.parts import Part, part
from tholos.resources.idn import spellings
from tholos.resources.limits import allows
from tholos.resources.system.model import setting
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require as require_account
from tholos.resources.web.add import add
from tholos.resources.web.delete import remove
from tholos.resources.web.model import web_domains
from tholos.resources.web.owner import move
from tholos.resources.web.record import count, find, require
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


def _owner(state: State, domain: Domain) -> str | None:
    owner: str | None = state.value(select(web_domains.c.account).where(web_domains.c.domain.in_(spellings(domain))))
    return owner


SITE = part(
    Part(
        noun="web",
        order=10,
        has_room=_has_room,
        exists=lambda state, user, domain: find(state, user, domain) is not None,
        add=add,
        delete=remove,
        suspend=_suspend,
        unsuspend=_unsuspend,
        owner=_owner,
        move=move,
    )
)

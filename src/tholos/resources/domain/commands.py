"""Adding, deleting, suspending and resuming a domain with all of its parts at once."""

from __future__ import annotations

from tholos.kernel.command import command
from tholos.kernel.errors import LimitReached, NotExist
from tholos.kernel.tx import State, Tx
from tholos.resources.domain.claims import holder, require_not_own
from tholos.resources.domain.parts import Part, parts
from tholos.resources.ip.record import choose_address
from tholos.resources.limits import allows
from tholos.resources.system.model import setting
from tholos.resources.types import AccountName, Address, Domain
from tholos.resources.user.record import require, require_active
from tholos.resources.web.types import NewDomain


@command("domain.add", legacy="v-add-domain USER DOMAIN [IP] [RESTART]", rest="POST /users/{user}/domains", role="user")
def add(tx: Tx, user: AccountName, domain: NewDomain, ip: Address | None = None) -> None:
    """Serve a domain in every way that the account's package has room for, and that it is not served in already."""
    require_active(tx, user)
    choose_address(tx, user, ip)
    missing = [kind for kind in parts() if holder(tx, kind.names, domain) != user]
    possible = [kind for kind in missing if _has_room(tx, user, kind)]
    if not possible:
        # Whoever repeats a call is told that it was carried out, also where the package left a part out.
        for kind in parts():
            require_not_own(tx, user, kind.names, domain)
        raise LimitReached("domain limit is reached :: upgrade user package")
    for kind in possible:
        kind.add(tx, user, domain, ip)


@command(
    "domain.delete",
    legacy="v-delete-domain USER DOMAIN [RESTART]",
    rest="DELETE /users/{user}/domains/{domain}",
    role="user",
)
def remove(tx: Tx, user: AccountName, domain: Domain) -> None:
    """Delete every part of a domain."""
    require(tx, user)
    present = [kind for kind in parts() if kind.find(tx, user, domain) is not None]
    if not present:
        raise NotExist(f"domain {domain} doesn't exist", argument="domain")
    for kind in present:
        kind.delete(tx, user, domain)


@command(
    "domain.suspend",
    legacy="v-suspend-domain USER DOMAIN [RESTART]",
    rest="POST /users/{user}/domains/{domain}/suspend",
    role="user",
)
def suspend(tx: Tx, user: AccountName, domain: Domain) -> None:
    """Pause every part of a domain; a part that is not there or paused already stays as it is."""
    require_active(tx, user)
    for kind in _present(tx, user, domain, suspended=False):
        kind.suspend(tx, user, domain)


@command(
    "domain.unsuspend",
    legacy="v-unsuspend-domain USER DOMAIN [RESTART]",
    rest="POST /users/{user}/domains/{domain}/unsuspend",
    role="user",
)
def unsuspend(tx: Tx, user: AccountName, domain: Domain) -> None:
    """Resume every part of a domain; a part that is not there or not paused stays as it is."""
    require(tx, user)
    for kind in _present(tx, user, domain, suspended=True):
        kind.unsuspend(tx, user, domain)


def _has_room(state: State, user: AccountName, kind: Part) -> bool:
    """Whether the subsystem of a part is there, and the account's package allows one more."""
    served = setting(state, kind.setting) not in ("", "no")
    return served and allows(getattr(require(state, user), kind.limit), kind.count(state, user))


def _present(state: State, user: AccountName, domain: Domain, *, suspended: bool) -> list[Part]:
    found = [(kind, kind.find(state, user, domain)) for kind in parts()]
    return [kind for kind, part in found if part is not None and part.suspended == suspended]

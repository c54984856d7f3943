"""What a machine should have for a site, and for the PHP of an account."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import func, select

from tholos.kernel.tx import State
from tholos.kernel.want import Key, scope
from tholos.resources.ip.model import addresses
from tholos.resources.types import Alias, Domain
from tholos.resources.user.model import accounts, uid_of
from tholos.resources.web.model import web_domains
from tholos.resources.web.record import alias_names, find


class SiteWant(msgspec.Struct, frozen=True):
    """A site: whose it is, its names in A-labels, where it listens, its templates, and whether it is paused."""

    account: str
    uid: int
    domain: str
    ascii_name: str
    names: tuple[str, ...]
    ip: str
    template: str
    suspended: bool

    @property
    def home(self) -> str:
        """The site's directory."""
        return site_home(self.account, self.domain)


class PhpWant(msgspec.Struct, frozen=True):
    """PHP for an account: it has at least one site."""

    account: str
    uid: int


def site_home(account: str, domain: str) -> str:
    """The directory of a site in its account's home."""
    return f"/home/{account}/web/{domain}"


def log_path(domain: str, kind: str) -> str:
    """A log of a site: ``log`` (requests), ``error.log``, or ``bytes`` (traffic)."""
    return f"/var/log/nginx/domains/{domain}.{kind}"


def _site_keys(state: State) -> Iterable[Key]:
    return [(row.account, row.domain) for row in state.rows(select(web_domains.c.account, web_domains.c.domain))]


@scope("site", keys=_site_keys)
def site_want(state: State, key: Key) -> SiteWant | None:
    """The site of an account."""
    account, domain = key
    site = find(state, account, domain)
    if site is None:
        return None
    uid = uid_of(state.value(select(accounts.c.id).where(accounts.c.name == account)))
    ascii_name = Domain(domain).ascii
    return SiteWant(
        account=account,
        uid=uid,
        domain=domain,
        ascii_name=ascii_name,
        names=(ascii_name, *(Alias(alias).ascii for alias in alias_names(site))),
        ip=state.value(select(addresses.c.ip).where(addresses.c.ip == site.ip)),
        template=site.template,
        suspended=site.suspended,
    )


NAME = "site name"
"""The scope of names: nothing on the machine has this key alone, but logs and server blocks are named after it.

Who gives a name up drops it, who takes it wants it, and so the two never share a commit, whichever accounts they are.
"""


@scope(NAME, keys=lambda _state: ())
def name_want(_state: State, _key: Key) -> None:
    """Nothing: the site that has the name is wanted by itself."""


def _php_keys(state: State) -> Iterable[Key]:
    return [(row.account,) for row in state.rows(select(web_domains.c.account).distinct())]


@scope("php", keys=_php_keys)
def php_want(state: State, key: Key) -> PhpWant | None:
    """The PHP master of an account that has sites."""
    sites = select(func.count()).where(web_domains.c.account == key[0])
    if not state.value(sites):
        return None
    return PhpWant(key[0], uid_of(state.value(select(accounts.c.id).where(accounts.c.name == key[0]))))

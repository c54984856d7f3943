"""Pages of PHP that nginx keeps for a while."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tholos.kernel.command import command
from tholos.kernel.errors import NotExist
from tholos.kernel.touched import Key
from tholos.kernel.tx import State, Tx
from tholos.kernel.want import scope
from tholos.resources.log.model import note
from tholos.resources.system.model import setting
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require as require_account
from tholos.resources.user.record import require_active as require_active_account
from tholos.resources.web.record import change, require, require_active, stored
from tholos.resources.web.types import Duration

TWO_MINUTES = Duration("2m")


class CacheWant(msgspec.Struct, frozen=True):
    """An empty cache of a site."""

    domain: str


@command(
    "web.cache.add",
    legacy="v-add-fastcgi-cache USER DOMAIN [DURATION] [RESTART]",
    rest="PUT /users/{user}/web-domains/{domain}/cache",
    role="user",
)
def add(tx: Tx, user: AccountName, domain: Domain, duration: Duration = TWO_MINUTES) -> None:
    """Keep pages that PHP made for visitors without a session, for a time in seconds, minutes or days."""
    require_active_account(tx, user)
    site = require_active(tx, user, domain)
    if setting(tx, "WEB_SYSTEM") != "nginx":
        raise NotExist("nginx doesn't exist")
    change(tx, site, fastcgi_cache="yes", fastcgi_duration=duration)
    note(tx, user, "Web", f"Enabled FastCGI cache (Domain: {site.domain}, Duration: {duration}).")


@command(
    "web.cache.delete",
    legacy="v-delete-fastcgi-cache USER DOMAIN [RESTART]",
    rest="DELETE /users/{user}/web-domains/{domain}/cache",
    role="user",
)
def remove(tx: Tx, user: AccountName, domain: Domain) -> None:
    """Have PHP make every page anew."""
    require_account(tx, user)
    site = require(tx, user, domain)
    change(tx, site, fastcgi_cache="no", fastcgi_duration="0s")
    note(tx, user, "Web", f"Disabled FastCGI cache (Domain: {site.domain}).")


@command(
    "web.cache.purge",
    legacy="v-purge-nginx-cache USER DOMAIN [RESTART]",
    rest="POST /users/{user}/web-domains/{domain}/cache/purge",
    role="user",
)
def purge(tx: Tx, user: AccountName, domain: Domain) -> None:
    """Forget the kept pages of a site, and of no other."""
    require_active_account(tx, user)
    site = require_active(tx, user, domain)
    tx.want(PURGE, user, site.domain)
    note(tx, user, "Web", f"Purged nginx cache (Domain: {site.domain}).")


PURGE = "site cache"
"""The scope of a cache that is being emptied: there is nothing to reconcile about it."""


def _no_keys(_state: State) -> Iterable[Key]:
    return ()


@scope(PURGE, keys=_no_keys)
def cache_want(state: State, key: Key) -> CacheWant | None:
    """The emptied cache of a site that there is."""
    account, domain = key
    return CacheWant(domain) if stored(state, account, domain) is not None else None

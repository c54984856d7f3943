"""Adding a site."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import insert, select

from tholos.kernel.command import command
from tholos.kernel.errors import Exists
from tholos.kernel.tx import State, Tx
from tholos.resources.domain.claims import is_taken, require_not_own
from tholos.resources.domain.registered import registrable
from tholos.resources.ip.model import addresses
from tholos.resources.ip.record import choose_address
from tholos.resources.limits import allows, require_room
from tholos.resources.log.model import note
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Address, Alias, Aliases, Domain
from tholos.resources.user.record import Account, require_active
from tholos.resources.web.model import web_aliases, web_domains
from tholos.resources.web.record import NOUN, SITE_NAMES, count, require_free
from tholos.resources.web.types import NO_EXTENSIONS, Extensions, NewDomain
from tholos.resources.web.want import NAME, site_home

_NO_EXTENSIONS = Extensions("")


@command(
    "web.domain.add",
    legacy="v-add-web-domain USER DOMAIN [IP] [RESTART] [ALIASES] [PROXY_EXTENSIONS]",
    rest="POST /users/{user}/web-domains",
    role="user",
)
def add(
    tx: Tx,
    user: AccountName,
    domain: NewDomain,
    ip: Address | None = None,
    aliases: Aliases | None = None,
    proxy_extensions: Extensions = NO_EXTENSIONS,
) -> None:
    """Serve a domain from a user's account."""
    require_system(tx, "WEB_SYSTEM")
    account = require_active(tx, user)
    require_not_own(tx, user, SITE_NAMES, domain)
    require_room("WEB_DOMAINS", account.web_domains, count(tx, user))
    names = default_aliases(domain) if aliases is None else _others(aliases, domain)
    require_room("WEB_ALIASES", account.web_aliases, 0, len(names))
    require_free(tx, user, (domain, *names))
    address = choose_address(tx, user, ip)
    if tx.context.machine.read("exists", site_home(user, domain)):
        raise Exists(f"{site_home(user, domain)} exists", argument="domain")
    _insert(tx, account, domain, address, proxy_extensions)
    # The word "none" means no alias at all, so none is made of the address's name either.
    bound = alias_of_address(tx, address, domain) if aliases is None or names else ()
    more = [alias for alias in bound if alias not in names]
    # It counts as every other alias does; nobody asked for it, so no site is refused for its sake.
    insert_aliases(tx, user, domain, (*names, *more) if allows(account.web_aliases, len(names), len(more)) else names)
    note(tx, user, "Web", f"Added new web domain (Name: {domain}).")


def _insert(tx: Tx, account: Account, domain: Domain, address: str, proxy_extensions: str) -> None:
    values = {
        "account": account.name,
        "domain": domain,
        "parent": registrable(domain),
        "ip": address,
        "template": account.web_template,
        "backend": account.backend_template,
        "proxy": account.proxy_template,
        "proxy_extensions": proxy_extensions,
        "created": tx.context.now,
    }
    tx.execute(insert(web_domains).values(values))
    for scope, *key in (("site", account.name, domain), (NAME, domain), ("php", account.name)):
        tx.want(scope, *key)


def insert_aliases(tx: Tx, user: str, domain: str, names: Iterable[str]) -> None:
    """Insert aliases of a site, after those that it has."""
    here = (web_domains.c.account == user) & (web_domains.c.domain == domain)
    site_id = tx.value(select(web_domains.c.id).where(here))
    rows = [{"alias": name, "domain_id": site_id, "parent": registrable(name)} for name in names]
    if rows:
        tx.execute(insert(web_aliases), rows)


def default_aliases(domain: Domain) -> tuple[str, ...]:
    """``www.`` before a name that is registered as such; nothing for a name below one."""
    return (f"www.{domain}",) if registrable(domain) == domain.ascii else ()


def _others(aliases: Aliases, domain: Domain) -> tuple[str, ...]:
    return tuple(alias for alias in aliases if alias.ascii != domain.ascii)


def alias_of_address(state: State, ip: str, domain: Domain) -> tuple[str, ...]:
    """The name below that of the address, where it has one, by which the site is found before its own name points here.

    The domain becomes a single label, so that one wildcard record and one wildcard certificate serve all of them.
    """
    name = state.value(select(addresses.c.name).where(addresses.c.ip == ip))
    alias = f"{domain.ascii.replace('.', '-')}.{name}"
    free = bool(name) and Alias.accepts(alias) and not is_taken(state, NOUN, alias)
    return (alias,) if free else ()

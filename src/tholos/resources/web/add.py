"""Adding a site."""

from __future__ import annotations

import ipaddress

from sqlalchemy import func, insert, select

from tholos.kernel.command import command
from tholos.kernel.errors import Exists, Invalid
from tholos.kernel.tx import Tx
from tholos.resources.ip.record import choose_address
from tholos.resources.limits import require_room
from tholos.resources.log.model import note
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Address, Aliases, Domain
from tholos.resources.user.record import require_active
from tholos.resources.web.model import web_aliases, web_domains
from tholos.resources.web.record import registrable, require_parent_free, require_unused
from tholos.resources.web.types import Extensions
from tholos.resources.web.want import site_home

_NO_EXTENSIONS = Extensions("")


class NewDomain(Domain):
    """A domain name for a new site; an address is refused with a message of its own.

    No name ends in ``.error``: its log would be the error log of the site without that ending.
    """

    __slots__ = ()

    @classmethod
    def accepts(cls, raw: str) -> bool:
        return super().accepts(raw) and not raw.endswith(".error")

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        try:
            ipaddress.IPv4Address(raw)
        except ValueError:
            return super().refusal(raw, argument)
        return Invalid("Invalid domain format. IP address detected as input.", argument=argument, code=1)


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
    proxy_extensions: Extensions = _NO_EXTENSIONS,
) -> None:
    """Serve a domain from a user's account."""
    require_system(tx, "WEB_SYSTEM")
    account = require_active(tx, user)
    used = tx.value(select(func.count()).where(web_domains.c.account == user))
    require_room("WEB_DOMAINS", account.web_domains, used)
    names = (
        default_aliases(domain) if aliases is None else tuple(alias for alias in aliases if alias.ascii != domain.ascii)
    )
    require_room("WEB_ALIASES", account.web_aliases, 0, len(names))
    require_unused(tx, (domain, *names))
    require_parent_free(tx, user, (domain, *names))
    address = choose_address(tx, user, ip)
    if tx.context.machine.read("exists", site_home(user, domain)):
        raise Exists(f"{site_home(user, domain)} exists", argument="domain")
    site_id = tx.connection.execute(
        insert(web_domains).values(
            account=user,
            domain=domain,
            parent=registrable(domain),
            ip=address,
            template=account.web_template,
            backend=account.backend_template,
            proxy=account.proxy_template,
            proxy_extensions=proxy_extensions,
            created=tx.context.now,
        )
    ).inserted_primary_key
    add_aliases(tx, site_id[0] if site_id else 0, names)
    tx.want("site", user, domain)
    tx.want("php", user)
    note(tx, user, "Web", f"Added new web domain (Name: {domain}).")


def add_aliases(tx: Tx, site_id: int, names: tuple[str, ...]) -> None:
    """Insert the aliases of a site."""
    for name in names:
        tx.execute(insert(web_aliases).values(alias=name, domain_id=site_id, parent=registrable(name)))


def default_aliases(domain: Domain) -> tuple[str, ...]:
    """``www.`` before a name that is registered as such; nothing for a name below one."""
    return (f"www.{domain}",) if registrable(domain) == domain.ascii else ()

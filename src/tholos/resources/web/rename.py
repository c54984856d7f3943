"""Giving a site another name."""

from __future__ import annotations

from sqlalchemy import func, update

from tholos.kernel.command import command
from tholos.kernel.errors import Exists
from tholos.kernel.touched import Touched
from tholos.kernel.tx import Tx
from tholos.resources.domain.claims import is_taken
from tholos.resources.domain.registered import registrable
from tholos.resources.log.model import note
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require_active as require_active_account
from tholos.resources.web.model import web_aliases, web_domains
from tholos.resources.web.record import NOUN, Site, alias_names, of_account, require_active, require_free
from tholos.resources.web.types import NewDomain
from tholos.resources.web.want import NAME, site_home


@command(
    "web.domain.rename",
    legacy="v-change-web-domain-name USER DOMAIN NEW_DOMAIN [RESTART]",
    examples={"new_domain": "example.net"},
    rest="POST /users/{user}/web-domains/{domain}/rename",
    role="user",
)
def rename(tx: Tx, user: AccountName, domain: Domain, new_domain: NewDomain) -> None:
    """Give a site another name; its files, logs, aliases and settings go with it."""
    require_system(tx, "WEB_SYSTEM")
    require_active_account(tx, user)
    site = require_active(tx, user, domain)
    require_free(tx, user, (new_domain,))
    if tx.context.machine.read("exists", site_home(user, new_domain)):
        raise Exists(f"{site_home(user, new_domain)} exists", argument="new_domain")
    tx.execute(
        update(web_domains).where(web_domains.c.id == site.id).values(domain=new_domain, parent=registrable(new_domain))
    )
    _rename_alias(tx, site, f"www.{site.domain}", f"www.{new_domain}")
    move_roots(tx, user, site_home(user, site.domain), site_home(user, new_domain))
    want_moved(tx, (str(user), str(new_domain)), (str(user), str(site.domain)))
    tx.drop(NAME, site.domain)
    tx.want(NAME, new_domain)
    note(tx, user, "Web", f"Changed web domain name (Domain: {site.domain}, New: {new_domain}).")


def want_moved(tx: Tx, to: tuple[str, str], before: tuple[str, str]) -> None:
    """Say that a site is another one now: account and domain, and those that it had."""
    tx.want("site", *to, *before)
    tx.drop("site", *before)
    # A later call that changes the site in the same commit would be planned before its files are there.
    tx.changes.dropped.add(Touched("site", to))
    for account in dict.fromkeys((to[0], before[0])):
        tx.rebuild("php", account)


def move_roots(tx: Tx, user: str, before: str, after: str) -> None:
    """Have the document roots of an account that lie in a site's directory follow it."""
    for site in of_account(tx, user):
        if site.custom_docroot.startswith(f"{before}/"):
            changed = {
                column.name: func.replace(column, f"{before}/", f"{after}/")
                for column in (web_domains.c.custom_docroot, web_domains.c.custom_phproot)
            }
            tx.execute(update(web_domains).where(web_domains.c.id == site.id).values(changed))
            if site_home(user, site.domain) != after:
                tx.want("site", user, site.domain)


def _rename_alias(tx: Tx, site: Site, before: str, after: str) -> None:
    """The alias that a site got with its name follows the name."""
    if before in alias_names(site) and not is_taken(tx, NOUN, after):
        here = (web_aliases.c.domain_id == site.id) & (web_aliases.c.alias == before)
        tx.execute(update(web_aliases).where(here).values(alias=after, parent=registrable(after)))

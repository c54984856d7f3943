"""Aliases: the other names of a site."""

from __future__ import annotations

from sqlalchemy import delete

from tholos.kernel.command import command
from tholos.kernel.errors import Invalid, NotExist
from tholos.kernel.tx import Tx
from tholos.resources.idn import spellings
from tholos.resources.limits import require_room
from tholos.resources.log.model import note
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Alias, Aliases, Domain
from tholos.resources.user.record import require as require_account
from tholos.resources.user.record import require_active as require_active_account
from tholos.resources.web.add import insert_aliases
from tholos.resources.web.model import web_aliases
from tholos.resources.web.record import alias_names, refuse_repeated, require, require_active, require_free


@command(
    "web.alias.add",
    legacy="v-add-web-domain-alias USER DOMAIN ALIASES [RESTART]",
    rest="POST /users/{user}/web-domains/{domain}/aliases",
    role="user",
)
def add(tx: Tx, user: AccountName, domain: Domain, aliases: Aliases) -> None:
    """Serve a site under more names; the package's limit counts the aliases of one site."""
    require_system(tx, "WEB_SYSTEM")
    account = require_active_account(tx, user)
    site = require_active(tx, user, domain)
    if not aliases:
        raise Invalid("invalid aliases format ::", argument="aliases")
    refuse_repeated(site, aliases)
    require_room("WEB_ALIASES", account.web_aliases, len(alias_names(site)), len(aliases))
    require_free(tx, user, aliases)
    insert_aliases(tx, user, site.domain, aliases)
    tx.want("site", user, site.domain)
    note(tx, user, "Web", f"Added web domain alias (Domain: {site.domain}, Alias: {aliases}).")


@command(
    "web.alias.delete",
    legacy="v-delete-web-domain-alias USER DOMAIN ALIAS [RESTART]",
    usage="USER DOMAIN DOM_ALIAS [RESTART]",
    rest="DELETE /users/{user}/web-domains/{domain}/aliases/{alias}",
    role="user",
)
def remove(tx: Tx, user: AccountName, domain: Domain, alias: Alias) -> None:
    """Serve a site no longer under one of its names."""
    require_system(tx, "WEB_SYSTEM")
    require_account(tx, user)
    site = require(tx, user, domain)
    here = (web_aliases.c.domain_id == site.id) & web_aliases.c.alias.in_(spellings(alias))
    if tx.execute(delete(web_aliases).where(here)) == 0:
        raise NotExist(f"alias {alias} doesn't exist", argument="alias")
    tx.want("site", user, site.domain)
    note(tx, user, "Web", f"Deleted web domain alias (Domain: {site.domain}, Alias: {alias}).")

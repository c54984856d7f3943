"""Changing the templates that a site is served by."""

from __future__ import annotations

from sqlalchemy import select

from tholos.kernel.command import command
from tholos.kernel.errors import Exists, NotExist
from tholos.kernel.tx import State, Tx
from tholos.resources.log.model import note
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require as require_account
from tholos.resources.user.record import require_active as require_active_account
from tholos.resources.web.model import web_domains
from tholos.resources.web.record import Site, change, require, require_active
from tholos.resources.web.templates import PROXY, WEB, names, require_template
from tholos.resources.web.types import Extensions, TemplateName

STATIC = Extensions("css,js,jpg,jpeg,png,gif,svg,webp,avif,ico,woff,woff2,ttf,mp3,mp4,webm,pdf,zip")
"""Files that a proxy serves itself, when nothing else is said."""


@command(
    "web.template.change",
    legacy="v-change-web-domain-tpl USER DOMAIN TEMPLATE [RESTART]",
    examples={"template": "wordpress"},
    rest="PUT /users/{user}/web-domains/{domain}/template",
    role="user",
)
def change_template(tx: Tx, user: AccountName, domain: Domain, template: TemplateName) -> None:
    """Serve a site by another template."""
    site = _active(tx, "WEB_SYSTEM", user, domain)
    require_template(tx, WEB, template)
    change(tx, site, template=template)
    note(tx, user, "Web", f"Changed web domain template (Domain: {site.domain}, Template: {template}).")


@command(
    "web.proxy.add",
    legacy="v-add-web-domain-proxy USER DOMAIN [TEMPLATE] [EXTENSIONS] [RESTART]",
    usage="USER DOMAIN [TEMPLATE] [EXTENTIONS] [RESTART]",
    rest="POST /users/{user}/web-domains/{domain}/proxy",
    role="user",
)
def add_proxy(
    tx: Tx, user: AccountName, domain: Domain, template: TemplateName | None = None, extensions: Extensions = STATIC
) -> None:
    """Put a proxy in front of a site, by a template of the administrator's."""
    site = _active(tx, "PROXY_SYSTEM", user, domain)
    if _has_proxy(site):
        raise Exists(f"PROXY={site.proxy} exists")
    chosen = template or require_account(tx, user).proxy_template
    require_template(tx, PROXY, chosen)
    change(tx, site, proxy=chosen, proxy_extensions=extensions)
    note(tx, user, "Web", f"Enabled proxy support (Domain: {site.domain}, Template: {chosen}).")


@command(
    "web.proxy.change",
    legacy="v-change-web-domain-proxy-tpl USER DOMAIN TEMPLATE [EXTENSIONS] [RESTART]",
    usage="USER DOMAIN TEMPLATE [EXTENTIONS] [RESTART]",
    rest="PUT /users/{user}/web-domains/{domain}/proxy",
    role="user",
)
def change_proxy(
    tx: Tx, user: AccountName, domain: Domain, template: TemplateName, extensions: Extensions = STATIC
) -> None:
    """Have another proxy template in front of a site."""
    site = _active(tx, "PROXY_SYSTEM", user, domain)
    if not _has_proxy(site):
        raise NotExist(f"PROXY={site.proxy} doesn't exist")
    require_template(tx, PROXY, template)
    change(tx, site, proxy=template, proxy_extensions=extensions)
    note(tx, user, "Web", f"Changed proxy template (Domain: {site.domain}, Template: {template}).")


@command(
    "web.proxy.delete",
    legacy="v-delete-web-domain-proxy USER DOMAIN [RESTART]",
    rest="DELETE /users/{user}/web-domains/{domain}/proxy",
    role="user",
)
def remove_proxy(tx: Tx, user: AccountName, domain: Domain) -> None:
    """Take the proxy in front of a site away."""
    require_system(tx, "WEB_SYSTEM")
    require_account(tx, user)
    site = require(tx, user, domain)
    if not _has_proxy(site):
        raise NotExist(f"PROXY={site.proxy} doesn't exist")
    change(tx, site, proxy="", proxy_extensions="")
    note(tx, user, "Web", f"Disabled proxy support (Domain: {site.domain}).")


def plan_proxied(tx: Tx) -> None:
    """Have the sites served anew that have a proxy template which there is: proxies are switched on or off."""
    proxied = web_domains.c.proxy.in_(names(tx, PROXY))
    for row in tx.rows(select(web_domains.c.account, web_domains.c.domain).where(proxied)):
        tx.want("site", row.account, row.domain)


def _has_proxy(site: Site) -> bool:
    return site.proxy not in ("", "no")


def _active(state: State, system: str, user: AccountName, domain: Domain) -> Site:
    require_system(state, system)
    require_active_account(state, user)
    return require_active(state, user, domain)

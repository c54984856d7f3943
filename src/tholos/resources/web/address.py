"""Moving a site to another address."""

from __future__ import annotations

from sqlalchemy import update

from tholos.kernel.command import command
from tholos.kernel.tx import Tx
from tholos.resources.ip.record import choose_address
from tholos.resources.log.model import note
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Address, Domain
from tholos.resources.user.record import require_active as require_active_account
from tholos.resources.web.model import web_domains
from tholos.resources.web.record import require_active


@command(
    "web.domain.address.change",
    legacy="v-change-web-domain-ip USER DOMAIN IP [RESTART]",
    rest="PUT /users/{user}/web-domains/{domain}/ip",
    role="user",
)
def change(tx: Tx, user: AccountName, domain: Domain, ip: Address) -> None:
    """Serve a site on another address that the account may use."""
    require_system(tx, "WEB_SYSTEM")
    require_active_account(tx, user)
    site = require_active(tx, user, domain)
    address = choose_address(tx, user, ip)
    tx.execute(update(web_domains).where(web_domains.c.id == site.id).values(ip=address))
    tx.want("site", user, site.domain)
    note(tx, user, "Web", f"Changed web domain address (Domain: {site.domain}, IP: {address}).")

"""The pool of PHP that a site uses."""

from __future__ import annotations

from tholos.kernel.command import command
from tholos.kernel.errors import Exists, NotExist
from tholos.kernel.tx import Tx
from tholos.resources.log.model import note
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require as require_account
from tholos.resources.user.record import require_active as require_active_account
from tholos.resources.web import record
from tholos.resources.web.record import Site, require, require_active
from tholos.resources.web.templates import BACKEND, require_template
from tholos.resources.web.types import TemplateName

DEFAULT = TemplateName("default")


@command(
    "web.backend.add",
    legacy="v-add-web-domain-backend USER DOMAIN [TEMPLATE] [RESTART]",
    rest="POST /users/{user}/web-domains/{domain}/backend",
    role="user",
)
def add(tx: Tx, user: AccountName, domain: Domain, template: TemplateName = DEFAULT) -> None:
    """Give a site PHP again, after it was taken away."""
    require_system(tx, "WEB_BACKEND")
    require_account(tx, user)
    site = require(tx, user, domain)
    require_template(tx, BACKEND, template)
    if site.backend:
        raise Exists(f"backend {site.backend} exists")
    _use(tx, site, template)
    note(tx, user, "Web", f"Enabled backend (Domain: {site.domain}, Template: {template}).")


@command(
    "web.backend.change",
    legacy="v-change-web-domain-backend-tpl USER DOMAIN TEMPLATE [RESTART]",
    examples={"template": "no-php"},
    rest="PUT /users/{user}/web-domains/{domain}/backend",
    role="user",
)
def change(tx: Tx, user: AccountName, domain: Domain, template: TemplateName) -> None:
    """Run the PHP of a site by another pool template."""
    require_system(tx, "WEB_BACKEND")
    require_active_account(tx, user)
    site = require_active(tx, user, domain)
    require_template(tx, BACKEND, template)
    _use(tx, site, template)
    note(tx, user, "Web", f"Changed backend template (Domain: {site.domain}, Template: {template}).")


@command(
    "web.backend.delete",
    legacy="v-delete-web-domain-backend USER DOMAIN [RESTART]",
    rest="DELETE /users/{user}/web-domains/{domain}/backend",
    role="user",
)
def remove(tx: Tx, user: AccountName, domain: Domain) -> None:
    """Serve a site without PHP."""
    require_system(tx, "WEB_SYSTEM")
    require_account(tx, user)
    site = require(tx, user, domain)
    if not site.backend:
        raise NotExist(f"backend of {site.domain} doesn't exist", argument="domain")
    _use(tx, site, "")
    note(tx, user, "Web", f"Disabled backend (Domain: {site.domain}).")


def _use(tx: Tx, site: Site, template: str) -> None:
    record.change(tx, site, backend=template)
    tx.want("php", site.account)

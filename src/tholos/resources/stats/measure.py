"""Measuring now what is otherwise measured in the background; who calls waits for it outside of the writer."""

from __future__ import annotations

from tholos.kernel.command import command
from tholos.kernel.tx import Tx
from tholos.resources.stats.homes import keep_home, keep_sites, measure, measure_site
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require as require_account
from tholos.resources.user.record import require_active as require_active_account
from tholos.resources.web.record import require, require_active

TRAFFIC = "traffic"
"""The job that counts what sites have sent."""


@command("usage.home.measure", legacy="v-update-user-disk USER", rest="POST /users/{user}/measure-home", before=measure)
def update_home(tx: Tx, user: AccountName) -> None:
    """Measure anew what an account's home takes on the disk, without its sites and mail."""
    require_account(tx, user)
    keep_home(tx, user, tx.gathered())


@command(
    "usage.sites.measure",
    legacy="v-update-web-domains-disk USER",
    rest="POST /users/{user}/measure-web-domains",
    before=measure,
)
def update_sites(tx: Tx, user: AccountName) -> None:
    """Measure anew what all sites of an account take on the disk."""
    require_system(tx, "WEB_SYSTEM")
    require_account(tx, user)
    keep_sites(tx, user, tx.gathered())


@command(
    "usage.site.measure",
    legacy="v-update-web-domain-disk USER DOMAIN",
    rest="POST /users/{user}/web-domains/{domain}/measure",
    before=measure_site,
)
def update_site(tx: Tx, user: AccountName, domain: Domain) -> None:
    """Measure anew what a site takes on the disk."""
    require_system(tx, "WEB_SYSTEM")
    require_account(tx, user)
    require(tx, user, domain)
    keep_sites(tx, user, tx.gathered())


@command(
    "usage.sites.count",
    legacy="v-update-web-domains-traff USER",
    rest="POST /users/{user}/count-traffic",
)
def count_sites(tx: Tx, user: AccountName) -> None:
    """Count what the sites of an account have sent until now."""
    require_system(tx, "WEB_SYSTEM")
    require_account(tx, user)
    tx.wait_for(TRAFFIC)


@command(
    "usage.site.count",
    legacy="v-update-web-domain-traff USER DOMAIN",
    rest="POST /users/{user}/web-domains/{domain}/count-traffic",
)
def count_site(tx: Tx, user: AccountName, domain: Domain) -> None:
    """Count what a site has sent until now."""
    require_system(tx, "WEB_SYSTEM")
    require_active_account(tx, user)
    require_active(tx, user, domain)
    tx.wait_for(TRAFFIC)

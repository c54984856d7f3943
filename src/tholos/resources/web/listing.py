"""Whether a site lists the files of a directory that has no index."""

from __future__ import annotations

from tholos.kernel.command import command
from tholos.kernel.tx import Tx
from tholos.resources.log.model import note
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require_active as require_active_account
from tholos.resources.web.record import change, require_active
from tholos.resources.web.types import ListingMode


@command(
    "web.listing.change",
    legacy="v-change-web-domain-dirlist USER DOMAIN MODE",
    rest="PUT /users/{user}/web-domains/{domain}/listing",
    role="user",
)
def change_mode(tx: Tx, user: AccountName, domain: Domain, mode: ListingMode) -> None:
    """Show visitors the files of directories that have no index, or show them no longer."""
    require_system(tx, "WEB_SYSTEM")
    require_active_account(tx, user)
    site = require_active(tx, user, domain)
    shown = mode == "on"
    change(tx, site, listing=shown)
    word = "Enabled" if shown else "Disabled"
    note(tx, user, "Web", f"{word} directory listing (Domain: {site.domain}).", "Warning" if shown else "Info")

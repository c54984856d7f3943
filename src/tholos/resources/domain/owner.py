"""Giving a domain to another account."""

from __future__ import annotations

from tholos.kernel.command import command
from tholos.kernel.errors import NotExist
from tholos.kernel.tx import Tx
from tholos.resources.domain.claims import holder
from tholos.resources.domain.parts import parts
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.notification.leave import leave
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require_active


@command(
    "domain.owner.change",
    legacy="v-change-domain-owner DOMAIN USER",
    examples={"user": "bob"},
    rest="PUT /domains/{domain}/owner",
    role="admin",
)
def change(tx: Tx, domain: Domain, user: AccountName) -> None:
    """Move every part of a domain to another account, with the files."""
    require_active(tx, user)
    owners = {kind.noun: holder(tx, kind.names, domain) for kind in parts()}
    if not any(owners.values()):
        raise NotExist(f"domain {domain} doesn't exist", argument="domain")
    for kind in parts():
        before = owners[kind.noun]
        if before not in (None, str(user)):
            kind.move(tx, domain, AccountName(before), user)
            note(tx, before, "System", f"Domain was moved to another account (Domain: {domain}).")
    note(tx, SYSTEM, "System", f"Changed domain owner (Domain: {domain}, New: {user}).")
    note(tx, user, "System", f"Received domain (Domain: {domain}).")
    if any(before not in (None, str(user)) for before in owners.values()):
        leave(tx, user, "A domain was given to you", f"<p><b>{domain}</b> is yours from now on, with its files.</p>")

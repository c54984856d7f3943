"""Serving zones again as the state has them, and what becomes of zones with their account."""

from __future__ import annotations

from tholos.kernel.command import command
from tholos.kernel.errors import Invalid
from tholos.kernel.job import Started
from tholos.kernel.tx import Tx
from tholos.resources.cluster.adopt import adopt, adopt_all
from tholos.resources.cluster.prepared import prepare, prepare_all
from tholos.resources.dns.delete import remove_zone
from tholos.resources.dns.record import Zone, of_account, require
from tholos.resources.dns.served import change
from tholos.resources.dns.suspend import mark_all
from tholos.resources.dns.types import UpdateSerial
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.owned import Owned, owned
from tholos.resources.spread import spread
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require as require_account


@command(
    "dns.domain.rebuild",
    legacy="v-rebuild-dns-domain USER DOMAIN [RESTART] [UPDATE_SERIAL]",
    rest="POST /users/{user}/dns-domains/{domain}/rebuild",
    role="user",
    before=prepare,
)
def rebuild(tx: Tx, user: AccountName, domain: Domain, update_serial: UpdateSerial | None = None) -> None:
    """Apply a zone again, whatever is on the machine; UPDATE_SERIAL yes raises its serial."""
    require_system(tx, "DNS_SYSTEM")
    if require_account(tx, user).suspended:
        require(tx, user, domain)
        return
    adopt(tx, user, domain, tx.gathered())
    zone = require(tx, user, domain)
    rebuild_zone(tx, zone, raise_serial=update_serial == "yes")
    note(tx, SYSTEM, "System", f"DNS zone applied again (User: {user}, Domain: {domain}).")


@command(
    "dns.domain.rebuild_all",
    legacy="v-rebuild-dns-domains USER [RESTART] [UPDATE_SERIAL]",
    rest="POST /users/{user}/rebuild-dns-domains",
    role="user",
    before=prepare_all,
)
def rebuild_all(tx: Tx, user: AccountName, update_serial: UpdateSerial | None = None) -> Started | None:
    """Apply all zones of an account again; UPDATE_SERIAL yes raises their serials."""
    require_system(tx, "DNS_SYSTEM")
    if require_account(tx, user).suspended:
        return None
    adopted = adopt_all(tx, user, tx.gathered())
    for zone in of_account(tx, user):
        # Whoever has sent zones means these: the others are served as they are.
        meant = not adopted or update_serial is None or zone.zone in adopted
        if meant and not tx.goes_without(zone.zone):
            _rebuild_if_sound(tx, zone, raise_serial=update_serial == "yes")
    for name, reason in tx.left_out.items():
        _note_left_out(tx, user, name, reason)
    note(tx, SYSTEM, "System", f"DNS zones applied again (User: {user}).")
    # What was sent is only taken with what BIND says to it.
    return None if adopted else spread(tx, user)


def _rebuild_if_sound(tx: Tx, zone: Zone, *, raise_serial: bool) -> None:
    """As ``rebuild_zone``, but one that BIND would not load stays as it is, and the account's history says so."""
    try:
        with tx.connection.begin_nested():
            rebuild_zone(tx, zone, raise_serial=raise_serial)
    except Invalid as refusal:
        _note_left_out(tx, zone.account, zone.zone, refusal.text)


def _note_left_out(tx: Tx, user: str, name: str, reason: str) -> None:
    note(tx, user, "DNS", f"DNS zone not applied again (Name: {name}): {reason}.", "Warning")


def rebuild_zone(tx: Tx, zone: Zone, *, raise_serial: bool = False) -> None:
    """Have a zone written and loaded again."""
    change(tx, zone, raise_serial=raise_serial, queue=raise_serial)
    tx.rebuild("zone", zone.account, zone.zone)


def _rebuild_all(tx: Tx, user: str) -> None:
    for zone in of_account(tx, user):
        if tx.goes_without(zone.zone):
            _note_left_out(tx, user, zone.zone, tx.left_out[zone.zone])
        else:
            tx.rebuild("zone", user, zone.zone)


def _delete_all(tx: Tx, user: str) -> None:
    for zone in of_account(tx, user):
        remove_zone(tx, zone)


ZONES = owned(Owned(noun="dns", delete=_delete_all, mark_all=mark_all, rebuild=_rebuild_all))

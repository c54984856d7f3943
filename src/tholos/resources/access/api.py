"""Switching the API on and off, and saying from where it may be called."""

from __future__ import annotations

import ipaddress

from tholos.kernel.command import command
from tholos.kernel.errors import Refusal
from tholos.kernel.tx import Tx
from tholos.resources.access.sources import split
from tholos.resources.access.switches import ENDPOINT, REMOVED, ROOT_ONLY
from tholos.resources.access.types import ALLOW_ALL, ApiSource, ApiStatus, ApiVersion
from tholos.resources.log.model import note
from tholos.resources.system.model import setting
from tholos.resources.system.settings import set_setting

ALLOWED = "API_ALLOWED_IP"


@command("access.source.add", legacy="v-add-sys-api-ip IP", rest="POST /system/api/addresses")
def add_source(tx: Tx, ip: ApiSource) -> None:
    """Let an address or a network call the API; one that may already changes nothing."""
    listed = split(setting(tx, ALLOWED))
    if ip in listed:
        return
    set_setting(tx, ALLOWED, ",".join([*listed, ip]))
    note(tx, "system", "System", f"Address {ip} may call the API", "Warning")


@command("access.source.delete", legacy="v-delete-sys-api-ip IP", rest="DELETE /system/api/addresses/{ip}")
def delete_source(tx: Tx, ip: ApiSource) -> None:
    """Let an address or a network call the API no longer; one that may not changes nothing."""
    listed = split(setting(tx, ALLOWED))
    kept = [entry for entry in listed if not _is_same(entry, ip)]
    if len(kept) == len(listed):
        return
    set_setting(tx, ALLOWED, ",".join(kept))
    note(tx, "system", "System", f"Address {ip} may no longer call the API", "Warning")


@command(
    "access.api.change",
    legacy="v-change-sys-api STATUS [VERSION]",
    usage="STATUS VERSION",
    rest="PUT /system/api",
)
def change(tx: Tx, status: ApiStatus, version: ApiVersion | None = None) -> None:
    """Switch the API on or off, or take its address away altogether."""
    if status == "enable":
        _enable(tx, version)
        note(tx, "system", "System", f"API enabled ({version or 'endpoint'})", "Warning")
        return
    if status == "remove":
        if setting(tx, ENDPOINT) == REMOVED:
            raise Refusal("the API is removed already")
        set_setting(tx, ENDPOINT, REMOVED)
    for key, value in (("API", "no"), (ALLOWED, ""), ("API_SYSTEM", "0")):
        set_setting(tx, key, value)
    note(tx, "system", "System", f"API {status}d")


def _enable(tx: Tx, version: ApiVersion | None) -> None:
    if setting(tx, ENDPOINT) == REMOVED:
        set_setting(tx, ENDPOINT, "")
    if version in ("legacy", "all"):
        set_setting(tx, "API", "yes")
    if version in ("api", "all"):
        set_setting(tx, "API_SYSTEM", str(ROOT_ONLY))


def _is_same(entry: str, given: str) -> bool:
    """Tell whether an entry of the list is the one that is given, in whatever spelling."""
    if entry == given or ALLOW_ALL in (entry, given):
        return entry == given
    try:
        return ipaddress.ip_network(entry, strict=False) == ipaddress.ip_network(given, strict=False)
    except ValueError:
        return False

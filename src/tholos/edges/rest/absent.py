"""Commands that have no route, and why; a command without either is a fault that a test finds."""

from __future__ import annotations

from collections.abc import Mapping

_AT_ONCE = "Services take up every change at once, so no restart is ever left for later."
_COUNTED = "Counters are counted whenever they are read."
_WIRE = "It is what DNS masters of the reference call; between nodes it is called for them."
_PUSHED = "Changes are copied by themselves; POST /users/{user}/dns-domains/{domain}/push copies a zone at once."
_HASHES = "REST never shows a hash of a password, nor takes one for a proof; POST /users/{user}/password/check does it."

ABSENT: Mapping[str, str] = {
    "v-add-cron-restart-job": _AT_ONCE,
    **dict.fromkeys(
        (
            "v-insert-dns-domain",
            "v-insert-dns-record",
            "v-insert-dns-records",
            "v-list-dns-domains-src",
        ),
        _WIRE,
    ),
    **dict.fromkeys(
        (
            "v-add-remote-dns-record",
            "v-change-remote-dns-domain-exp",
            "v-change-remote-dns-domain-soa",
            "v-change-remote-dns-domain-ttl",
            "v-delete-remote-dns-domain",
            "v-delete-remote-dns-record",
        ),
        _PUSHED,
    ),
    "v-delete-dns-domains-dropped": "It is called by itself, 15 minutes after a master has sent its last zone.",
    "v-check-access-key": "A caller shows its own key, and GET /whoami tells what it is.",
    "v-check-api-key": "Legacy keys are the RPC API's.",
    "v-check-user-hash": _HASHES,
    "v-delete-cron-restart-job": _AT_ONCE,
    "v-generate-password-hash": _HASHES,
    "v-get-dns-domain-value": "GET /users/{user}/dns-domains/{domain} has every value, with its type.",
    "v-get-user-salt": _HASHES,
    "v-get-user-value": "GET /users/{user} has every value that is no secret, with its type.",
    "v-search-command": "The OpenAPI document has every operation with its summary.",
    "v-update-sys-ip-counters": _COUNTED,
    "v-update-user-counters": _COUNTED,
}

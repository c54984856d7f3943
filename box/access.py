"""Opening a fresh Tholos to its host: the API on, this one address allowed, an access key and a legacy key."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from box.say import Problem

Client = Callable[[Sequence[str]], str]


@dataclass(frozen=True)
class Keys:
    """What a client of the API authenticates with."""

    access_key: str
    secret_key: str
    api_hash: str


def open_to(client: Client, address: str) -> Keys:
    """Let exactly this address call the API, and make the keys; the client runs a command and gives its output."""
    client(["v-change-sys-config-value", "API", "yes"])
    client(["v-change-sys-config-value", "API_SYSTEM", "2"])
    client(["v-add-sys-api-ip", address])
    key = json.loads(client(["v-add-access-key", "admin", "*", "tholos up", "json"]))
    if "ACCESS_KEY_ID" not in key:
        # Lists of one are keyed by name.
        key = next(iter(key.values()))
    api_hash = client(["v-generate-api-key"]).strip()
    if not api_hash:
        raise Problem("v-generate-api-key printed nothing.")
    return Keys(key["ACCESS_KEY_ID"], key["SECRET_ACCESS_KEY"], api_hash)

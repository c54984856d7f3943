"""The name server as Debian ships it, made ready to be told of zones."""

from __future__ import annotations

from pathlib import Path

from tholos.install.applied import fingerprint, once, written
from tholos.install.context import Context
from tholos.install.host import directory, file, run, say

FILES = Path(__file__).parent / "files"
BIND = Path("/etc/bind")
OURS = BIND / "tholos"
LIBRARY = Path("/var/lib/bind")
OPTIONS = f"""\
// Tholos has written this once. It is yours, as long as it includes these two files.
include "{OURS}/peers.conf";

options {{
	directory "/var/cache/bind";
	dnssec-validation auto;
	include "{OURS}/options.conf";
}};
"""
HEAD = "// Written by Tholos from its state; changes here are lost.\n"
UNIT = Path("/etc/systemd/system/named.service.d")
ALWAYS_AGAIN = """\
# However often the name server has ended, it is started again: a node without one loses every domain.
[Unit]
StartLimitIntervalSec=0
[Service]
Restart=always
RestartSec=0.2
"""
NO_PEERS = f"""\
{HEAD}acl tholos-peers {{ none; }};
primaries tholos-notified {{ }};
"""


def named(_: Context) -> None:
    """Give the server our options, a key for its control channel, and directories for zones and keys."""
    directory(OURS, 0o750, group="bind")
    directory(LIBRARY / "zones", 0o1770, group="bind")
    directory(LIBRARY / "keys", 0o711)
    directory(UNIT, 0o755)
    if file(UNIT / "tholos.conf", ALWAYS_AGAIN):
        run(["systemctl", "daemon-reload"])
    options = written(FILES / "named.conf", OURS / "options.conf")
    for name, content in (("peers", NO_PEERS), ("catalogs", HEAD)):
        if not (OURS / f"{name}.conf").exists():
            file(OURS / f"{name}.conf", content, 0o640, group="bind")
    once("named", fingerprint(options, _main(), _control_key()), _restart)


def _main() -> str:
    """Have Debian's file of options include ours; what was there before stays beside it."""
    path = BIND / "named.conf.options"
    before = path.read_text() if path.exists() else ""
    if all(f'"{OURS}/{name}.conf"' in before for name in ("peers", "options")):
        return before
    if before:
        file(path.with_name(f"{path.name}.before-tholos"), before)
    file(path, OPTIONS)
    return OPTIONS


def _control_key() -> str:
    """Debian's package makes the key; one that is lost is made anew. Only root and the server can read it."""
    path = BIND / "rndc.key"
    if not path.exists():
        say(f"    {path}")
        run(["rndc-confgen", "-a", "-A", "hmac-sha256"])
    content = path.read_text()
    file(path, content, 0o640, "bind", "bind", quiet=True)
    return content


def _restart() -> None:
    run(["named-checkconf"])
    run(["systemctl", "restart", "named.service"])

"""The steps in their order, and the command line."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tholos.install import (
    accounts,
    administrator,
    certificate,
    code,
    commands,
    databases,
    dns,
    layout,
    logs,
    packages,
    services,
    units,
    web,
)
from tholos.install.context import Context, context, port
from tholos.install.host import InstallError, say

STEPS: tuple[tuple[str, Callable[[Context], None]], ...] = (
    ("system packages", packages.packages),
    ("system users", accounts.users),
    ("accounts of our own", accounts.extra_users),
    ("directories", layout.directories),
    ("code", code.release),
    ("dependencies", code.environment),
    ("certificate", certificate.certificate),
    ("PHP", web.php),
    ("nginx", web.nginx),
    ("name server", dns.named),
    ("database servers", databases.servers),
    ("log rotation", logs.rotation),
    ("units", units.units),
    ("programs", code.programs),
    ("commands", commands.commands),
    ("services", services.services),
    ("addresses", administrator.addresses),
    ("database hosts", databases.hosts),
)
HOSTNAME = re.compile(r"(?=.{4,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")


def main(argv: Sequence[str]) -> int:
    """Install, repair or upgrade Tholos on this machine; give the process's exit code."""
    options = _parser().parse_args(argv)
    try:
        _require_debian()
        chosen = context(options.hostname, options.email, options.wheelhouse, databases.chosen(options.databases))
        if not HOSTNAME.fullmatch(chosen.hostname):
            raise InstallError(f"{chosen.hostname!r} is no full host name; give one with --hostname.")
        with Path("/run/tholos-install.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            summary = _install(chosen)
    except InstallError as error:
        say(f"tholos install: {error}")
        return 1
    _print(summary, as_json=options.json)
    return 0


def _install(chosen: Context) -> dict[str, str]:
    os.umask(0o022)
    for number, (title, step) in enumerate(STEPS, start=1):
        start = time.monotonic()
        say(f"[{number}/{len(STEPS) + 1}] {title}")
        step(chosen)
        if time.monotonic() - start > 1:
            say(f"    {time.monotonic() - start:.1f} s")
    say(f"[{len(STEPS) + 1}/{len(STEPS) + 1}] administrator")
    password = administrator.administrator(chosen)
    summary = {"url": f"https://{chosen.hostname}:{port()}", "user": administrator.NAME}
    return {**summary, "password": password} if password else summary


def _print(summary: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(summary))
        return
    print(f"Tholos is ready at {summary['url']} for {summary['user']}.")
    if "password" in summary:
        print(f"The password, which is shown only now: {summary['password']}")


def _require_debian() -> None:
    if os.geteuid() != 0:
        raise InstallError("it changes the whole machine, so it must run as root.")
    release = Path("/etc/os-release")
    if not release.exists() or "VERSION_CODENAME=bookworm" not in release.read_text():
        raise InstallError("this machine is not Debian 12, for which it is made.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tholos install", description="Install, repair or upgrade Tholos here.")
    parser.add_argument("--hostname", help="the machine's full name (default: what it calls itself)")
    parser.add_argument("--email", help="the administrator's address (default: admin@HOSTNAME)")
    parser.add_argument("--wheelhouse", metavar="DIR", help="built dependencies, for a machine without a way out")
    parser.add_argument(
        "--databases", metavar="LIST", default="", help="database servers with commas between: mariadb,postgresql"
    )
    parser.add_argument("--json", action="store_true", help="print the summary as one JSON object")
    return parser

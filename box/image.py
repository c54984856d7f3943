"""The base image of every box: Debian 12 with systemd and all packages of the installer's list, built once."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from box.places import BOXES, CACHE, CHECKOUT, digest, locked
from box.say import Problem, run_long, say, step

SUITE = "bookworm"
LISTS = CHECKOUT / "src/tholos/install"
# What makes a Debian tree a machine that boots and can be entered; what a server needs is in the installer's list.
MACHINE = ("systemd", "systemd-sysv", "dbus", "libpam-systemd", "iproute2", "nftables", "less")
# What customers' programs are written in, to run the samples of the documentation.
PROGRAMS = ("nodejs",)
HOOKS = (
    # Nothing may start inside the image while it is built, or it would leave sockets, keys and logs of that run in it.
    "--essential-hook=printf '#!/bin/sh\\nexit 101\\n' >\"$1/usr/sbin/policy-rc.d\"; "
    'chmod 755 "$1/usr/sbin/policy-rc.d"',
    '--customize-hook=rm -f "$1/usr/sbin/policy-rc.d"',
    # What tells one machine from another is given to each box when it boots.
    '--customize-hook=: >"$1/etc/machine-id"; '
    'rm -f "$1/etc/hostname" "$1/etc/resolv.conf" "$1/var/lib/dbus/machine-id"',
    # A box has no route out: timers that fetch would only fail, and a console login has nobody to talk to.
    '--customize-hook=chroot "$1" systemctl mask apt-daily.timer apt-daily-upgrade.timer console-getty.service'
    " getty@.service systemd-networkd-wait-online.service",
    # What a server has only when it is chosen starts when the installer says so.
    '--customize-hook=chroot "$1" systemctl disable mariadb.service postgresql.service',
)
OPTIONS = ("--variant=minbase", "--mode=root", "--format=directory", "--skip=cleanup/reproducible")
# The host's own way to its mirror, which the image's package manager must share.
SHARED_SETTINGS = re.compile(
    r'^(Acquire::(?:https?::Proxy|Check-Valid-Until|Check-Date)\b.*) "([^"]*)";$', re.MULTILINE
)


def packages() -> tuple[str, ...]:
    """Give all packages that the installer may be asked for, without comments."""
    files = sorted(LISTS.glob("packages*.txt"))
    lines = (line.split("#")[0].strip() for file in files for line in file.read_text().splitlines())
    return tuple(line for line in lines if line)


def path() -> Path:
    """Give where the image for today's package list is, whether or not it has been built."""
    return CACHE / "images" / digest(SUITE, platform.machine(), *MACHINE, *PROGRAMS, *packages(), *HOOKS, *OPTIONS)


def ensure() -> Path:
    """Give the image's root directory, after building it if this package list was never built here."""
    final = path()
    if final.is_dir():
        return final
    with locked(CACHE / "images"), step(f"building the Debian {SUITE} image ({len(packages())} named packages; once)"):
        if final.is_dir():
            return final
        for abandoned in final.parent.glob("building-*"):
            shutil.rmtree(abandoned)
        scratch = Path(tempfile.mkdtemp(prefix="building-", dir=final.parent))
        try:
            _build(scratch / "root")
            (scratch / "root").rename(final)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    _prune(final)
    return final


def _build(root: Path) -> None:
    names = ",".join((*MACHINE, *PROGRAMS, *packages()))
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8", "TMPDIR": str(root.parent)}
    argv = ["mmdebstrap", *OPTIONS, f"--include={names}", *_host_settings(), *HOOKS, SUITE, str(root), *_host_sources()]
    run_long(argv, CACHE / "logs" / "image.log", env=environment)
    if not (root / "usr/lib/systemd/systemd").exists():
        raise Problem(f"the image was built without systemd; see {CACHE / 'logs' / 'image.log'}.")


def _host_settings() -> list[str]:
    """Give the host's proxy and clock settings of apt as options."""
    dump = subprocess.run(["apt-config", "dump"], text=True, capture_output=True, check=True).stdout
    return [f'--aptopt={key} "{value}"' for key, value in SHARED_SETTINGS.findall(dump)]


def _host_sources() -> list[str]:
    """Give the host's files of sources that carry this suite; with none, mmdebstrap's own default is used."""
    etc = Path("/etc/apt")
    files = [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*.list"))]
    files += sorted((etc / "sources.list.d").glob("*.sources"))
    found = [str(file) for file in files if file.is_file() and re.search(rf"(?m)^[^#]*\b{SUITE}\b", file.read_text())]
    return [file for file in found if _is_debian(Path(file))]


def _is_debian(file: Path) -> bool:
    """Tell whether a file of sources is Debian's own, not a third party's with packages for the same suite."""
    return re.search(rf"(?m)^(deb\s.*\s{SUITE}\s+main|Components:.*\bmain\b)", file.read_text()) is not None


def _prune(keep: Path) -> None:
    """Remove images of older package lists that no box stands on."""
    used = {Path(file.read_text()) for file in BOXES.glob("*/image")}
    for old in keep.parent.iterdir():
        if old.is_dir() and old != keep and old not in used:
            say(f"    removing the older image {old.name}")
            shutil.rmtree(old, ignore_errors=True)

"""nginx and PHP as Debian ships them, made ready for sites and accounts of ours."""

from __future__ import annotations

from pathlib import Path

from tholos.install.context import Context
from tholos.install.host import attempt, directory, file, run

FILES = Path(__file__).parent / "files"
NGINX = Path("/etc/nginx")
DROP_IN = Path("/etc/systemd/system/nginx.service.d")


def nginx(_: Context) -> None:
    """Include our sites, drop the example site, and let nginx open as many files as thousands of sites have logs."""
    directory(NGINX / "conf.d/domains", 0o755)
    directory(Path("/var/log/nginx/domains"), 0o771)
    directory(DROP_IN, 0o755)
    limits = file(DROP_IN / "tholos.conf", (FILES / "nginx-limits.conf").read_text())
    changed = file(NGINX / "conf.d/tholos.conf", (FILES / "nginx.conf").read_text())
    example = NGINX / "sites-enabled/default"
    if example.is_symlink():
        example.unlink()
        changed = True
    if limits or changed:
        run(["nginx", "-t", "-q"])
    if limits:
        run(["systemctl", "daemon-reload"])
        run(["systemctl", "restart", "nginx.service"])
    elif changed:
        run(["systemctl", "reload-or-restart", "nginx.service"])


def php(_: Context) -> None:
    """Stop the distribution's one php-fpm for everybody: each account gets one of its own."""
    if attempt(["systemctl", "is-enabled", "--quiet", "php8.2-fpm.service"]).returncode == 0:
        run(["systemctl", "disable", "--quiet", "--now", "php8.2-fpm.service"])

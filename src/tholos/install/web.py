"""nginx and PHP as Debian ships them, made ready for sites and accounts of ours."""

from __future__ import annotations

from pathlib import Path

from tholos.install.applied import fingerprint, once, written
from tholos.install.context import Context
from tholos.install.host import attempt, directory, run

FILES = Path(__file__).parent / "files"
NGINX = Path("/etc/nginx")
DROP_IN = Path("/etc/systemd/system/nginx.service.d")


def nginx(_: Context) -> None:
    """Include our sites, drop the example site, and let nginx open as many files as thousands of sites have logs."""
    directory(NGINX / "conf.d/domains", 0o755)
    directory(Path("/var/log/nginx/domains"), 0o771)
    directory(Path("/var/log/nginx/tholos"), 0o711)
    directory(DROP_IN, 0o755)
    limits = written(FILES / "nginx-limits.conf", DROP_IN / "tholos.conf")
    settings = written(FILES / "nginx.conf", NGINX / "conf.d/tholos.conf")
    (NGINX / "sites-enabled/default").unlink(missing_ok=True)
    once("nginx-limits", fingerprint(limits), _restart)
    once("nginx", fingerprint(limits, settings), _reload)


def _restart() -> None:
    """Only a new process has new limits."""
    run(["nginx", "-t", "-q"])
    run(["systemctl", "daemon-reload"])
    run(["systemctl", "restart", "nginx.service"])


def _reload() -> None:
    run(["nginx", "-t", "-q"])
    run(["systemctl", "reload-or-restart", "nginx.service"])


def php(_: Context) -> None:
    """Stop the distribution's one php-fpm for everybody: each account gets one of its own."""
    if attempt(["systemctl", "is-enabled", "--quiet", "php8.2-fpm.service"]).returncode == 0:
        run(["systemctl", "disable", "--quiet", "--now", "php8.2-fpm.service"])

"""Having the services of a kind take up their configuration, and restarting the machine."""

from __future__ import annotations

from tholos.kernel.command import command
from tholos.kernel.errors import Invalid
from tholos.kernel.tx import Tx
from tholos.resources.log.model import note
from tholos.resources.system.model import setting
from tholos.resources.system.services import act
from tholos.resources.system.types import Delay, PhpVersionWord, RestartWord

_PROGRAMS = {"php-fpm": "php8.2-fpm", "named": "bind9"}
"""Services whose name is not the word in the settings."""


def _take_up(tx: Tx, key: str, restart: RestartWord | None) -> None:
    """Reload what serves a subsystem (restart it for ``ssl``); a subsystem that is off has nothing to reload."""
    program = setting(tx, key)
    if restart == "no" or program in ("", "no"):
        return
    act(tx, _PROGRAMS.get(program, program), "restart" if restart == "ssl" else "reload")


@command("system.web.restart", legacy="v-restart-web [RESTARRT]", rest="POST /services/web/reload")
def web(tx: Tx, restarrt: RestartWord | None = None) -> None:
    """Have the web server take up its configuration."""
    _take_up(tx, "WEB_SYSTEM", restarrt)


@command("system.proxy.restart", legacy="v-restart-proxy [RESTART]", rest="POST /services/proxy/reload")
def proxy(tx: Tx, restart: RestartWord | None = None) -> None:
    """Have the proxy server take up its configuration."""
    _take_up(tx, "PROXY_SYSTEM", restart)


@command("system.backend.restart", legacy="v-restart-web-backend [RESTART] [VERSION]", rest="POST /services/php/reload")
def backend(tx: Tx, restart: RestartWord | None = None, version: PhpVersionWord | None = None) -> None:
    """Have the PHP of every account take up its configuration."""
    if version is not None and version not in tx.context.machine.read("php"):
        raise Invalid(f"invalid version format :: {version}", argument="version")
    _take_up(tx, "WEB_BACKEND", restart)


@command("system.dns.restart", legacy="v-restart-dns [RESTART]", rest="POST /services/dns/reload")
def dns(tx: Tx, restart: RestartWord | None = None) -> None:
    """Have the name server take up its configuration."""
    _take_up(tx, "DNS_SYSTEM", restart)


@command("system.mail.restart", legacy="v-restart-mail [RESTART]", rest="POST /services/mail/reload")
def mail(tx: Tx, restart: RestartWord | None = None) -> None:
    """Have the mail servers take up their configuration."""
    _take_up(tx, "MAIL_SYSTEM", restart)
    _take_up(tx, "IMAP_SYSTEM", restart)


@command("system.ftp.restart", legacy="v-restart-ftp [RESTART]", rest="POST /services/ftp/reload")
def ftp(tx: Tx, restart: RestartWord | None = None) -> None:
    """Have the FTP server take up its configuration."""
    _take_up(tx, "FTP_SYSTEM", restart)


@command("system.cron.restart", legacy="v-restart-cron [RESTART]", rest="POST /services/cron/reload")
def cron(tx: Tx, restart: RestartWord | None = None) -> None:
    """Have the job scheduler take up its jobs; without RESTART nothing happens, as in the reference."""
    if restart is not None:
        _take_up(tx, "CRON_SYSTEM", restart)


@command("system.reboot", legacy="v-restart-system RESTART [DELAY]", rest="POST /system/restart")
def reboot(tx: Tx, restart: RestartWord, delay: Delay | None = None) -> None:
    """Restart the machine after a delay of some minutes; RESTART must be yes."""
    if restart != "yes":
        return
    # One minute at least, so that this call is answered and what came before it is finished.
    tx.rebuild("service", "system", "reboot", str(max(delay or 1, 1)))
    note(tx, "system", "System", "Restart of the machine was asked for.", "Warning")

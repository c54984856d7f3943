"""Linux accounts, in files of our own that the name service reads (libnss-extrausers), and their homes.

useradd(8) rewrites files that grow with the number of accounts and holds a lock meanwhile; a line of our own costs
milliseconds, can be undone, and can be written again from the state. See ADR 2.
"""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.steps import Acl, Directory, Discard, End, Line, Link, Remove, Step
from tholos.drivers.encoders import colon_field
from tholos.kernel.passwords import LOCKED
from tholos.kernel.touched import Key
from tholos.resources.user.want import AccountWant

PASSWD = "/var/lib/extrausers/passwd"  # noqa: S105 - a file, no password
SHADOW = "/var/lib/extrausers/shadow"
GROUP = "/var/lib/extrausers/group"
WWW_DATA = 33
"""The group of web servers, the same number on every Debian (base-passwd)."""
SHADOW_GROUP = 42
"""The group that may read shadow(5), the same number on every Debian (base-passwd)."""
JAIL_GROUP = "_sftp_"
"""How the names of groups begin that mark accounts in the SFTP jail; no account can be called so."""
_JAIL_GIDS = 0x70000000
"""Their numbers begin here, in a range that nothing else uses (systemd's "Users, Groups, UIDs and GIDs")."""
_OWN = (".cache", ".composer", ".config", ".local", ".npm", ".ssh", ".vscode-server", ".wp-cli", "tmp")


def plan(key: Key, want: AccountWant | None, host: Host) -> Iterator[Step]:
    """The lines of an account in three files, and its home."""
    if want is None:
        yield from _absent(key[0], host)
        return
    yield Line(PASSWD, want.name, _passwd(want, host))
    # An account that expired long ago is refused by PAM whatever it shows: a key alone would still forward ports.
    expiry = "1" if want.password_hash.startswith(LOCKED) else ""
    secrets = _fields(want.name, want.password_hash, "", "0", "99999", "7", "", expiry, "")
    yield Line(SHADOW, want.name, secrets, mode=0o640, group=SHADOW_GROUP)
    yield Line(GROUP, want.name, _fields(want.name, "x", str(want.uid), ""))
    yield from _home(want)
    yield from _jail(want)


def _absent(name: str, host: Host) -> Iterator[Step]:
    uid = _uid_of(name, host)
    if uid is not None:
        yield End(uid)
    for path in (PASSWD, SHADOW, GROUP):
        yield Line(path, name, None)
    yield Line(GROUP, f"{JAIL_GROUP}{name}", None)
    for directory in ("/home", "/var/spool/cron/crontabs", "/var/mail"):
        yield Discard(f"{directory}/{name}")


def _uid_of(name: str, host: Host) -> int | None:
    """The number of an account that is still in our file."""
    for line in (host.read(PASSWD) or b"").splitlines():
        fields = line.decode(errors="replace").split(":")
        if fields[0] == name and len(fields) > 2 and fields[2].isdigit():
            return int(fields[2])
    return None


def _passwd(want: AccountWant, host: Host) -> str:
    uid = str(want.uid)
    return _fields(want.name, "x", uid, uid, want.gecos, want.home, shell_path(want.shell, host))


def _fields(*values: str) -> str:
    return ":".join(map(colon_field, values))


def shell_path(name: str, host: Host) -> str:
    """The program of a shell's short name, from /etc/shells; an unknown one allows no login."""
    for line in (host.read("/etc/shells") or b"").decode(errors="replace").splitlines():
        if line.startswith("/") and line.rpartition("/")[2] == name:
            return line
    return "/usr/sbin/nologin"


def _home(want: AccountWant) -> Iterator[Step]:
    """The home belongs to root and lets in the account and web servers alone: neighbours cannot even pass through."""
    home, uid = want.home, want.uid
    yield Directory(home, 0o700, 0, 0, Acl(users=((uid, 5),), groups=((WWW_DATA, 1),)))
    yield Directory(f"{home}/conf", 0o755)
    yield Directory(f"{home}/conf/web", 0o751)
    yield Directory(f"{home}/conf/dns", 0o751)
    yield Directory(f"{home}/conf/mail", 0o751)
    yield Directory(f"{home}/mail", 0o751)
    yield Directory(f"{home}/web", 0o751, 0, uid)
    for name in _OWN:
        yield Directory(f"{home}/{name}", 0o700, uid, uid, keep=True)


def _jail(want: AccountWant) -> Iterator[Step]:
    """What sshd knows an account in the jail by; and paths of the machine mean the same inside as outside."""
    group, own = f"{JAIL_GROUP}{want.name}", f"{want.home}/home"
    if not want.jailed:
        yield Line(GROUP, group, None)
        yield Remove(f"{own}/{want.name}")
        return
    yield Line(GROUP, group, _fields(group, "x", str(_JAIL_GIDS + want.uid), want.name))
    yield Directory(own, 0o755)
    yield Link(f"{own}/{want.name}", "..")


DRIVER = Driver("unix_accounts", "account", 10, plan)

"""Composer in an account's home: a link to Debian's, and an alias for the account's shell (bash(1))."""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.readings.composer import aliases
from tholos.apply.steps import Directory, Link, Step, Write
from tholos.kernel.errors import Forbidden
from tholos.kernel.touched import Key
from tholos.resources.user.composer import PROGRAM, ComposerWant

_BEGINNING = b"alias composer="
_ALIAS = _BEGINNING + b'"$HOME/.composer/composer"'
_STARTUP = (".bashrc", ".profile")
"""Debian's own have a shell read the aliases; a home of ours begins without them."""


def plan(key: Key, want: ComposerWant | None, host: Host) -> Iterator[Step]:
    """The link and the alias; nothing where the account has left no room, which is nobody's loss but its own."""
    if want is None:
        return
    home, uid = f"/home/{want.name}", want.uid
    try:
        before = aliases(host, want.name, str(uid))
    except Forbidden:
        return
    for name in (".config", ".composer"):
        yield Directory(f"{home}/{name}", 0o700, uid, uid, keep=True)
    yield Link(f"{home}/.composer/composer", PROGRAM)
    for name in _STARTUP:
        if (text := host.read(f"/etc/skel/{name}")) is not None:
            yield Write(f"{home}/{name}", text, 0o644, uid, uid, keep=True)
    after = with_alias(before)
    if after != before:
        yield Write(f"{home}/.bash_aliases", after, 0o644, uid, uid)


def with_alias(before: bytes) -> bytes:
    """The file with our alias in place of any other of that name; every other line stays."""
    lines = before.splitlines()
    named = [line for line in lines if line.lstrip().startswith(_BEGINNING)]
    if named == [_ALIAS]:
        return before
    return b"".join(line + b"\n" for line in (*(line for line in lines if line not in named), _ALIAS))


DRIVER = Driver("composer", "composer", 27, plan)

"""Looking whether an account has left room for its Composer."""

from __future__ import annotations

from tholos.apply.host import Host
from tholos.apply.machine import reading
from tholos.apply.readings.own_files import content, require_free


@reading("composer place")
def aliases(host: Host, account: str, uid: str) -> bytes:
    """What the shell's aliases of an account are; Forbidden where they, or its Composer, cannot be written."""
    home = f"/home/{account}"
    require_free(host, f"{home}/.composer/composer")
    return content(host, f"{home}/.bash_aliases", int(uid))

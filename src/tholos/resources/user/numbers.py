"""Which number the next account gets: one that was never given, and that nothing else on the machine uses.

Debian gives people 1000 to 59999 (Debian policy 9.2.2). Above are systemd's numbers for homes and for services that run
as users of the moment (60001 to 65519), nobody (65534) and -1 in 16 bits (65535); from 100000 on, adduser gives numbers
for containers (subuid(5)). Between those two nothing is given by anybody.
"""

from __future__ import annotations

from sqlalchemy import column, select, table

from tholos.kernel.errors import LimitReached
from tholos.kernel.tx import State
from tholos.resources.user.model import FIRST_UID

SEQUENCE = table("sqlite_sequence", column("name"), column("seq"))
"""The last number that SQLite has given in a table, also when its row is gone."""
_LAST = select(SEQUENCE.c.seq).where(SEQUENCE.c.name == "accounts")
_LEFT_OUT = range(60_000, 65_536)
_HIGHEST = 99_999


def next_id(state: State) -> int:
    """The id of the account that is added next; raise LimitReached when all numbers were given."""
    number = FIRST_UID + (state.value(_LAST) or 0) + 1
    if number in _LEFT_OUT:
        number = _LEFT_OUT.stop
    if number > _HIGHEST:
        raise LimitReached(f"user number limit is reached :: all up to {_HIGHEST} have been given")
    return number - FIRST_UID

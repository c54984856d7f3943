"""What becomes of an account's addresses when it goes."""

from __future__ import annotations

from sqlalchemy import update

from tholos.kernel.tx import Tx
from tholos.resources.ip.model import addresses
from tholos.resources.owned import Owned, owned
from tholos.resources.system.model import root_user


def _give_back(tx: Tx, user: str) -> None:
    kept = {"owner": root_user(tx), "status": "dedicated"}
    tx.execute(update(addresses).where(addresses.c.owner == user).values(kept))


ADDRESSES = owned(Owned("ip", delete=_give_back))

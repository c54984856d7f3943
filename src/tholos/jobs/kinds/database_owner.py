"""Giving a database to another account: copied into the one that was made there, then handed over in one commit."""

from __future__ import annotations

from tholos.jobs.databases.insisting import insist
from tholos.jobs.databases.logins import Place, place_of
from tholos.jobs.databases.moving import copy
from tholos.jobs.declared import job
from tholos.jobs.run import Run
from tholos.jobs.sandbox import clear, forget
from tholos.resources.database.owner import GiveAway, hand_over, require_both, take_back
from tholos.resources.database.record import Gone

_CANNOT = "the database can't be opened again yet, which is tried every hour"


@job(GiveAway)
def carry_out(run: Run, asked: GiveAway) -> str | None:
    """Copy, then hand over; when either fails or is called off before, all is as it was."""
    try:
        clear(run)
        run.log("copying")
        run.step("copy", lambda: _copy(run, asked))
        run.step("hand over", lambda: run.change(lambda tx: hand_over(tx, asked, run.id)))
    except Exception:  # A full disk is no refusal, and leaves as much to be taken back.
        run.check_end()
        gone = _gone(run, asked)
        if not insist(run, lambda: run.change(lambda tx: take_back(tx, asked, run.id)), _CANNOT):
            forget(run)
            if gone is not None:
                raise gone from None
            raise
    forget(run)
    return None


def _gone(run: Run, asked: GiveAway) -> Gone | None:
    """What the job ends with when one of both databases was deleted meanwhile."""
    try:
        run.read(lambda state: require_both(state, asked, run.id))
    except Gone as gone:
        return gone
    return None


def _copy(run: Run, asked: GiveAway) -> None:
    old, new = (_place(run, id) for id in (asked.old, asked.new))
    copy(run, old, new)


def _place(run: Run, id: int) -> Place:
    return run.read(lambda state: place_of(state, id, run.id))

"""What waits for being dropped on a database server, while somebody makes a namesake of it."""

from __future__ import annotations

import threading

from tholos.apply.sql.retired import Retired

THING = ("pgsql/localhost", "login alice_shop")


def test_what_is_planned_with_is_dropped_after_the_round_at_the_earliest() -> None:
    retired, dropped = Retired(), threading.Event()
    retired.add([THING])
    purge = threading.Thread(target=retired.drop, args=(THING, dropped.set))
    with retired.holding():
        assert retired.hold(THING)
        purge.start()
        assert not dropped.wait(0.2)
    purge.join(60)
    assert dropped.is_set() and not retired.holds(THING)


def test_what_is_made_anew_in_the_round_is_never_dropped() -> None:
    retired, dropped = Retired(), threading.Event()
    retired.add([THING])
    purge = threading.Thread(target=retired.drop, args=(THING, dropped.set))
    with retired.holding():
        assert retired.hold(THING)
        purge.start()
        retired.reclaim(THING)
    purge.join(60)
    assert not dropped.is_set()


def test_what_is_being_dropped_is_waited_for() -> None:
    retired, begun, goes_on = Retired(), threading.Event(), threading.Event()
    retired.add([THING])

    def drop() -> None:
        begun.set()
        goes_on.wait(60)

    purge = threading.Thread(target=retired.drop, args=(THING, drop))
    purge.start()
    begun.wait(60)
    threading.Timer(0.1, goes_on.set).start()
    with retired.holding():
        assert not retired.hold(THING)
    purge.join(60)

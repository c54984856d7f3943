"""Histories and logins are kept for a while, not for ever."""

from __future__ import annotations

from tests.conftest import call

from tholos.apply.writer import Work
from tholos.bootstrap import ROOT, Engine
from tholos.kernel.tx import Tx
from tholos.resources.log import logins
from tholos.resources.log.model import KEPT, note


def test_the_oldest_entries_of_a_history_go(town: Engine) -> None:
    def write_many(tx: Tx) -> None:
        for number in range(700):
            note(tx, "alice", "Web", f"entry {number}")

    town.writer.submit(Work(write_many, town.dispatcher.context(ROOT, "127.0.0.1"))).result()
    lines = call(town, "v-list-user-log", "alice", "plain")[1].splitlines()
    assert lines[-1].endswith("entry 699")
    assert 250 <= len(lines) <= KEPT
    numbers = [int(line.split("\t")[0]) for line in lines]
    assert numbers == list(range(numbers[0], numbers[-1] + 1))


def test_a_list_of_logins_shows_the_last_ten(town: Engine) -> None:
    for number in range(12):
        assert call(town, "v-log-user-login", "alice", "198.18.0.50", "success", f"mark{number}")[0] == 0
    lines = call(town, "v-list-user-auth-log", "alice", "plain")[1].splitlines()
    assert [line.split("\t")[6] for line in lines] == [f"mark{number}" for number in range(2, 12)]
    assert logins.KEPT >= logins.SHOWN

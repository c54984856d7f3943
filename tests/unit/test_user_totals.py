"""The node's totals are kept by triggers; they are always what counting would give."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tholos.bootstrap import ROOT, Engine
from tholos.kernel.command import COMMANDS
from tholos.kernel.errors import Refusal
from tholos.kernel.tx import State
from tholos.resources.user.model import accounts
from tholos.resources.user.record import totals

ACTIONS = st.sampled_from(["v-add-user", "v-delete-user", "v-suspend-user", "v-unsuspend-user"])
NAMES = st.sampled_from(["ann", "ben", "cat"])


def _do(engine: Engine, command: str, name: str) -> None:
    extra = ("/tmp/absent-file", f"{name}@example.org") if command == "v-add-user" else ()
    with suppress(Refusal):
        engine.dispatcher.run(COMMANDS[command], (name, *extra), ROOT, "127.0.0.1")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(ACTIONS, NAMES), max_size=8))
def test_totals_equal_counts(engine: Engine, actions: list[tuple[str, str]]) -> None:
    for command, name in actions:
        _do(engine, command, name)
    with engine.store.reading() as connection:
        state = State(connection, engine.dispatcher.context(ROOT, "127.0.0.1"))
        counted = state.row(select(func.count(), func.count().filter(accounts.c.suspended)).select_from(accounts))
        assert counted is not None and totals(state) == tuple(counted)

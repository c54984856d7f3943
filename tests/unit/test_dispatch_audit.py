"""The audit trail: every committed change, and no secret."""

from __future__ import annotations

from sqlalchemy import select

from tholos.apply.model import audit
from tholos.bootstrap import ROOT, Engine
from tholos.kernel.command import COMMANDS
from tholos.kernel.errors import Refusal

SECRET = "Hearth-2468"


def _trail(engine: Engine) -> list[tuple[str, str]]:
    with engine.store.reading() as connection:
        rows = connection.execute(select(audit.c.command, audit.c.arguments).order_by(audit.c.id))
        return [(row.command, row.arguments) for row in rows]


def _do(engine: Engine, command: str, *values: str) -> None:
    engine.dispatcher.run(COMMANDS[command], values, ROOT, "127.0.0.1")


def test_a_change_is_audited_and_its_secrets_are_masked(engine: Engine) -> None:
    _do(engine, "v-add-user", "ann", SECRET, "ann@example.org")
    _do(engine, "v-change-sys-config-value", "SERVER_SMTP_PASSWD", SECRET)
    last = _trail(engine)[-2:]
    assert [command for command, _ in last] == ["v-add-user", "v-change-sys-config-value"]
    assert '"user":"ann"' in last[0][1]
    assert all("******" in arguments and SECRET not in arguments for _, arguments in last)


def test_a_refused_change_is_not_audited(engine: Engine) -> None:
    before = _trail(engine)
    try:
        _do(engine, "v-suspend-user", "nobody")
    except Refusal as refusal:
        assert refusal.code == 3
    assert _trail(engine) == before

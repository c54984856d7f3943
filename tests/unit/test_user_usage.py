"""What nouns count is what lists show and what a smaller package is compared with."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from tests.conftest import call

from tholos.bootstrap import ROOT, Engine
from tholos.kernel.tx import State
from tholos.resources.log.model import history
from tholos.resources.package.model import LIMITS
from tholos.resources.types import AccountName
from tholos.resources.usage import COMPARED, COUNTED, COUNTS, EXACT, compared, counted
from tholos.resources.user import record
from tholos.resources.user.model import accounts
from tholos.resources.user.record import listed
from tholos.resources.user.resource import User
from tholos.resources.user.views import FIELDS

ENTRIES = select(func.count()).where(history.c.account == accounts.c.name)
"""Something that accounts of tests have, in place of the objects of a noun."""


def test_a_limit_counts_the_aliases_of_one_site(town: Engine) -> None:
    call(town, "v-add-user-package", "WEB_ALIASES='2'", "two")
    call(town, "v-add-web-domain", "alice", "second.test", "", "", "a.test,b.test")
    assert call(town, "v-change-user-package", "alice", "two") == (0, "")
    assert call(town, "v-change-user-package", "alice", "default") == (0, "")
    assert call(town, "v-add-web-domain-alias", "alice", "second.test", "c.test") == (0, "")
    code, text = call(town, "v-change-user-package", "alice", "two")
    assert (code, text) == (8, "Error: WEB_ALIASES limit of package two is below what is in use\n")


def test_a_noun_joins_with_one_line(town: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COUNTED, "u_backups", ENTRIES)
    monkeypatch.setitem(COMPARED, "backups", ENTRIES)
    record._counted.cache_clear()
    try:
        with town.store.reading() as connection:
            state = State(connection, town.dispatcher.context(ROOT, "127.0.0.1"))
            shown = listed(state, AccountName("alice"))
        assert shown.u_backups > 1
        assert User.of(shown).usage.backups == shown.u_backups
        code, text = call(town, "v-change-user-package", "alice", "default")
        assert (code, text) == (8, "Error: BACKUPS limit of package default is below what is in use\n")
        assert call(town, "v-change-user-package", "alice", "default", "yes") == (0, "")
    finally:
        record._counted.cache_clear()


def test_names_must_be_known() -> None:
    with pytest.raises(LookupError):
        counted("u_nonsense", ENTRIES)
    with pytest.raises(LookupError):
        compared("nonsense", ENTRIES)
    assert set(COUNTED) <= {*COUNTS, *EXACT}
    assert set(COMPARED) <= set(LIMITS)
    assert not {name.upper() for name in COUNTS} & set(FIELDS), "a field would hide what a noun counts"

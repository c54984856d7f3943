"""The single writer: rounds that share a commit, refusals and failures inside them, and what concurrent callers see."""

from __future__ import annotations

import errno
import json
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from tests.conftest import Run, call
from tests.crashing import drift
from tests.rounds import together, work
from tests.waiting import until

from tholos.apply import commands
from tholos.apply.host import Host
from tholos.apply.reconcile import purge, reconcile
from tholos.apply.steps import Check, Finish
from tholos.apply.work import Work
from tholos.bootstrap import ROOT, Engine
from tholos.kernel.errors import ServiceFailed
from tholos.kernel.touched import Touched
from tholos.kernel.tx import Tx

pytestmark = pytest.mark.thorough

Everything = Callable[[], dict[str, Any]]


@pytest.fixture
def users(run: Run) -> Run:
    """Three accounts."""
    for name in ("alice", "bob", "carol"):
        assert run("v-add-user", name, "Pass12345", f"{name}@example.org") == (0, "")
    return run


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """nginx on the recording host: it refuses a site that an administrator's include breaks; counts its checks."""
    checks: list[int] = []
    finish = Host.finish

    def check(host: Host, step: Finish) -> None:
        finish(host, step)
        if isinstance(step, Check):
            checks.append(1)
            for link in (host.root / "etc/nginx/conf.d/domains").glob("*.conf"):
                target = host.root / str(link.readlink()).lstrip("/")
                if target.with_name("nginx.conf_bad").exists():
                    raise ServiceFailed(f'nginx -q -t failed: unknown directive "broken" in {link.name}')

    monkeypatch.setattr(Host, "finish", check)
    return checks


def _break(engine: Engine, user: str, domain: str) -> None:
    include = engine.applier.host.root / f"home/{user}/conf/web/{domain}/nginx.conf_bad"
    include.parent.mkdir(parents=True)
    include.write_text("broken;\n")


def test_a_round_has_one_check_and_one_reload(users: Run, engine: Engine, checked: list[int]) -> None:
    calls = [("v-add-web-domain", user, f"{user}{n}.test") for user in ("alice", "bob", "carol") for n in range(5)]
    assert together(engine, calls) == [(0, "")] * 15
    assert checked == [1]
    assert drift(engine) == ()


def test_a_refusal_takes_back_its_own_rows_alone(users: Run, engine: Engine) -> None:
    calls = [
        ("v-add-web-domain", "alice", "one.test"),
        ("v-add-web-domain", "bob", "one.test"),
        ("v-add-web-domain", "bob", "two.test"),
        ("v-delete-web-domain", "carol", "none.test"),
    ]
    assert [code for code, _ in together(engine, calls)] == [0, 4, 0, 3]
    assert drift(engine) == ()


def test_a_refused_configuration_fails_alone(users: Run, engine: Engine, checked: list[int]) -> None:
    assert users("v-add-web-domain", "alice", "before.test") == (0, "")
    _break(engine, "bob", "bad.test")
    calls = [
        ("v-add-web-domain", "alice", "good.test"),
        ("v-add-web-domain", "bob", "bad.test"),
        ("v-suspend-web-domain", "alice", "before.test"),
    ]
    message = 'nginx -q -t failed: unknown directive "broken" in bad.test.conf'
    assert together(engine, calls) == [(0, ""), (20, message), (0, "")]
    root = engine.applier.host.root
    assert sorted(path.name for path in (root / "etc/nginx/conf.d/domains").iterdir()) == [
        "before.test.conf",
        "good.test.conf",
    ]
    assert [path.name for path in (root / "home/bob/conf/web/bad.test").iterdir()] == ["nginx.conf_bad"]
    assert not (root / "home/bob/web/bad.test").exists()
    assert drift(engine) == ()


def test_an_error_of_ours_fails_alone(users: Run, engine: Engine) -> None:
    context = engine.dispatcher.context(ROOT, "127.0.0.1")

    def wrong(_tx: Tx) -> None:
        raise RuntimeError("wrong")

    works = [work(engine, "v-add-web-domain", "alice", "one.test"), Work(wrong, context)]
    works.append(work(engine, "v-add-web-domain", "bob", "two.test"))
    for one in works:
        engine.writer.submit(one)
    assert works[0].done.result(timeout=60) is None
    with pytest.raises(RuntimeError, match="wrong"):
        works[1].done.result(timeout=60)
    assert works[2].done.result(timeout=60) is None
    assert drift(engine) == ()


def test_what_goes_and_what_comes_never_share_a_commit(users: Run, engine: Engine) -> None:
    calls = [
        ("v-add-web-domain", "alice", "one.test"),
        ("v-delete-web-domain", "alice", "one.test"),
        ("v-add-web-domain", "alice", "one.test"),
        ("v-delete-user", "alice"),
        ("v-add-user", "alice", "Pass12345", "new@example.org"),
        ("v-add-web-domain", "alice", "one.test"),
        ("v-delete-user", "alice"),
        ("v-add-user", "alice", "Pass12345", "newer@example.org"),
    ]
    assert together(engine, calls) == [(0, "")] * len(calls)
    purge(engine.writer, engine.dispatcher.context(ROOT, "127.0.0.1"))
    assert drift(engine) == ()
    assert not (engine.applier.host.root / "home/alice/web/one.test").exists()


def test_a_dry_run_changes_nothing_and_shares_nothing(users: Run, engine: Engine, everything: Everything) -> None:
    before = everything()
    dry = work(engine, "v-add-web-domain", "alice", "dry.test")
    dry.dry_run = True
    plan = engine.writer.submit(dry).result(timeout=60)
    assert len(plan.changes) > 10
    assert everything() == before
    assert users("v-add-web-domain", "alice", "dry.test") == (0, "")


@contextmanager
def full_disk(after: int) -> Iterator[Counter[str]]:
    """A disk that takes ``after`` more things and then nothing, until the end of the block."""
    counts: Counter[str] = Counter()

    def failing(function: Callable[..., Any], *, flags: bool = False) -> Callable[..., Any]:
        def limited(*args: Any, **kwargs: Any) -> Any:
            # A service that is started again makes its socket, which the recording host stands in for.
            if not flags or (args[1] & os.O_CREAT and not str(args[0]).endswith(".sock")):
                counts["asked"] += 1
                if counts["asked"] > after:
                    counts["refused"] += 1
                    raise OSError(errno.ENOSPC, "No space left on device")
            return function(*args, **kwargs)

        return limited

    patches = [
        mock.patch.object(os, name, failing(getattr(os, name))) for name in ("link", "mkdir", "symlink", "fsync")
    ]
    patches.append(mock.patch.object(os, "open", failing(os.open, flags=True)))
    for patch in patches:
        patch.start()
    try:
        yield counts
    finally:
        for patch in patches:
            patch.stop()


@pytest.mark.parametrize(
    "values",
    [
        ("v-add-user", "dave", "Pass12345", "dave@example.org"),
        ("v-suspend-user", "alice"),
        ("v-delete-user", "alice"),
        ("v-add-web-domain", "alice", "new.test"),
        ("v-suspend-web-domain", "alice", "old.test"),
    ],
    ids=lambda values: values[0],
)
def test_on_a_full_disk_nothing_changes(
    values: tuple[str, ...], users: Run, engine: Engine, everything: Everything
) -> None:
    assert users("v-add-web-domain", "alice", "old.test") == (0, "")
    before, room, refused = _without_boot(everything()), 0, True
    while refused:
        with full_disk(room) as counts:
            answer = call(engine, *values)
        refused = bool(counts["refused"])
        if refused:
            assert answer == (13, "Error: no space left on the device; nothing was changed\n")
            assert _without_boot(everything()) == before
            assert engine.applier.astray == {}
        room += 1 if room < 6 else 5
    assert answer == (0, "")
    assert room > 5
    assert drift(engine) == ()


def _without_boot(picture: dict[str, Any]) -> dict[str, Any]:
    files = {name: value for name, value in picture["files"].items() if name != "commands.log"}
    return {"rows": picture["rows"], "files": files}


def test_when_the_database_is_full_nothing_changes(users: Run, engine: Engine, everything: Everything) -> None:
    before = _without_boot(everything())
    with engine.store.reading() as connection:
        pages = int(connection.exec_driver_sql("pragma page_count").scalar_one())
    _limit_pages(engine, pages)
    answers = {users("v-add-web-domain", "alice", f"{'long' * 10}{n}.test")[0] for n in range(40)}
    assert answers == {0, 13}
    _limit_pages(engine, 1 << 30)
    assert drift(engine) == ()
    assert users("v-delete-web-domains", "alice") == (0, "")
    purge(engine.writer, engine.dispatcher.context(ROOT, "127.0.0.1"))
    after = _without_boot(everything())["files"]
    assert {name for name in after if "long" in name} == set()
    assert set(before["files"]) <= set(after)


def _limit_pages(engine: Engine, pages: int) -> None:
    def limit(tx: Tx) -> None:
        tx.connection.exec_driver_sql(f"pragma max_page_count={pages}")

    engine.writer.submit(Work(limit, engine.dispatcher.context(ROOT, "127.0.0.1"))).result(timeout=60)


def test_what_could_not_be_taken_back_is_mended_afterwards(
    users: Run, engine: Engine, checked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert users("v-add-web-domain", "alice", "here.test") == (0, "")
    _break(engine, "bob", "bad.test")
    undo = Host.undo

    def failing(host: Host, step: Any) -> None:
        if "here.test" in getattr(step, "path", ""):
            raise OSError(errno.EIO, "Input/output error")
        undo(host, step)

    monkeypatch.setattr(Host, "undo", failing)
    calls = [("v-suspend-web-domain", "alice", "here.test"), ("v-add-web-domain", "bob", "bad.test")]
    codes = [code for code, _ in together(engine, calls)]
    monkeypatch.setattr(Host, "undo", undo)
    assert codes == [0, 20]
    purge(engine.writer, engine.dispatcher.context(ROOT, "127.0.0.1"))
    assert engine.applier.astray == {}
    # The engine's own thread may have been quicker to begin with it.
    until(lambda: drift(engine), right=lambda left: left == ())


def test_one_hostile_thing_does_not_keep_others_from_being_reconciled(users: Run, engine: Engine) -> None:
    for name in ("alice", "bob"):
        assert users("v-add-web-domain", name, f"{name}.test") == (0, "")
    root = engine.applier.host.root
    for name in ("alice", "bob"):
        (root / f"home/{name}/conf/web/{name}.test/nginx.conf").unlink()
    (root / "home/bob/conf/web").rename(root / "home/bob/conf/elsewhere")
    (root / "home/bob/conf/web").symlink_to(root / "home/alice/conf/web")
    touched = [Touched("site", (name, f"{name}.test")) for name in ("bob", "alice")]
    assert reconcile(engine.writer, engine.dispatcher.context(ROOT, "127.0.0.1"), touched) == 1
    assert (root / "home/alice/conf/web/alice.test/nginx.conf").exists()
    code, text = users("v-rebuild-web-domain", "bob", "bob.test")
    assert (code, "/home/bob/conf/web/bob.test" in text) == (10, True)


def test_a_command_that_cannot_be_run_is_a_refusal() -> None:
    with pytest.raises(ServiceFailed, match="could not be run"):
        commands.run(("/nonexistent/program",))
    with pytest.raises(ServiceFailed, match="failed: the reason"):
        commands.run(("/bin/sh", "-c", "echo the reason >&2; exit 3"))
    assert commands.run(("/nonexistent/program",), must_succeed=False) == ""


def test_sixteen_clients_lose_nothing(run: Run, engine: Engine) -> None:
    names = [f"user{number}" for number in range(16)]
    shared = "shared"
    assert run("v-add-user", shared, "Pass12345", "shared@example.org") == (0, "")

    def client(name: str) -> list[int]:
        calls = [("v-add-user", name, "Pass12345", f"{name}@example.org"), ("v-add-web-domain", name, f"{name}.test")]
        calls += [("v-add-web-domain", shared, f"{name}{n}.shared.test") for n in range(2)]
        calls += [("v-add-web-domain-alias", name, f"{name}.test", f"shop.{name}.test")]
        calls += [("v-suspend-user", name), ("v-delete-web-domain", name, f"{name}.test")]
        calls += [("v-suspend-web-domain", shared, f"{name}0.shared.test")]
        calls += [("v-delete-web-domain", shared, f"{name}1.shared.test")]
        return [run(*values)[0] for values in calls]

    with ThreadPoolExecutor(16) as clients:
        answers = list(clients.map(client, names))
    assert answers == [[0] * 9] * 16
    listed = json.loads(run("v-list-users", "json")[1])
    counters = ("U_WEB_DOMAINS", "U_WEB_ALIASES", "SUSPENDED_WEB")
    assert [listed[name][key] for name in names for key in counters] == ["0"] * 48
    assert [listed[shared][key] for key in counters] == ["16", "0", "16"]
    assert len(json.loads(run("v-list-web-domains", shared, "json")[1])) == 16
    purge(engine.writer, engine.dispatcher.context(ROOT, "127.0.0.1"))
    assert drift(engine) == ()
    assert list(engine.applier.host.root.rglob(".tholos-*")) == []


def test_a_limit_holds_when_many_try_at_once(run: Run, engine: Engine) -> None:
    assert run("v-add-user", "small", "Pass12345", "small@example.org", "system") == (0, "")
    barrier = threading.Barrier(8)

    def client(number: int) -> int:
        barrier.wait(timeout=60)
        return run("v-add-web-domain", "small", f"site{number}.test", "", "", "none")[0]

    with ThreadPoolExecutor(8) as clients:
        answers = sorted(clients.map(client, range(8)))
    assert answers == [0] + [8] * 7

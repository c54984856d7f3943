"""Sites that get another name or another account: all of it or nothing, and nothing of anybody else's."""

from __future__ import annotations

import os
from pathlib import Path
from unittest import mock

import pytest
from tests.conftest import Run, call
from tests.crashing import one_of_each
from tests.rounds import together
from tests.unit.test_crash_points import SITE, USER, Calls, check, killed_at, known_hash, memory, points_of, prepared

from tholos.apply import trees
from tholos.apply.files import Tree
from tholos.bootstrap import Engine

pytestmark = pytest.mark.thorough

__all__ = ["known_hash", "memory"]
BOB: Calls = (("v-add-user", "bobby", "Pass12345", "bob@example.org"),)
CACHED: Calls = (("v-add-fastcgi-cache", "alice", "alice.test"),)
CHANGES: dict[str, tuple[Calls, Calls]] = {
    "another name": (USER + SITE, (("v-change-web-domain-name", "alice", "alice.test", "new.test"),)),
    "another account": (USER + BOB + SITE, (("v-change-domain-owner", "alice.test", "bobby"),)),
    "a cache": (USER + SITE, CACHED),
    "no cache": (USER + SITE + CACHED, (("v-delete-fastcgi-cache", "alice", "alice.test"),)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_killed_at_a_point_of_every_kind(change: str, seeded: Path, memory: Path) -> None:
    before, calls = CHANGES[change]
    base, old, new = prepared(seeded, memory, before, calls)
    _, kinds = points_of(base, memory / "counted", calls)
    every = range(1, len(kinds) + 1)
    for point in every if os.environ.get("THOLOS_EVERY_POINT") else one_of_each(kinds):
        survived, answered = killed_at(base, memory / "node", calls, point)
        assert not survived
        check(memory / "node", answered, old, new)


@pytest.mark.parametrize(
    "move", ["v-change-web-domain-name alice alice.test new.test", "v-change-domain-owner alice.test admin"]
)
def test_calls_that_come_together_with_a_move_find_the_files(town: Engine, move: str) -> None:
    root = town.applier.host.root
    (root / "home/alice/web/alice.test/public_html/mine.txt").write_text("mine")
    account, domain = ("admin", "alice.test") if "owner" in move else ("alice", "new.test")
    calls = (
        move.split(),
        ("v-change-web-domain-dirlist", account, domain, "on"),
        ("v-suspend-web-domain", account, domain),
    )
    assert together(town, calls) == [(0, "")] * 3
    home = root / f"home/{account}/web/{domain}/public_html"
    assert (home / "mine.txt").read_text() == "mine"
    assert (home / "index.html").exists()
    assert not (root / "home/alice/web/alice.test").exists() or account == "alice"


def test_a_refused_move_leaves_everything_where_it_was(town: Engine) -> None:
    taken = town.applier.host.root / "home/admin/web/alice.test"
    taken.mkdir(parents=True)
    assert call(town, "v-change-domain-owner", "alice.test", "admin")[0] == 4
    taken.rmdir()
    assert call(town, "v-add-web-domain", "admin", "theirs.test") == (0, "")
    assert call(town, "v-change-web-domain-name", "alice", "alice.test", "theirs.test")[0] == 4
    assert (town.applier.host.root / "home/alice/web/alice.test/public_html/index.html").exists()


def test_document_roots_follow_or_come_home(run: Run) -> None:
    for values in (
        ("v-add-user", "alice", "AlicePass123", "a@example.org"),
        ("v-add-user", "bobby", "BobPass123", "b@b.test"),
    ):
        assert run(*values) == (0, "")
    for name in ("one.test", "two.test"):
        assert run("v-add-web-domain", "alice", name) == (0, "")
    assert run("v-change-web-domain-docroot", "alice", "one.test", "two.test") == (0, "")
    assert run("v-change-web-domain-name", "alice", "two.test", "three.test") == (0, "")
    assert '"/home/alice/web/three.test/public_html/"' in run("v-list-web-domain", "alice", "one.test", "json")[1]
    assert run("v-change-domain-owner", "one.test", "bobby") == (3, "Error: web domain three.test doesn't exist\n")
    assert run("v-change-domain-owner", "three.test", "bobby") == (0, "")
    assert '"CUSTOM_DOCROOT": ""' in run("v-list-web-domain", "alice", "one.test", "json")[1]


@pytest.mark.parametrize("line", ["v-delete-web-domain alice two.test", "v-delete-domain alice two.test", "all"])
def test_document_roots_come_home_when_their_site_is_deleted(town: Engine, line: str) -> None:
    for name in ("one.test", "two.test", "three.test"):
        assert call(town, "v-add-web-domain", "alice", name) == (0, "")
    assert call(town, "v-change-web-domain-docroot", "alice", "one.test", "two.test", "", "yes") == (0, "")
    assert call(town, "v-change-web-domain-docroot", "alice", "three.test", "one.test") == (0, "")
    if line == "all":
        for name in ("one.test", "three.test"):
            assert call(town, "v-suspend-web-domain", "alice", name) == (0, "")
        line = "v-delete-web-domains alice"
    assert call(town, *line.split()) == (0, "")
    assert "/web/two.test/" not in (town.applier.host.root / "home/alice/conf/web/one.test/nginx.conf").read_text()
    found = {name: call(town, "v-list-web-domain", "alice", name, "json")[1] for name in ("one.test", "three.test")}
    assert '"CUSTOM_DOCROOT": "",' in found["one.test"]
    assert '"CUSTOM_DOCROOT": "/home/alice/web/one.test/public_html/"' in found["three.test"]


def test_only_what_was_the_old_accounts_changes_hands_and_no_link_is_followed(tmp_path: Path) -> None:
    mine, other = os.getuid(), os.getuid() + 1
    site = tmp_path / "site"
    (site / "a/b").mkdir(parents=True)
    (site / "a/b/file").write_text("")
    (tmp_path / "outside").write_text("")
    (site / "link").symlink_to(tmp_path / "outside")
    (site / "directory").symlink_to(tmp_path)
    given: list[tuple[str, bool]] = []

    def chown(name: str, owner: int, _group: int, *, dir_fd: int, follow_symlinks: bool) -> None:
        assert (owner, dir_fd > 0) == (other, True)
        given.append((name, follow_symlinks))

    root = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    with mock.patch.object(os, "chown", chown):
        trees.give(Tree(root), "/site", mine, other)
        trees.give(Tree(root), "/site", other + 1, other)
        trees.give(Tree(root), "/nosuch", mine, other)
    os.close(root)
    assert sorted(given) == [(name, False) for name in ("a", "b", "directory", "file", "link", "site")]


def test_a_tree_that_is_too_deep_does_not_change_hands(tmp_path: Path) -> None:
    deep = tmp_path / "site"
    for _ in range(trees.DEEPEST + 2):
        deep = deep / "d"
    deep.mkdir(parents=True)
    root = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    with pytest.raises(OSError, match="too many directories"):
        trees.give(Tree(root), "/site", os.getuid() + 1, os.getuid())
    os.close(root)

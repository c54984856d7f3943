"""Properties of what changes a machine: undone is as before, lines are lines, no path leads out of its directory."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tholos.apply import acl, aside, lines, paths
from tholos.apply.batch import Applier, Plan
from tholos.apply.host import Host
from tholos.apply.journal import Entry, Journal
from tholos.apply.steps import (
    Acl,
    Change,
    Check,
    Directory,
    Discard,
    End,
    Forsake,
    Line,
    Link,
    Member,
    Postpone,
    Reload,
    Remove,
    Restart,
    Run,
    Sql,
    Statement,
    Write,
    Zone,
)
from tholos.apply.undo import TakeAway
from tholos.kernel.errors import ServiceFailed
from tholos.kernel.touched import Touched
from tholos.kernel.tx import Changes

pytestmark = pytest.mark.thorough

PATHS = st.sampled_from(["a", "b", "c", "deep/a", "deep/er/b", "other/c"]).map(lambda name: f"/tree/{name}")
DIRECTORIES = st.sampled_from(["a", "new", "deep", "deep/er", "other"]).map(lambda name: f"/tree/{name}")
MODES = st.sampled_from([0o600, 0o644, 0o755, 0o551])
CONFIGURATIONS = st.sampled_from(["", " type primary; ", " type secondary; "])
CONTENT = st.binary(max_size=40)
KEYS = st.sampled_from(["alice", "bob", "carol", "a", "al"])
TEXTS = st.one_of(st.none(), st.text(st.characters(codec="ascii", min_codepoint=33), max_size=12))


def _concerned(step: Change) -> tuple[str, ...]:
    match step:
        case Run():
            return step.argv
        case Zone() | Member():
            return (type(step).__name__, step.zone)
        case Sql():
            return ("sql", step.creates)
        case End():
            return ("end", str(step.uid))
        case Postpone() | Forsake():
            return (type(step).__name__, step.server)
        case _:
            return (step.path, getattr(step, "key", ""))


CHANGES: st.SearchStrategy[Change] = st.one_of(
    st.builds(Write, PATHS, CONTENT, MODES, keep=st.booleans()),
    st.builds(Remove, PATHS),
    st.builds(Link, PATHS, st.sampled_from(["/elsewhere", "a", "../b"])),
    st.builds(Directory, DIRECTORIES, MODES, keep=st.booleans()),
    st.builds(Discard, st.one_of(PATHS, DIRECTORIES)),
    st.builds(lambda key, text: Line("/tree/lines", key, None if text is None else f"{key}:{text}"), KEYS, TEXTS),
    st.builds(lambda n: Run((f"start{n}",), (f"stop{n}",), creates=f"/tree/run/{n}"), st.integers(0, 2)),
    st.builds(
        Zone, st.sampled_from(["a.test", "b.test"]), st.sampled_from(["", " type primary; ", " type secondary; "])
    ),
    st.builds(
        lambda n: Sql("mysql/db", Statement(f"CREATE {n}"), (Statement(f"DROP {n}"),), creates=f"thing {n}"),
        st.integers(0, 2),
    ),
)
PLANS = st.lists(
    CHANGES,
    max_size=8,
    unique_by=_concerned,
)
"""Changes of different things: no two drivers and no two keys speak of one path (or, in a file of lines, one key)."""
TREES = st.dictionaries(
    st.sampled_from(["a", "b", "c", "deep/a", "other/c", "lines", "empty/"]),
    st.one_of(CONTENT, st.just("link")),
    max_size=6,
)


def build(root: Path, tree: dict[str, bytes | str]) -> None:
    """Fill a directory: contents, links, and empty directories (names that end in a slash)."""
    (root / "tree").mkdir()
    (root / "named").mkdir()
    (root / "named/a.test").write_text(" type primary; ")
    for name, content in tree.items():
        path = root / "tree" / name
        if name.endswith("/"):
            path.mkdir()
            continue
        path.parent.mkdir(exist_ok=True)
        if isinstance(content, str):
            path.symlink_to("somewhere")
        else:
            path.write_bytes(content)


def picture(root: Path) -> dict[str, object]:
    """Every name below a directory with mode, and content or target; inodes too, so that even hard links stay.

    What the name server has is its own affair, so for that the content alone counts.
    """
    found: dict[str, object] = {}
    for path in sorted(root.rglob("*")):
        status = path.lstat()
        content: object = os.fspath(path.readlink()) if path.is_symlink() else None
        if stat.S_ISREG(status.st_mode):
            content = path.read_bytes()
        inode = 0 if path.is_relative_to(root / "named") else status.st_ino
        found[str(path.relative_to(root))] = (status.st_mode, inode, content)
    found.pop("commands.log", None)
    return found


class Failing(Host):
    """A host whose checks fail."""

    def finish(self, step: object) -> None:
        raise ServiceFailed("refused")


def applied(host: Host, directory: Path, changes: list[Change], *, check: bool) -> Entry | None:
    """Do those changes that are not done, with a check at the end."""
    pending = tuple(dict.fromkeys(step for step in changes if not host.is_done(step)))
    plan = Plan(pending, (Check(("check",)),) if check else ())
    return Applier(host, Journal(directory)).apply("batch", Changes(), plan)


@given(TREES, PLANS)
@settings(max_examples=100, deadline=None)
@example({"other/c": "link"}, [Discard("/tree/other"), Write("/tree/other/c", b"", 0o600)])
def test_what_is_taken_back_leaves_everything_as_it_was(tree: dict[str, bytes | str], changes: list[Change]) -> None:
    with TemporaryDirectory() as directory:
        root, state = Path(directory) / "root", Path(directory)
        root.mkdir()
        build(root, tree)
        before = picture(root)
        with pytest.raises((ServiceFailed, OSError)):
            applied(Failing(root, rehearse=True), state, changes, check=True)
        assert picture(root) == before
        assert Journal(state).pending() is None


@given(TREES, PLANS)
@settings(max_examples=100, deadline=None)
def test_what_is_settled_leaves_nothing_beside(tree: dict[str, bytes | str], changes: list[Change]) -> None:
    with TemporaryDirectory() as directory:
        root, state = Path(directory) / "root", Path(directory)
        root.mkdir()
        build(root, tree)
        host = Host(root, rehearse=True)
        before = picture(root)
        try:
            entry = applied(host, state, changes, check=False)
        except OSError:
            assert picture(root) == before
            return
        if entry is None:
            return
        Applier(host, Journal(state)).settle(entry)
        for step in changes:
            if isinstance(step, Discard):
                host.purge(aside.kept_path(step.path, "batch"))
        assert [name for name in picture(root) if aside.MARK in name] == []
        assert Journal(state).pending() is None


FILES = st.lists(st.tuples(KEYS, st.text(st.characters(codec="ascii", min_codepoint=33), max_size=8)), max_size=5)


@given(FILES, st.dictionaries(KEYS, TEXTS, max_size=4), st.booleans())
def test_lines_are_put_replaced_and_taken_by_their_key_alone(
    old: list[tuple[str, str]], wanted: dict[str, str | None], ended: bool
) -> None:
    kept = dict(old)
    content = "".join(f"{key}:{rest}\n" for key, rest in kept.items())
    content = content if ended else content.removesuffix("\n")
    edits = {key: None if text is None else f"{key}:{text}" for key, text in wanted.items()}
    result = lines.edit(content.encode(), edits).decode()
    expected = {key: f"{key}:{rest}" for key, rest in kept.items()}
    for key, line in edits.items():
        expected.pop(key, None) if line is None else expected.__setitem__(key, line)
    assert sorted(result.splitlines()) == sorted(expected.values())
    untouched = [line for line in result.splitlines() if line.split(":")[0] not in wanted]
    assert untouched == [f"{key}:{rest}" for key, rest in kept.items() if key not in wanted]
    assert result == "" or result.endswith("\n")
    assert lines.edit(result.encode(), edits).decode() == result


@given(st.lists(CHANGES, max_size=6))
@settings(deadline=None, max_examples=50)
def test_an_entry_comes_back_from_the_journal_as_it_was(changes: list[Change]) -> None:
    with TemporaryDirectory() as directory:
        host = Host(directory, rehearse=True)
        undo = tuple(back for step in changes for back in host.undo_of(step, "batch"))
        again = (Reload("nginx", "/run/nginx.pid"), Restart("unit.service"))
        entry = Entry("batch", undo, again, (Touched("site", ("alice", "bücher.example")),))
        journal = Journal(Path(directory))
        assert journal.pending() is None
        journal.begin(entry)
        assert journal.pending() == entry == Journal(Path(directory)).pending()
        journal.end()
        assert journal.pending() is None is Journal(Path(directory)).pending()
        journal.close()


def test_an_entry_that_was_torn_counts_for_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    long = Entry("long", tuple(TakeAway(f"/{number}/{'x' * 100}") for number in range(1000)), (), ())
    short = Entry("short", (TakeAway("/x"),), (), ())
    for entry in (short, long, short):
        journal.begin(entry)
        assert journal.pending() == entry
    whole = (tmp_path / "journal").read_bytes()
    length = int.from_bytes(whole[:8], "big") + 40
    for place in range(0, length, 3):
        (tmp_path / "journal").write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert journal.pending() is None
        (tmp_path / "journal").write_bytes(whole[:place])
        assert journal.pending() is None
    journal.close()


def test_where_an_entry_cannot_be_written_nothing_was_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path)
    entry = Entry("batch", (TakeAway("/x"),), (), ())
    journal.begin(entry)
    journal.end()

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", full)
        with pytest.raises(OSError, match="No space"):
            journal.begin(entry)
    assert journal.pending() is None
    journal.begin(entry)
    assert journal.pending() == entry
    journal.close()


@pytest.mark.parametrize("path", ["relative", "/a/../b", "/a/..", "/a\0b", "a/b"])
def test_only_plain_absolute_paths_are_taken(path: str) -> None:
    with pytest.raises(ValueError, match="not a plain absolute path"):
        paths.components(path)


@pytest.mark.parametrize("name", ["/out/file", "/tree/out/file", "/tree/deep/out/x/file"])
def test_links_in_the_way_are_refused(name: str, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("theirs")
    root = tmp_path / "root"
    (root / "tree" / "deep").mkdir(parents=True)
    for link in ("out", "tree/out", "tree/deep/out"):
        (root / link).symlink_to(outside)
    host = Host(root, rehearse=True)
    steps: tuple[Change, ...] = (
        Write(name, b"ours"),
        Remove(name),
        Link(name, "target"),
        Directory(name),
        Discard(name),
        Line(name, "key", "key:value"),
    )
    for step in steps:
        assert isinstance(step, Link) or _is_refused(host.is_done, step)
        assert _is_refused(host.do, step, "batch")
        assert _is_refused(host.undo_of, step, "batch")
    assert (outside / "file").read_text() == "theirs"
    assert [path.name for path in outside.iterdir()] == ["file"]


def _is_refused(action: Callable[..., object], *arguments: object) -> bool:
    with pytest.raises(NotADirectoryError):
        action(*arguments)
    return True


def test_the_last_component_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("theirs")
    root = tmp_path / "root"
    root.mkdir()
    (root / "file").symlink_to(tmp_path / "theirs")
    host = Host(root, rehearse=True)
    host.do(Write("/file", b"ours"), "batch")
    assert (root / "file").read_bytes() == b"ours"
    assert not (root / "file").is_symlink()
    assert (tmp_path / "theirs").read_text() == "theirs"
    (root / "directory").symlink_to(tmp_path)
    with pytest.raises(NotADirectoryError):
        host.do(Directory("/directory", 0o700), "batch")


def test_a_name_planted_where_the_new_version_is_made_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("theirs")
    root = tmp_path / "root"
    root.mkdir()
    (root / aside.new_name("file")).symlink_to(tmp_path / "theirs")
    host = Host(root, rehearse=True)
    host.do(Write("/file", b"ours"), "batch")
    assert (tmp_path / "theirs").read_text() == "theirs"
    # The rehearsed name server's directory is made with the host.
    assert {path.name for path in root.iterdir()} == {"file", "named"}


def test_a_tree_of_any_depth_is_purged_and_nothing_outside(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").write_text("theirs")
    home = tmp_path / "root" / "home" / "alice"
    home.mkdir(parents=True)
    descriptor = os.open(home, os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("deep", dir_fd=descriptor)
        os.symlink(tmp_path / "outside", "link", dir_fd=descriptor)
        below = os.open("deep", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.close(descriptor)
    host = Host(tmp_path / "root", rehearse=True)
    host.do(Discard("/home/alice"), "batch")
    assert not home.exists()
    host.purge(aside.kept_path("/home/alice", "batch"))
    assert list((tmp_path / "root" / "home").iterdir()) == []
    assert (tmp_path / "outside" / "file").read_text() == "theirs"
    host.purge(aside.kept_path("/home/alice", "batch"))


@given(
    st.lists(st.tuples(st.integers(1, 60000), st.integers(0, 7)), max_size=3, unique_by=lambda entry: entry[0]),
    st.lists(st.tuples(st.integers(1, 60000), st.integers(0, 7)), max_size=3, unique_by=lambda entry: entry[0]),
    MODES,
)
def test_access_lists_have_the_kernels_layout(
    users: list[tuple[int, int]], groups: list[tuple[int, int]], mode: int
) -> None:
    encoded = acl.encode(mode, Acl(tuple(users), tuple(groups)))
    assert len(encoded) == 4 + 8 * (5 - 1 + len(users) + len(groups))
    tags = [int.from_bytes(encoded[at : at + 2], "little") for at in range(4, len(encoded), 8)]
    assert tags == sorted(tags)


@pytest.mark.skipif(os.getuid() != 0, reason="owners can be changed by root alone")
def test_an_access_list_is_set_seen_and_taken_back(tmp_path: Path) -> None:
    host = Host(tmp_path)
    plain = Directory("/home", 0o751)
    listed = Directory("/home", 0o700, acl=Acl(users=((20001, 5),), groups=((33, 1),)))
    for old, new in ((plain, listed), (listed, plain), (listed, Directory("/home", 0o700, 7, 7, Acl(((9, 7),))))):
        host.do(old, "batch")
        undo = host.undo_of(new, "batch")
        assert (host.is_done(old), host.is_done(new)) == (True, False)
        host.do(new, "batch")
        assert (host.is_done(old), host.is_done(new)) == (False, True)
        for step in reversed(undo):
            host.undo(step)
        assert (host.is_done(old), host.is_done(new)) == (True, False)

"""Keys for copying files for a while: both halves belong together, end in time, and the private one is nowhere else."""

from __future__ import annotations

import base64
import calendar
import os
import re
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from cryptography.hazmat.primitives import serialization
from sqlalchemy import select, update
from tests.conftest import call, new_engine
from tests.crashing import NEVER, drift, dying, restart, work
from tests.waiting import until

from tholos.apply.batch import make_plan
from tholos.apply.steps import Write
from tholos.apply.writer import Work
from tholos.bootstrap import ROOT, Engine
from tholos.drivers.ssh_keys import guest_line, merged
from tholos.kernel.command import COMMANDS
from tholos.kernel.due import due_calls
from tholos.kernel.secret import Secret
from tholos.kernel.touched import Touched
from tholos.kernel.tx import Changes, State, Tx
from tholos.resources.user.model import GUEST_KEY, sftp_keys
from tholos.resources.user.ssh_want import GuestKey, SshKeysWant

OWN = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRk alice@laptop"
LINE = re.compile(r'restrict,expiry-time="(\d{14})Z",command="([^"]+)" ssh-ed25519 (\S+) hst-filemanager-key')


def private(engine: Engine) -> Path:
    return engine.applier.host.root / "home/alice/.ssh" / GUEST_KEY


def keys(engine: Engine) -> Path:
    return engine.applier.host.root / "home/alice/.ssh/authorized_keys"


def blob_of(file: Path) -> str:
    """The public half of a private key, as authorized_keys has it."""
    key = serialization.load_ssh_private_key(file.read_bytes(), None)
    shown = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return shown.decode().split()[1]


def blobs(engine: Engine) -> list[str]:
    """The public halves in the file that sshd reads, and in the state; an empty string stands for none."""
    text = keys(engine).read_text() if keys(engine).exists() else ""
    with engine.store.reading() as connection:
        stored = connection.execute(select(sftp_keys.c.blob)).scalars().all()
    return [*([found[2] for found in LINE.findall(text)] or [""]), *(stored or [""])]


def waiting(engine: Engine) -> list[tuple[str, int]]:
    """The calls for later: their commands, and in how many seconds they are due."""
    with engine.store.reading() as connection:
        return [(row.command, row.at - int(time.time())) for row in connection.execute(select(due_calls))]


def test_both_halves_belong_together(town: Engine) -> None:
    assert call(town, "v-add-user-sftp-key", "alice") == (0, "")
    assert private(town).stat().st_mode & 0o7777 == 0o600
    assert blobs(town) == [blob_of(private(town))] * 2
    found = LINE.fullmatch(keys(town).read_text().strip())
    assert found is not None
    ends = calendar.timegm(time.strptime(found[1], "%Y%m%d%H%M%S"))
    assert abs(ends - time.time() - 1800) < 300
    ((command, seconds),) = waiting(town)
    assert command == "v-delete-user-sftp-key"
    assert 1500 <= seconds <= 1801


def test_it_ends_not_before_sshd_ends_it(town: Engine) -> None:
    assert call(town, "v-add-user-sftp-key", "alice", "1") == (0, "")
    with town.store.reading() as connection:
        expires = connection.execute(select(sftp_keys.c.expires)).scalar()
        at = connection.execute(select(due_calls.c.at)).scalar()
    assert expires is not None and at is not None and at >= expires


def test_the_private_half_is_in_that_file_and_nowhere_else(town: Engine) -> None:
    assert call(town, "v-add-user-sftp-key", "alice") == (0, "")
    written = private(town)
    key = serialization.load_ssh_private_key(written.read_bytes(), None)
    seed = key.private_bytes(serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption())
    lines = [line for line in written.read_bytes().splitlines() if b"-----" not in line]
    town.stop()
    files = [file for file in town.directory.parent.rglob("*") if file.is_file() and file != written]
    for secret in (seed, seed.hex().encode(), base64.b64encode(seed), *lines[1:]):
        assert not [file for file in files if secret in file.read_bytes()]


def test_neither_a_step_nor_a_want_shows_it_when_printed(town: Engine) -> None:
    secret = "BEGIN OPENSSH"
    assert secret not in repr(Write("/home/alice/.ssh/x", secret.encode(), 0o600))
    assert secret in repr(Write("/etc/x", secret.encode(), 0o644))
    assert secret not in f"{Secret(secret.encode())!r}{Secret(secret.encode())}"
    answer = town.dispatcher.run(COMMANDS["v-add-user-sftp-key"], ["alice"], ROOT, "127.0.0.1", dry_run=True)
    assert GUEST_KEY in repr(answer) and secret not in repr(answer)
    assert not private(town).exists()


def test_a_new_one_takes_the_place_of_the_last(town: Engine) -> None:
    assert call(town, "v-add-user-ssh-key", "alice", OWN) == (0, "")
    assert call(town, "v-add-user-sftp-key", "alice", "5") == (0, "")
    first = blob_of(private(town))
    assert call(town, "v-add-user-sftp-key", "alice", "60") == (0, "")
    assert blobs(town) == [blob_of(private(town))] * 2
    assert first not in keys(town).read_text() and OWN in keys(town).read_text()
    ((_, seconds),) = waiting(town)
    assert seconds > 3500


def test_it_is_none_of_the_keys_of_the_account(town: Engine) -> None:
    assert call(town, "v-add-user-ssh-key", "alice", OWN) == (0, "")
    assert call(town, "v-add-user-sftp-key", "alice") == (0, "")
    assert GUEST_KEY not in call(town, "v-list-user-ssh-key", "alice", "plain")[1]
    assert call(town, "v-delete-user-ssh-key", "alice", GUEST_KEY) == (0, "")
    assert blobs(town) == [blob_of(private(town))] * 2


def test_it_goes_when_its_time_is_over(town: Engine) -> None:
    assert call(town, "v-add-user-ssh-key", "alice", OWN) == (0, "")
    assert call(town, "v-add-user-sftp-key", "alice") == (0, "")

    def now(tx: Tx) -> None:
        tx.execute(update(due_calls).values(at=int(time.time()) - 1))

    town.writer.submit(Work(now, town.dispatcher.context(ROOT, "127.0.0.1"))).result()
    until(lambda: not private(town).exists() and not waiting(town))
    assert keys(town).read_text() == f"{OWN}\n"
    assert blobs(town) == ["", ""]


ENDS = {
    "suspended": ["v-suspend-user alice"],
    "suspended and back": ["v-suspend-user alice", "v-unsuspend-user alice"],
    "another shell": ["v-change-user-shell alice bash"],
    "another shell in the record": ["v-change-user-config-value alice SHELL bash"],
    "taken away": ["v-delete-user-sftp-key alice"],
}


@pytest.mark.parametrize("calls", ENDS.values(), ids=ENDS)
def test_what_ends_it(town: Engine, calls: list[str]) -> None:
    assert call(town, "v-add-user-sftp-key", "alice") == (0, "")
    for line in calls:
        assert call(town, *line.split()) == (0, "")
    until(lambda: not private(town).exists() and not waiting(town))
    assert blobs(town) == ["", ""]
    assert drift(town) == ()


def test_other_changes_leave_it(town: Engine) -> None:
    assert call(town, "v-add-user-sftp-key", "alice") == (0, "")
    before = private(town).read_bytes(), keys(town).read_bytes()
    for line in ("v-change-user-shell alice nologin", "v-add-sys-sftp-jail", "v-rebuild-user alice", "v-rebuild-users"):
        assert call(town, *line.split()) == (0, "")
    assert (private(town).read_bytes(), keys(town).read_bytes()) == before
    assert drift(town) == ()


def test_an_account_made_anew_has_none(town: Engine) -> None:
    assert call(town, "v-add-user-sftp-key", "alice") == (0, "")
    assert call(town, "v-delete-user", "alice") == (0, "")
    assert waiting(town) == []
    assert call(town, "v-add-user", "alice", "AlicePass123", "alice@example.org") == (0, "")
    assert blobs(town) == ["", ""]
    assert not private(town).exists()


def test_a_line_without_its_limits_gets_them_back(town: Engine) -> None:
    assert call(town, "v-add-user-sftp-key", "alice") == (0, "")
    line = keys(town).read_text()
    keys(town).write_text(line.partition(" ")[2])
    assert call(town, "v-rebuild-user", "alice") == (0, "")
    assert keys(town).read_text() == line


def test_the_key_of_a_shell_is_limited_by_that_shell() -> None:
    assert 'command="internal-sftp"' in guest_line(GuestKey("AAAA", 0, through_shell=False))
    shown = guest_line(GuestKey("AAAA", 1_800_000_000, through_shell=True))
    assert 'expiry-time="20270115080000Z",command="/usr/lib/openssh/sftp-server"' in shown


def test_an_own_key_of_the_same_blob_is_limited_too_while_it_lasts() -> None:
    guest = GuestKey(OWN.split()[1], 0, through_shell=False)
    want = SshKeysWant("alice", 20002, ((OWN.split()[1], OWN),), (), guest)
    assert merged(f"{OWN}\n".encode(), want).decode() == f"{guest_line(guest)}\n"
    assert merged(guest_line(guest).encode(), SshKeysWant("alice", 20002, want.lines, ())).decode() == f"{OWN}\n"


@pytest.mark.parametrize("hostile", ["link", "directory", "keys"])
def test_a_place_that_cannot_be_used_is_refused_and_all_is_as_before(
    town: Engine, hostile: str, everything_of: Callable[[Engine], dict[str, object]]
) -> None:
    outside = town.applier.host.root / "outside"
    outside.mkdir()
    if hostile == "link":
        private(town).parent.rmdir()
        private(town).parent.symlink_to(outside)
    elif hostile == "directory":
        private(town).mkdir()
    else:
        keys(town).symlink_to(outside)
    before = everything_of(town)
    code, text = call(town, "v-add-user-sftp-key", "alice")
    assert code == 10 and "/home/alice/.ssh" in text
    assert everything_of(town) == before
    assert not list(outside.iterdir())


@pytest.mark.parametrize("line", ["v-suspend-user alice", "v-change-user-shell alice bash", "v-delete-user alice"])
def test_no_account_can_keep_itself_from_being_confined(town: Engine, line: str) -> None:
    assert call(town, "v-add-user-sftp-key", "alice") == (0, "")
    keys(town).unlink()
    keys(town).symlink_to("/etc/shadow")
    assert call(town, *line.split()) == (0, "")
    assert blobs(town)[-1] == ""


def test_what_was_put_in_the_place_of_the_file_is_left(town: Engine) -> None:
    assert call(town, "v-add-user-sftp-key", "alice") == (0, "")
    private(town).unlink()
    private(town).mkdir()
    assert call(town, "v-delete-user-sftp-key", "alice") == (0, "")
    assert private(town).is_dir()
    assert blobs(town) == ["", ""]


def test_a_link_in_its_place_is_replaced_and_not_followed(town: Engine) -> None:
    target = town.applier.host.root / "target"
    target.write_text("mine")
    private(town).symlink_to(target)
    assert call(town, "v-add-user-sftp-key", "alice") == (0, "")
    assert target.read_text() == "mine" and not private(town).is_symlink()


def test_a_secret_is_for_the_thing_that_it_was_handed_to(town: Engine) -> None:
    context = town.dispatcher.context(ROOT, "127.0.0.1")
    with town.store.reading() as connection:
        changes = Changes(
            {Touched("account", ("alice",)): None}, handed={Touched("sftp_key", ("alice",)): Secret(b"x")}
        )
        plan = make_plan(State(connection, context), changes, town.writer.drivers, town.applier.host)
    assert plan.is_empty


def added_until(directory: Path, point: int) -> bool:
    """Make a key anew in a process that is killed at a point; tell whether it survived."""
    child = os.fork()
    if child == 0:
        with dying(point):
            work(new_engine(directory), (("v-add-user-sftp-key", "alice", "60"),), lambda _number: None)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert status == 0 or os.WTERMSIG(status) == signal.SIGKILL
    return status == 0


@pytest.mark.thorough
def test_killed_at_every_point_both_halves_are_the_old_or_the_new(town: Engine) -> None:
    assert call(town, "v-add-user-sftp-key", "alice", "5") == (0, "")
    old = blob_of(private(town))
    town.stop()
    seen = set()
    for point in range(1, NEVER):
        with TemporaryDirectory() as name:
            node = Path(shutil.copytree(town.directory.parent, Path(name, "node"), symlinks=True))
            survived = added_until(node, point)
            engine = new_engine(node)
            restart(engine)
            key = blob_of(private(engine))
            seen.add(key == old)
            assert blobs(engine) == [key, key], f"point {point}"
            assert not list(private(engine).parent.glob(".tholos-*")), f"point {point}"
            assert [seconds > 300 for _, seconds in waiting(engine)] == [key != old], f"point {point}"
            assert drift(engine) == ()
            engine.stop()
        if survived:
            break
    assert seen == {True, False}

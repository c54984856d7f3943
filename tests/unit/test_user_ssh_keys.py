"""Public keys: which are real, and what becomes of a file that belongs to the account."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from tests.conftest import call

from tholos.bootstrap import Engine
from tholos.drivers.ssh_keys import merged
from tholos.kernel.errors import Invalid
from tholos.resources.user.public_key import PublicKey, fingerprint
from tholos.resources.user.ssh_want import SshKeysWant

ED = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRk"
BLOB = ED.split()[1]


def key(kind: str, *fields: bytes) -> str:
    """A key of a kind from the strings that follow it in the blob."""
    parts = (kind.encode(), *fields)
    blob = b"".join(len(part).to_bytes(4) + part for part in parts)
    return f"{kind} {base64.b64encode(blob).decode()}"


def number(bits: int) -> bytes:
    """An odd number of so many bits as a blob has it (RFC 4251, mpint)."""
    value = (1 << (bits - 1)) | 1
    return value.to_bytes(bits // 8 + 1)


OTHER = key("ssh-ed25519", b"e" * 32)
P256 = ("ecdsa-sha2-nistp256", b"nistp256", b"\x04" + b"x" * 64)


@pytest.mark.parametrize(
    "line",
    [
        ED,
        f"  {ED}   with a comment ",
        key("ssh-rsa", b"\x01\x00\x01", number(2048)),
        key(*P256),
        key("sk-ssh-ed25519@openssh.com", b"e" * 32, b"ssh:"),
        key("sk-ecdsa-sha2-nistp256@openssh.com", *P256[1:], b"ssh:"),
    ],
)
def test_a_real_key_is_taken(line: str) -> None:
    assert PublicKey.parse(line, "key") == " ".join(line.split(None, 2)).strip()


@pytest.mark.parametrize(
    "line",
    [
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        ED[:-4],
        f"{ED}\nssh-rsa AAAA",
        f'command="id" {ED}',
        ED.replace("ssh-ed25519 ", "ssh-rsa "),
        key("ssh-ed25519", b"e" * 31),
        key("ssh-ed25519", b"e" * 32, b"more"),
        key("ssh-rsa", b"\x01\x00\x01", number(512)),
        key("ssh-rsa", b"\x01\x00\x01", number(65536)),
        key("ssh-rsa", b"\x01", number(2048)),
        key("ecdsa-sha2-nistp256", b"nistp384", P256[2]),
        key("ecdsa-sha2-nistp256", b"nistp256", b"\x02" + b"x" * 64),
        key("ssh-dss", b"x", b"x", b"x", b"x"),
    ],
)
def test_what_is_no_key_is_refused(line: str) -> None:
    with pytest.raises(Invalid) as refused:
        PublicKey.parse(line, "key")
    assert refused.value.code == 12


def test_the_fingerprint_is_that_of_ssh_keygen() -> None:
    # The golden output of the reference names this key so.
    assert fingerprint(BLOB) == "SHA256:49oSfI6i5dk2M7b16/wyxUxZ6Fd/DC8LvkZMLshAgrI"


def want(*lines: str, revoked: tuple[str, ...] = ()) -> SshKeysWant:
    return SshKeysWant("alice", 20002, tuple((line.split()[1], line) for line in lines), revoked)


@pytest.mark.parametrize(
    ("before", "wanted", "after"),
    [
        (b"", want(f"{ED} a"), f"{ED} a\n"),
        (f"# mine\n{OTHER} b".encode(), want(f"{ED} a"), f"# mine\n{OTHER} b\n{ED} a\n"),
        (f"{ED} a\n{OTHER} b\n".encode(), want(f"{ED} a"), f"{ED} a\n{OTHER} b\n"),
        (f'from="198.18.0.1" {ED}\n'.encode(), want(f"{ED} a"), f"{ED} a\n"),
        (f"{ED} a\n{ED} a\n".encode(), want(f"{ED} a"), f"{ED} a\n"),
        (f'{OTHER}\ncommand="a b" {ED} x\n'.encode(), want(revoked=(BLOB,)), f"{OTHER}\n"),
        (f"# {ED}\n".encode(), want(revoked=(BLOB,)), f"# {ED}\n"),
    ],
)
def test_lines_of_others_stay(before: bytes, wanted: SshKeysWant, after: str) -> None:
    assert merged(before, wanted) == after.encode()
    assert merged(after.encode(), wanted) == after.encode()


def file(town: Engine) -> Path:
    return town.applier.host.root / "home/alice/.ssh/authorized_keys"


def test_keys_that_the_account_added_itself_stay_and_are_listed(town: Engine) -> None:
    file(town).write_bytes(f"# my own\n{OTHER} alice@phone\nnonsense \xff\n".encode("latin-1"))
    assert call(town, "v-add-user-ssh-key", "alice", f"{ED} alice@laptop") == (0, "")
    assert file(town).read_bytes().startswith(b"# my own\n")
    assert b"nonsense \xff\n" in file(town).read_bytes()
    listed = call(town, "v-list-user-ssh-key", "alice", "plain")[1]
    assert [line.split("\t")[0] for line in listed.splitlines()] == ["alice@laptop", "alice@phone"]
    assert file(town).stat().st_mode & 0o777 == 0o600
    assert call(town, "v-delete-user-ssh-key", "alice", "alice@phone") == (0, "")
    assert OTHER.encode() not in file(town).read_bytes()
    assert ED.encode() in file(town).read_bytes()


def test_a_deleted_key_stays_away_and_can_be_added_again(town: Engine) -> None:
    assert call(town, "v-add-user-ssh-key", "alice", ED) == (0, "")
    assert call(town, "v-delete-user-ssh-key", "alice", fingerprint(BLOB)) == (0, "")
    assert BLOB.encode() not in file(town).read_bytes()
    file(town).write_text(f"{ED}\n")
    assert call(town, "v-rebuild-user", "alice") == (0, "")
    assert BLOB.encode() not in file(town).read_bytes()
    assert call(town, "v-add-user-ssh-key", "alice", ED) == (0, "")
    assert BLOB.encode() in file(town).read_bytes()


@pytest.mark.parametrize("hostile", ["link", "directory", "large"])
def test_a_file_that_is_no_plain_file_is_neither_read_nor_replaced(town: Engine, hostile: str) -> None:
    secret = town.applier.host.root / "secret"
    secret.write_text(f"{OTHER} secret\n")
    if hostile == "link":
        file(town).symlink_to(secret)
    elif hostile == "directory":
        file(town).mkdir()
    else:
        file(town).write_bytes(b"#" * 300_000)
    assert call(town, "v-add-user-ssh-key", "alice", ED)[0] == 10
    assert call(town, "v-list-user-ssh-key", "alice")[0] == 10
    assert call(town, "v-suspend-user", "alice") == (0, "")
    assert secret.read_text() == f"{OTHER} secret\n"


def test_a_linked_directory_is_not_followed(town: Engine) -> None:
    outside = town.applier.host.root / "outside"
    outside.mkdir()
    file(town).parent.rmdir()
    file(town).parent.symlink_to(outside)
    assert call(town, "v-add-user-ssh-key", "alice", ED)[0] == 10
    assert not list(outside.iterdir())


def test_keys_without_a_name_or_with_the_same_are_told_apart(town: Engine) -> None:
    for line in (f"{ED} same", f"{OTHER} same"):
        assert call(town, "v-add-user-ssh-key", "alice", line) == (0, "")
    names = [line.split("\t")[0] for line in call(town, "v-list-user-ssh-key", "alice", "plain")[1].splitlines()]
    assert len(set(names)) == 2


def test_an_account_made_anew_has_no_keys(town: Engine) -> None:
    assert call(town, "v-add-user-ssh-key", "alice", ED) == (0, "")
    assert call(town, "v-delete-user", "alice") == (0, "")
    assert call(town, "v-add-user", "alice", "AlicePass123", "alice@example.org") == (0, "")
    assert call(town, "v-list-user-ssh-key", "alice", "plain") == (0, "")
    assert not file(town).exists()

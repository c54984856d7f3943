"""Composer in a home: a link, an alias, and files that belong to the account and may have been made into anything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import call
from tests.crashing import drift

from tholos.bootstrap import Engine
from tholos.drivers.composer import with_alias

ALIAS = b'alias composer="$HOME/.composer/composer"\n'


def home(engine: Engine) -> Path:
    return engine.applier.host.root / "home/alice"


def test_a_link_to_the_machines_own_and_an_alias(town: Engine) -> None:
    assert call(town, "v-add-user-composer", "alice") == (0, "")
    assert str((home(town) / ".composer/composer").readlink()) == "/usr/bin/composer"
    assert (home(town) / ".bash_aliases").read_bytes() == ALIAS
    assert (home(town) / ".bash_aliases").stat().st_mode & 0o777 == 0o644
    assert (home(town) / ".config").is_dir()
    assert drift(town) == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", ALIAS),
        (b"alias ll='ls -l'", b"alias ll='ls -l'\n" + ALIAS),
        (ALIAS, ALIAS),
        (ALIAS.strip(), ALIAS.strip()),
        (b"alias composer=php7\n# mine\n  alias composer=/x\n", b"# mine\n" + ALIAS),
        (b"alias composer-x=1\n\xff\n", b"alias composer-x=1\n\xff\n" + ALIAS),
    ],
)
def test_other_lines_stay(before: bytes, after: bytes) -> None:
    assert with_alias(before) == after
    assert with_alias(after) == after


def test_a_rebuild_brings_it_back_and_what_else_the_account_has_stays(town: Engine) -> None:
    assert call(town, "v-add-user-composer", "alice") == (0, "")
    (home(town) / ".composer/composer").unlink()
    (home(town) / ".composer/auth.json").write_text("{}")
    (home(town) / ".bash_aliases").write_bytes(b"alias ll='ls -l'\n")
    assert len(drift(town)) == 2
    assert call(town, "v-rebuild-user", "alice") == (0, "")
    assert (home(town) / ".composer/composer").is_symlink()
    assert (home(town) / ".composer/auth.json").exists()
    assert (home(town) / ".bash_aliases").read_bytes() == b"alias ll='ls -l'\n" + ALIAS


def test_an_account_without_it_gets_nothing(town: Engine) -> None:
    assert call(town, "v-rebuild-user", "alice") == (0, "")
    assert not (home(town) / ".composer/composer").exists()
    assert not (home(town) / ".bash_aliases").exists()


def test_a_shell_reads_the_aliases_by_debians_own_files_where_the_account_has_none(town: Engine) -> None:
    skeleton = town.applier.host.root / "etc/skel"
    skeleton.mkdir(parents=True)
    (skeleton / ".bashrc").write_text("# Debian's\n")
    (skeleton / ".profile").write_text("# Debian's\n")
    (home(town) / ".profile").write_text("# mine\n")
    assert call(town, "v-add-user-composer", "alice") == (0, "")
    assert (home(town) / ".bashrc").read_text() == "# Debian's\n"
    assert (home(town) / ".profile").read_text() == "# mine\n"


@pytest.mark.parametrize("hostile", ["link above", "directory", "aliases"])
def test_a_place_that_cannot_be_used_is_refused_and_a_rebuild_goes_on(
    town: Engine, hostile: str, everything_of: Callable[[Engine], dict[str, object]]
) -> None:
    outside = town.applier.host.root / "outside"
    outside.mkdir()
    if hostile == "link above":
        (home(town) / ".composer").rmdir()
        (home(town) / ".composer").symlink_to(outside)
    elif hostile == "directory":
        (home(town) / ".composer/composer").mkdir()
    else:
        (home(town) / ".bash_aliases").symlink_to(outside)
    before = everything_of(town)
    assert call(town, "v-add-user-composer", "alice")[0] == 10
    assert everything_of(town) == before
    assert not list(outside.iterdir())


def test_what_the_account_spoils_later_keeps_nobody_from_a_rebuild(town: Engine) -> None:
    assert call(town, "v-add-user-composer", "alice") == (0, "")
    (home(town) / ".composer/composer").unlink()
    (home(town) / ".composer/composer").mkdir()
    assert call(town, "v-rebuild-user", "alice") == (0, "")
    assert call(town, "v-rebuild-users") == (0, "")

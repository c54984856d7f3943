"""Composer as accounts use it: Debian's, through their own homes, and a project that needs nothing from outside."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

import pytest
from box.machine import Machine
from tests.box.test_web_sites import put, v

NAME, OTHER = "composing", "plainone"
PROJECT = {"name": "a/b", "autoload": {"files": ["hello.php"]}, "repositories": [{"packagist.org": False}]}


@pytest.fixture(scope="module")
def people(machine: Machine) -> Iterator[Machine]:
    """An account with Composer and a shell, and one without."""
    for name in (NAME, OTHER):
        assert v(machine, "v-add-user", name, "Pass12345", f"{name}@example.org") == (0, "")
        assert v(machine, "v-change-user-shell", name, "bash") == (0, "")
    assert v(machine, "v-add-user-composer", NAME) == (0, "")
    yield machine
    for name in (NAME, OTHER):
        assert v(machine, "v-delete-user", name) == (0, "")


def login(machine: Machine, name: str, line: str) -> subprocess.CompletedProcess[str]:
    """What a line does in a shell in which an account has logged in."""
    argv = ["runuser", "--login", name, "--shell", "/bin/bash", "--", "-i", "-c", line]
    return machine.exec(argv, check=False)


def test_composer_runs_as_the_account(people: Machine) -> None:
    shown = login(people, NAME, "composer --version")
    assert shown.stdout.startswith("Composer version 2."), shown.stderr
    assert "aliased" in login(people, NAME, "type composer").stdout
    assert login(people, OTHER, "type composer").stdout.strip() == "composer is /usr/bin/composer"
    direct = people.exec(["runuser", "-u", NAME, "--", f"/home/{NAME}/.composer/composer", "--version"])
    assert "Composer version 2." in direct.stdout


def test_what_it_writes_is_the_account_s(people: Machine) -> None:
    project = f"/home/{NAME}/tmp/project"
    people.exec(["runuser", "-u", NAME, "--", "mkdir", "-p", project])
    put(people, f"{project}/composer.json", json.dumps(PROJECT), NAME)
    put(people, f"{project}/hello.php", "<?php echo 'hello';", NAME)
    done = login(people, NAME, f"cd {project} && composer --no-interaction dump-autoload && php vendor/autoload.php")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("hello")
    assert people.exec(["stat", "-c", "%U", f"{project}/vendor/autoload.php"]).stdout.strip() == NAME


def test_it_runs_in_the_shell_that_confines(people: Machine) -> None:
    assert v(people, "v-add-sys-ssh-jail") == (0, "")
    try:
        shown = people.exec(["runuser", "-u", NAME, "--", "/usr/sbin/jailbash", "-c", "~/.composer/composer --version"])
        assert shown.stdout.startswith("Composer version 2.")
    finally:
        assert v(people, "v-delete-sys-ssh-jail") == (0, "")


def test_a_rebuild_brings_link_and_alias_back(people: Machine) -> None:
    people.exec(["runuser", "-u", NAME, "--", "rm", f"/home/{NAME}/.composer/composer"])
    put(people, f"/home/{NAME}/.bash_aliases", "alias ll='ls -l'\n", NAME)
    assert v(people, "v-rebuild-user", NAME) == (0, "")
    assert people.exec(["readlink", f"/home/{NAME}/.composer/composer"]).stdout.strip() == "/usr/bin/composer"
    assert "aliased" in login(people, NAME, "type composer").stdout
    assert "aliased" in login(people, NAME, "type ll").stdout


def test_a_suspended_account_is_refused(people: Machine) -> None:
    assert v(people, "v-suspend-user", OTHER) == (0, "")
    assert v(people, "v-add-user-composer", OTHER)[0] == 5
    assert v(people, "v-add-user-sftp-key", OTHER)[0] == 5
    assert v(people, "v-unsuspend-user", OTHER) == (0, "")

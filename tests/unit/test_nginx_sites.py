"""What the drivers of nginx, php-fpm and accounts plan: which files, for whom, and what they leave alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tholos.apply.host import Host
from tholos.apply.steps import (
    Change,
    Check,
    Directory,
    Discard,
    Line,
    Link,
    ReadUnits,
    Reload,
    Restart,
    Run,
    Step,
    Write,
)
from tholos.drivers import unix_accounts
from tholos.drivers.nginx import site as nginx_site
from tholos.drivers.phpfpm import master
from tholos.resources.user.want import AccountWant
from tholos.resources.web import templates
from tholos.resources.web.want import PhpWant, SiteWant

SITE = SiteWant(
    account="alice",
    uid=20002,
    domain="bücher.example",
    ascii_name="xn--bcher-kva.example",
    names=("xn--bcher-kva.example", "*.bcher.test"),
    ip="198.18.0.1",
    template="default",
    suspended=False,
)


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """A recording host with nothing on it."""
    return Host(tmp_path, rehearse=True)


def planned(want: SiteWant | None, host: Host) -> list[Step]:
    """The steps of a site."""
    return list(nginx_site.plan(("alice", "bücher.example"), want, host))


def done(steps: list[Step], host: Host) -> None:
    """Carry out the changes among steps."""
    for step in steps:
        if isinstance(step, Change) and not host.is_done(step):
            host.do(step, "batch")


def test_a_server_block_has_wire_names_and_the_accounts_php(host: Host) -> None:
    (config,) = [step for step in planned(SITE, host) if isinstance(step, Write) and step.path.endswith("nginx.conf")]
    text = config.content.decode()
    assert "server_name xn--bcher-kva.example *.bcher.test;" in text
    assert "listen 198.18.0.1:80;" in text
    assert "fastcgi_pass unix:/run/tholos-php/alice.sock;" in text
    assert "disable_symlinks if_not_owner from=/home/alice/web/bücher.example;" in text
    assert "include /home/alice/conf/web/bücher.example/nginx.conf_*;" in text
    assert (config.mode, config.owner, config.group) == (0o640, 0, 20002)


def test_a_suspended_site_serves_no_file(host: Host) -> None:
    steps = planned(replace(SITE, suspended=True), host)
    (config,) = [step for step in steps if isinstance(step, Write) and step.path.endswith("nginx.conf")]
    assert b"return 503" in config.content
    assert b"root " not in config.content
    assert b"fastcgi_pass" not in config.content


@pytest.mark.parametrize("field", ["ip", "account"])
@pytest.mark.parametrize("value", ["a b", "a;b", "a{", "a}", "a$b", "a\nb", 'a"', "a'", "a#", "a\\", ""])
def test_what_is_no_plain_word_cannot_be_written(field: str, value: str, host: Host) -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        planned(replace(SITE, **{field: value}), host)


def test_what_an_account_made_of_its_directories_is_left_alone(host: Host) -> None:
    done(planned(SITE, host), host)
    home = host.root / "home/alice/web/bücher.example"
    home.chmod(0o755)
    (home / "public_html/index.html").unlink()
    (home / "public_html").rename(home / "releases")
    (home / "public_html").symlink_to("releases")
    (home / "logs").chmod(0o700)
    again = [step for step in planned(SITE, host) if isinstance(step, Change) and not host.is_done(step)]
    assert again == []
    rebuilt = [step for step in planned(SITE, host) if isinstance(step, Change) and not host.is_done(step, again=True)]
    assert [step.path for step in rebuilt if isinstance(step, Directory)] == [
        "/home/alice/web/bücher.example",
        "/home/alice/web/bücher.example/logs",
    ]
    assert len(rebuilt) == 2


def test_a_site_that_goes_takes_its_files_logs_and_configuration_with_it(host: Host) -> None:
    done(planned(SITE, host), host)
    steps = planned(None, host)
    gone = {step.path for step in steps if isinstance(step, Discard)}
    assert gone >= {"/home/alice/web/bücher.example", "/home/alice/conf/web/bücher.example"}
    assert len([path for path in gone if path.startswith("/var/log/nginx/domains/bücher.example.")]) == 2
    assert isinstance(steps[-2], Check)
    assert isinstance(steps[-1], Reload)
    done(steps, host)
    assert [step for step in planned(None, host) if isinstance(step, Change) and not host.is_done(step)] == []


def test_a_php_master_is_started_once_and_told_of_changes(host: Host) -> None:
    want = PhpWant("alice", 20002)
    first = list(master.plan(("alice",), want, host))
    assert [step.argv for step in first if isinstance(step, Run)] == [("systemctl", "start", "tholos-php@alice.socket")]
    assert not any(isinstance(step, Restart) for step in first)
    done(first, host)
    second = list(master.plan(("alice",), want, host))
    assert [step for step in second if isinstance(step, Change) and not host.is_done(step)] == []
    assert Restart("tholos-php@alice.service", "try-reload-or-restart") in second
    last = list(master.plan(("alice",), None, host))
    assert next(type(step) for step in last if isinstance(step, Change) and not host.is_done(step)) is Run
    done(last, host)
    assert [step for step in master.plan(("alice",), None, host) if not host.is_done(step)] == []  # type: ignore[arg-type]
    assert not (host.root / "etc/tholos/php/alice.conf").exists()


def test_php_runs_in_the_slice_of_its_account(host: Host) -> None:
    want = PhpWant("alice", 20002)
    drop_in = "/etc/systemd/system/tholos-php@alice.service.d/slice.conf"
    first = list(master.plan(("alice",), want, host))
    kinds = [step.path if isinstance(step, Write) else type(step) for step in first]
    # A unit that systemd does not know yet is read with all that belongs to it, so nothing is read again.
    assert kinds.index(drop_in) < kinds.index(Run)
    assert ReadUnits() not in first
    done(first, host)
    assert (host.root / drop_in.lstrip("/")).read_text().endswith("[Service]\nSlice=user-20002.slice\n")
    (host.root / drop_in.lstrip("/")).unlink()
    mended = list(master.plan(("alice",), want, host))
    told = [step for step in mended if isinstance(step, ReadUnits | Restart)]
    assert told[:2] == [ReadUnits(), Restart("tholos-php@alice.service", "try-restart")]


def test_further_pools_have_sockets_that_systemd_is_told_of(host: Host) -> None:
    done(list(master.plan(("alice",), PhpWant("alice", 20002), host)), host)
    template = host.root / "etc/tholos/templates/backend/big.j2"
    template.parent.mkdir(parents=True)
    template.write_text("pm.max_children = 9\n")
    steps = list(master.plan(("alice",), PhpWant("alice", 20002, ("big",)), host))
    told = [step for step in steps if isinstance(step, ReadUnits | Restart)]
    assert told[:2] == [ReadUnits(), Restart("tholos-php@alice.socket", "try-restart")]
    done(steps, host)
    units = host.root / "etc/systemd/system"
    assert "/run/tholos-php/alice+big.sock" in (units / "tholos-php@alice.socket.d/pools.conf").read_text()
    done(list(master.plan(("alice",), PhpWant("alice", 20002), host)), host)
    assert not (units / "tholos-php@alice.socket.d/pools.conf").exists()
    assert (units / "tholos-php@alice.service.d/slice.conf").exists()


def test_an_account_is_three_lines_and_a_home(host: Host) -> None:
    (host.root / "etc").mkdir()
    (host.root / "etc/shells").write_text("# shells\n/bin/bash\n/usr/bin/bash\n")
    want = AccountWant("alice", 20002, "$y$hash", "bash", "alice@example.org")
    steps = list(unix_accounts.plan(("alice",), want, host))
    lines = {step.path: step for step in steps if isinstance(step, Line) and step.key == "alice"}
    assert lines[unix_accounts.PASSWD].text == "alice:x:20002:20002:alice@example.org:/home/alice:/bin/bash"
    assert lines[unix_accounts.SHADOW].text == "alice:$y$hash::0:99999:7:::"
    assert (lines[unix_accounts.SHADOW].mode, lines[unix_accounts.SHADOW].group) == (0o640, 42)
    assert lines[unix_accounts.GROUP].text == "alice:x:20002:"
    homes = {step.path: step for step in steps if isinstance(step, Directory)}
    assert (homes["/home/alice"].mode, homes["/home/alice"].owner) == (0o700, 0)
    assert homes["/home/alice/.ssh"].mode == 0o700
    done(steps, host)
    assert (host.root / "var/lib/extrausers/shadow").stat().st_mode & 0o777 == 0o640
    done(list(unix_accounts.plan(("alice",), None, host)), host)
    assert (host.root / "var/lib/extrausers/passwd").read_text() == ""
    assert not (host.root / "home/alice").exists()


@pytest.mark.parametrize("value", ["a:b", "a\nb", "a\0b"])
def test_no_value_makes_a_second_field_or_line(value: str, host: Host) -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        list(unix_accounts.plan(("alice",), AccountWant("alice", 20002, "$y$hash", "bash", value), host))


def test_listed_templates_are_those_that_there_are() -> None:
    files = (Path(nginx_site.__file__).parent / "templates/web").glob("*.conf.j2")
    assert sorted(templates.SERVED) == sorted(file.name.removesuffix(".conf.j2") for file in files)


def test_links_of_logs_lead_to_the_logs(host: Host) -> None:
    links = [step for step in planned(SITE, host) if isinstance(step, Link) and "/logs/" in step.path]
    assert [link.target for link in links] == [
        "/var/log/nginx/domains/bücher.example.log",
        "/var/log/nginx/domains/bücher.example.error.log",
    ]

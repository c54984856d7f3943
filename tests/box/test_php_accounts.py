"""PHP on the real php-fpm: it runs as the account, and neither PHP nor what it starts can read a neighbour."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from box.machine import Machine
from tests.box.test_web_sites import fetch, put, v

ALICE, BOB = "phpalice", "phpbob"
ROOT, THEIRS = f"/home/{ALICE}/web/{ALICE}.test/public_html", f"/home/{BOB}/web/{BOB}.test/public_html"


@pytest.fixture(scope="module")
def php(machine: Machine) -> Iterator[Machine]:
    """Two accounts with a site each, the second with a secret."""
    for name in (ALICE, BOB):
        assert v(machine, "v-add-user", name, "Pass12345", f"{name}@example.org") == (0, "")
        assert v(machine, "v-add-web-domain", name, f"{name}.test") == (0, "")
    put(machine, f"{THEIRS}/secret.php", "<?php $password = 'the neighbours password'; echo 'served';", BOB)
    yield machine
    for name in (ALICE, BOB):
        assert v(machine, "v-delete-user", name) == (0, "")


def run(machine: Machine, code: str, *, account: str = ALICE) -> str:
    """What a page with this PHP in it answers."""
    put(machine, f"/home/{account}/web/{account}.test/public_html/page.php", f"<?php {code}", account)
    status, text = fetch(machine, f"{account}.test", "/page.php")
    assert status == 200, text
    return text


def test_php_runs_as_the_account(php: Machine) -> None:
    for name in (ALICE, BOB):
        uid = php.exec(["id", "-u", name]).stdout.strip()
        code = "echo posix_getuid(), ' ', posix_getgid(), ' ', trim(shell_exec('id -Gn')), ' ', getenv('HOME');"
        assert run(php, code, account=name) == f"{uid} {uid} {name} /home/{name}"
    processes = php.exec(["ps", "-o", "user:32=", "-C", "php-fpm8.2"]).stdout.split()
    assert set(processes) >= {ALICE, BOB}
    assert "root" not in processes


def test_php_reads_and_writes_its_own_files(php: Machine) -> None:
    code = f"file_put_contents('{ROOT}/../private/note', 'kept'); echo file_get_contents('{ROOT}/../private/note');"
    assert run(php, code) == "kept"
    assert run(php, "session_start(); $_SESSION['a'] = 1; echo session_status();") == "2"
    owner = php.exec(["stat", "-c", "%U", f"/home/{ALICE}/web/{ALICE}.test/private/note"]).stdout.strip()
    assert owner == ALICE


@pytest.mark.parametrize(
    "path",
    [
        f"{THEIRS}/secret.php",
        f"{ROOT}/../../../../{BOB}/web/{BOB}.test/public_html/secret.php",
        f"{ROOT}/neighbour.php",
        f"{ROOT}/directory/secret.php",
        f"/proc/self/root{THEIRS}/secret.php",
        f"/home/{BOB}/conf/web/{BOB}.test/nginx.conf",
        f"/var/log/nginx/domains/{BOB}.test.log",
        "/etc/shadow",
        "/var/lib/extrausers/shadow",
        "/var/lib/tholos/state.db",
        "/etc/tholos/tls/certificate.key",
    ],
)
def test_what_php_cannot_read(php: Machine, path: str) -> None:
    php.exec(["runuser", "-u", ALICE, "--", "ln", "-sfn", f"{THEIRS}/secret.php", f"{ROOT}/neighbour.php"])
    php.exec(["runuser", "-u", ALICE, "--", "ln", "-sfn", THEIRS, f"{ROOT}/directory"])
    assert run(php, f"echo json_encode(@file_get_contents('{path}'));") == "false"
    assert run(php, f"echo json_encode(shell_exec('cat {path} 2>/dev/null'));") == "null"
    assert run(php, f"echo json_encode((bool) @include '{path}');") == "false"


def test_a_link_to_a_neighbours_page_is_not_run(php: Machine) -> None:
    php.exec(["runuser", "-u", ALICE, "--", "ln", "-sfn", f"{THEIRS}/secret.php", f"{ROOT}/neighbour.php"])
    status, text = fetch(php, f"{ALICE}.test", "/neighbour.php")
    assert status in (403, 404)
    assert "served" not in text


def test_homes_are_closed_to_neighbours_and_no_list_of_accounts_can_be_changed(php: Machine) -> None:
    theirs = f"/home/{BOB}"
    for command in (f"ls {theirs}", f"ls {theirs}/web", f"touch {THEIRS}/x", "touch /home/x", f"rm -rf {theirs}"):
        code = f"exec('{command} 2>/dev/null', $lines, $code); echo count($lines), $code > 0 ? 'no' : 'yes';"
        assert run(php, code) == "0no"
    assert fetch(php, f"{BOB}.test", "/secret.php") == (200, "served")


def test_a_neighbours_php_cannot_be_asked(php: Machine) -> None:
    code = f"echo json_encode(@stream_socket_client('unix:///run/tholos-php/{BOB}.sock', $n, $t, 2));"
    assert run(php, code) == "false"
    assert run(php, "echo json_encode(@stream_socket_client('unix:///run/tholos/engine.sock', $n, $t, 2));") == "false"


def test_deleting_the_last_site_stops_php(php: Machine) -> None:
    name = "phplast"
    assert v(php, "v-add-user", name, "Pass12345", f"{name}@example.org") == (0, "")
    assert v(php, "v-add-web-domain", name, f"{name}.test") == (0, "")
    assert run(php, "echo 'up';", account=name) == "up"
    assert v(php, "v-delete-web-domain", name, f"{name}.test") == (0, "")
    units = php.exec(["systemctl", "list-units", "--plain", "--no-legend", f"tholos-php@{name}.*"]).stdout
    assert "running" not in units
    assert "listening" not in units
    assert v(php, "v-add-web-domain", name, f"{name}.test") == (0, "")
    assert run(php, "echo 'again';", account=name) == "again"
    assert v(php, "v-delete-user", name) == (0, "")
    assert php.exec(["sh", "-c", f"ls /run/tholos-php /etc/tholos/php | grep {name}"], check=False).stdout == ""


def test_a_changed_configuration_reaches_a_running_php(php: Machine) -> None:
    assert run(php, "echo ini_get('open_basedir');").startswith(f"/home/{ALICE}:")
    conf = f"/etc/tholos/php/{ALICE}.conf"
    php.exec(["sh", "-c", f"echo 'php_admin_value[memory_limit] = 77M' >>{conf}"])
    php.exec(["systemctl", "restart", f"tholos-php@{ALICE}.service"])
    assert run(php, "echo ini_get('memory_limit');") == "77M"
    assert v(php, "v-rebuild-web-domains", ALICE) == (0, "")
    assert run(php, "echo ini_get('memory_limit');") != "77M"

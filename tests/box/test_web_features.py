"""What a site can have, on the real nginx and php-fpm: redirect, logins, other roots and templates, cache, listing."""

from __future__ import annotations

import base64
import http.client
from collections.abc import Iterator

import pytest
from box.machine import Machine
from tests.box.test_web_sites import put, v

ALICE, BOB = "featalice", "featbob"
SITE, OTHER = f"{ALICE}.test", f"other-{ALICE}.test"
ROOT = f"/home/{ALICE}/web/{SITE}/public_html"
TEMPLATES = "/etc/tholos/templates"


def ask(machine: Machine, site: str, path: str = "/", **headers: str) -> tuple[int, str, dict[str, str]]:
    """Ask nginx for a page of a site; give status, text and headers."""
    connection = http.client.HTTPConnection(machine.address, 80, timeout=120)
    try:
        connection.request("GET", path, headers={"Host": site, **headers})
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        return answer.status, text, {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()


def ok(machine: Machine, *words: str) -> None:
    """Run a command that must succeed and say nothing."""
    assert v(machine, *words) == (0, ""), words


@pytest.fixture(scope="module")
def web(machine: Machine) -> Iterator[Machine]:
    """Two accounts, the first with two sites."""
    for name in (ALICE, BOB):
        ok(machine, "v-add-user", name, "Pass12345", f"{name}@example.org")
    for site in (SITE, OTHER):
        ok(machine, "v-add-web-domain", ALICE, site)
    put(machine, f"{ROOT}/now.php", "<?php echo hrtime(true);", ALICE)
    yield machine
    for name in (ALICE, BOB):
        ok(machine, "v-delete-user", name)
    machine.exec(["rm", "-rf", TEMPLATES])


def test_a_redirect_leads_away_but_not_in_a_circle(web: Machine) -> None:
    ok(web, "v-add-web-domain-redirect", ALICE, SITE, f"www.{SITE}")
    status, _, headers = ask(web, SITE, "/a?b=c")
    assert (status, headers["location"]) == (301, f"http://www.{SITE}/a?b=c")
    assert ask(web, f"www.{SITE}")[0] == 200
    ok(web, "v-add-web-domain-redirect", ALICE, SITE, "https://else.test:8443/x?y=1&z=~", "302")
    status, _, headers = ask(web, SITE, "/now.php")
    assert (status, headers["location"]) == (302, "https://else.test:8443/x?y=1&z=~")
    ok(web, "v-delete-web-domain-redirect", ALICE, SITE)
    assert ask(web, SITE)[0] == 200


def test_a_login_is_asked_for_and_its_hash_is_nginx_s_alone(web: Machine) -> None:
    ok(web, "v-add-web-domain-httpauth", ALICE, SITE, "visitor", "first:secret")
    ok(web, "v-add-web-domain-httpauth", ALICE, SITE, "second", "other")

    def status(login: str, password: str, path: str = "/") -> int:
        token = base64.b64encode(f"{login}:{password}".encode()).decode()
        return ask(web, SITE, path, Authorization=f"Basic {token}")[0]

    assert (ask(web, SITE)[0], ask(web, SITE, "/now.php")[0]) == (401, 401)
    assert [status("visitor", "first:secret"), status("second", "other"), status("visitor", "other")] == [200, 200, 401]
    assert status("visitor", "first:secret", "/now.php") == 200
    path = f"/home/{ALICE}/conf/web/{SITE}/htpasswd"
    assert web.exec(["stat", "-c", "%a %U:%G", path]).stdout.strip() == "640 root:www-data"
    assert web.exec(["runuser", "-u", ALICE, "--", "cat", path], check=False).stdout == ""
    ok(web, "v-change-web-domain-httpauth", ALICE, SITE, "visitor", "changed")
    assert [status("visitor", "changed"), status("visitor", "first:secret")] == [200, 401]
    for login in ("visitor", "second"):
        ok(web, "v-delete-web-domain-httpauth", ALICE, SITE, login)
    assert ask(web, SITE)[0] == 200


def test_another_document_root_stays_inside_the_accounts_sites(web: Machine) -> None:
    inside, theirs = f"/home/{ALICE}/web/{OTHER}/public_html", f"/home/{BOB}/web"
    script = f"mkdir -p {inside}/app && cd {inside} && echo other >app/page.txt && ln -sfn app current"
    web.exec(["runuser", "-u", ALICE, "--", "sh", "-c", f"{script} && ln -sfn {theirs} out && ln -sfn /etc etc"])
    ok(web, "v-change-web-domain-docroot", ALICE, SITE, OTHER, "current")
    assert ask(web, SITE, "/page.txt")[:2] == (200, "other\n")
    assert f"{inside}/current/" in v(web, "v-list-web-domain", ALICE, SITE, "json")[1]
    for outside in ("out", "etc"):
        assert v(web, "v-change-web-domain-docroot", ALICE, SITE, OTHER, outside)[0] == 10
    assert v(web, "v-change-web-domain-docroot", ALICE, SITE, f"{BOB}.test")[0] == 3
    # A link that changes later leads nowhere either.
    web.exec(["runuser", "-u", ALICE, "--", "ln", "-sfn", "/etc", f"{inside}/current"])
    assert ask(web, SITE, "/passwd")[0] in (403, 404)
    ok(web, "v-change-web-domain-docroot", ALICE, SITE, "default")
    assert ask(web, SITE)[0] == 200


def test_templates_of_the_administrators_and_broken_ones(web: Machine) -> None:
    web.exec(["mkdir", "-p", f"{TEMPLATES}/web"])
    hello = (
        '{% extends "site.conf.j2" %}{% block guards %}location = /hi { return 200 "{{ site.domain }}"; }{% endblock %}'
    )
    for name, text in (("hello", hello), ("broken", hello.replace("return 200", "returns")), ("open", "{{ nosuch }}")):
        web.exec(["tee", f"{TEMPLATES}/web/{name}.j2"], input=text)
    assert v(web, "v-list-web-templates", "plain")[1] == "broken\ndefault\nhello\nno-php\nopen\nwordpress\n"
    ok(web, "v-change-web-domain-tpl", ALICE, SITE, "hello")
    assert ask(web, SITE, "/hi")[:2] == (200, SITE)
    code, text = v(web, "v-change-web-domain-tpl", ALICE, SITE, "broken")
    assert (code, 'unknown directive "returns"' in text) == (20, True), text
    code, text = v(web, "v-change-web-domain-tpl", ALICE, SITE, "open")
    assert (code, "nosuch" in text) == (20, True), text
    assert ask(web, SITE, "/hi")[:2] == (200, SITE)
    ok(web, "v-change-web-domain-tpl", ALICE, SITE, "no-php")
    assert ask(web, SITE, "/now.php")[0] == 404
    ok(web, "v-change-web-domain-tpl", ALICE, SITE, "default")


def test_a_proxy_template_passes_requests_on(web: Machine) -> None:
    web.exec(["mkdir", "-p", f"{TEMPLATES}/proxy"])
    app = (
        '{% extends "site.conf.j2" %}{% block files %}'
        'location / { proxy_pass http://127.0.0.1:3999; add_header X-Files "{{ site.proxy_extensions }}"; }'
        "{% endblock %}"
    )
    web.exec(["tee", f"{TEMPLATES}/proxy/app.j2"], input=app)
    served = 'server { listen 127.0.0.1:3999; location / { return 200 "the program"; } }'
    web.exec(["tee", "/etc/nginx/conf.d/program.conf"], input=served)
    assert v(web, "v-change-web-domain-proxy-tpl", ALICE, SITE, "app")[0] == 11
    ok(web, "v-change-sys-config-value", "PROXY_SYSTEM", "nginx")
    ok(web, "v-change-web-domain-proxy-tpl", ALICE, SITE, "app", "css,js")
    assert ask(web, SITE)[:2] == (200, "the program")
    ok(web, "v-delete-web-domain-proxy", ALICE, SITE)
    assert "the program" not in ask(web, SITE)[1]
    ok(web, "v-add-web-domain-proxy", ALICE, SITE, "app")
    assert ask(web, SITE)[:2] == (200, "the program")
    ok(web, "v-delete-web-domain-proxy", ALICE, SITE)
    ok(web, "v-change-sys-config-value", "PROXY_SYSTEM", "")
    web.exec(["rm", "/etc/nginx/conf.d/program.conf"])


def test_a_directory_is_listed_when_that_is_wanted(web: Machine) -> None:
    web.exec(["runuser", "-u", ALICE, "--", "sh", "-c", f"mkdir -p {ROOT}/files && touch {ROOT}/files/listed.txt"])
    assert ask(web, SITE, "/files/")[0] in (403, 404)
    ok(web, "v-change-web-domain-dirlist", ALICE, SITE, "on")
    assert "listed.txt" in ask(web, SITE, "/files/")[1]
    ok(web, "v-change-web-domain-dirlist", ALICE, SITE, "off")
    assert "listed.txt" not in ask(web, SITE, "/files/")[1]


def test_pages_are_kept_and_forgotten_for_one_site(web: Machine) -> None:
    put(web, f"/home/{ALICE}/web/{OTHER}/public_html/now.php", "<?php echo hrtime(true);", ALICE)
    for site in (SITE, OTHER):
        ok(web, "v-add-fastcgi-cache", ALICE, site, "1d")
    first = {site: ask(web, site, "/now.php")[1] for site in (SITE, OTHER)}
    assert {site: ask(web, site, "/now.php")[1] for site in (SITE, OTHER)} == first
    assert ask(web, SITE, "/now.php")[2]["x-cache"] == "HIT"
    assert ask(web, SITE, "/now.php", Cookie="PHPSESSID=abc")[1] != first[SITE]
    ok(web, "v-purge-nginx-cache", ALICE, SITE)
    again = ask(web, SITE, "/now.php")[1]
    assert again != first[SITE]
    assert ask(web, OTHER, "/now.php")[1] == first[OTHER]
    assert ask(web, SITE, "/now.php")[1] == again
    for site in (SITE, OTHER):
        ok(web, "v-delete-fastcgi-cache", ALICE, site)
        assert ask(web, site, "/now.php")[1] != ask(web, site, "/now.php")[1]
    assert web.exec(["ls", "/var/cache/nginx/micro"]).stdout.split() == []


def test_another_name(web: Machine) -> None:
    name = f"renamed-{ALICE}.test"
    ok(web, "v-add-web-domain", ALICE, "oldname.test")
    put(web, f"/home/{ALICE}/web/oldname.test/public_html/mine.txt", "kept\n", ALICE)
    assert ask(web, "oldname.test", "/logged-before")[0] == 404
    ok(web, "v-change-web-domain-name", ALICE, "oldname.test", name)
    assert (ask(web, name, "/mine.txt")[:2], ask(web, f"www.{name}")[0]) == ((200, "kept\n"), 200)
    assert ask(web, "oldname.test")[0] == 404
    assert "/logged-before" in v(web, "v-list-web-domain-accesslog", ALICE, name)[1]
    assert web.exec(["find", "/home", "/etc", "/var/log/nginx", "-name", "oldname.test*"]).stdout == ""
    assert web.exec(["find", f"/home/{ALICE}", "-xtype", "l", "-path", "*/logs/*"]).stdout == ""
    ok(web, "v-delete-web-domain", ALICE, name)


def test_another_owner_gets_the_files_and_nothing_else(web: Machine) -> None:
    moved = "moved-site.test"
    ok(web, "v-add-web-domain", ALICE, moved)
    home = f"/home/{ALICE}/web/{moved}"
    put(web, f"{home}/public_html/who.php", "<?php echo posix_getuid(), ' ', fileowner(__FILE__);", ALICE)
    put(web, f"{ROOT}/stays.txt", "stays", ALICE)
    script = f"cd {home}/public_html && ln -s {ROOT}/stays.txt link && ln -s /etc/passwd passwd"
    script += " && mkdir -p a/b && touch a/b/c"
    web.exec(["runuser", "-u", ALICE, "--", "sh", "-c", script])
    web.exec(["sh", "-c", f"echo secret >{home}/public_html/roots && chmod 600 {home}/public_html/roots"])
    web.exec(["tee", f"/home/{ALICE}/conf/web/{moved}/nginx.conf_own"], input="location = /own { return 200 own; }\n")
    ok(web, "v-change-domain-owner", moved, BOB)
    uid = web.exec(["id", "-u", BOB]).stdout.strip()
    assert ask(web, moved, "/who.php")[:2] == (200, f"{uid} {uid}")
    assert ask(web, moved, "/own")[:2] == (200, "own")
    owners = web.exec(
        ["stat", "-c", "%U %n", f"{ROOT}/stays.txt", "/etc/passwd", f"/home/{BOB}/web/{moved}/public_html/roots"]
    )
    assert [line.split()[0] for line in owners.stdout.splitlines()] == [ALICE, "root", "root"]
    left = web.exec(
        ["find", f"/home/{BOB}/web/{moved}", "/var/log/nginx/domains", "-user", ALICE, "-o", "-group", ALICE]
    )
    assert [path for path in left.stdout.split() if moved in path] == []
    assert moved not in web.exec(["ls", f"/home/{ALICE}/web", f"/home/{ALICE}/conf/web"]).stdout
    assert moved in v(web, "v-list-web-domains", BOB)[1]
    ok(web, "v-rebuild-web-domain", BOB, moved)
    assert ask(web, moved, "/who.php")[:2] == (200, f"{uid} {uid}")
    ok(web, "v-delete-web-domain", BOB, moved)


def test_a_pool_of_the_administrators_has_its_own_settings(web: Machine) -> None:
    web.exec(["mkdir", "-p", f"{TEMPLATES}/backend"])
    web.exec(["tee", f"{TEMPLATES}/backend/big.j2"], input="php_admin_value[memory_limit] = 333M\n")
    web.exec(["tee", f"{TEMPLATES}/backend/bad.j2"], input="no_such_setting = 1\n")
    for site in (SITE, OTHER):
        put(
            web,
            f"/home/{ALICE}/web/{site}/public_html/limit.php",
            "<?php echo ini_get('memory_limit'), posix_getuid();",
            ALICE,
        )
    uid = web.exec(["id", "-u", ALICE]).stdout.strip()
    ok(web, "v-change-web-domain-backend-tpl", ALICE, SITE, "big")
    assert ask(web, SITE, "/limit.php")[1] == f"333M{uid}"
    assert ask(web, OTHER, "/limit.php")[1] == f"128M{uid}"
    code, text = v(web, "v-change-web-domain-backend-tpl", ALICE, OTHER, "bad")
    assert (code, "no_such_setting" in text) == (20, True), text
    assert (ask(web, SITE, "/limit.php")[1], ask(web, OTHER, "/limit.php")[1]) == (f"333M{uid}", f"128M{uid}")
    # Its pool is started by its own first request, also when nothing of the account runs.
    web.exec(["systemctl", "stop", f"tholos-php@{ALICE}.service"])
    assert ask(web, SITE, "/limit.php")[1] == f"333M{uid}"
    web.exec(["tee", f"{TEMPLATES}/backend/big.j2"], input="php_admin_value[memory_limit] = 334M\n")
    ok(web, "v-rebuild-web-domain", ALICE, SITE)
    assert ask(web, SITE, "/limit.php")[1] == f"334M{uid}"
    ok(web, "v-change-web-domain-backend-tpl", ALICE, SITE, "default")
    assert ask(web, SITE, "/limit.php")[1] == f"128M{uid}"
    ok(web, "v-delete-web-domain-backend", ALICE, SITE)
    assert ask(web, SITE, "/limit.php")[0] == 404
    ok(web, "v-add-web-domain-backend", ALICE, SITE)
    assert ask(web, SITE, "/limit.php")[1] == f"128M{uid}"

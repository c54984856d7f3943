"""Ways to lay out sites in nginx and PHP of accounts, measured bare: what ADRs 1 and 3 stand on.

Sites as server blocks, as entries of a map behind one generic server, and as links that a generic server follows.
PHP as one master with a pool an account, and as one socket-activated master an account.
"""

from __future__ import annotations

import http.client
import json
import statistics
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from conventional import Conventional
from fastcgi import ask
from tools import milliseconds, reload_and_wait, run

GENERIC = Path("/tmp/generic")
PHP = Path("/tmp/phppools")
ROUNDS = 5

GENERIC_MAIN = """user www-data;
worker_processes auto;
pid /tmp/generic/nginx.pid;
error_log /tmp/generic/error.log;
events { worker_connections 768; }
http {
    map_hash_max_size 65536;
    map_hash_bucket_size 128;
    include /etc/nginx/mime.types;
    map $host $site { default ""; include /tmp/generic/sites.map; }
    server {
        listen 127.0.0.1:8091;
        root $site;
        access_log /tmp/generic/access.log combined;
        location / { try_files $uri $uri/ =404; }
    }
    server {
        listen 127.0.0.1:8092;
        root /tmp/generic/links/$host;
        access_log /tmp/generic/links-$host.log combined;
        location / { try_files $uri $uri/ =404; }
    }
}
"""


def show(name: str, size: int, action: Callable[[], object], rounds: int = ROUNDS) -> None:
    """Print the median of an action's time as a JSON line."""
    action()
    median = statistics.median(milliseconds(action) for _ in range(rounds))
    print(json.dumps({"name": name, "size": size, "ms": round(median, 1)}), flush=True)


def get(port: int, host: str) -> None:
    """One request that must be answered with 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/", headers={"Host": host})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{port} {host}: {answer.status}")


def generic(size: int) -> None:
    """One generic server with so many sites as data."""
    sites = [f"site{number:05d}.example.net" for number in range(1, size + 1)]
    (GENERIC / "sites.map").write_text("".join(f"{name} /var/www/html;\n" for name in sites))
    for name in sites:
        link = GENERIC / "links" / name
        if not link.is_symlink():
            link.symlink_to("/var/www/html")
    argv = ["nginx", "-q", "-c", f"{GENERIC}/nginx.conf"]
    subprocess.run(argv, check=True, capture_output=True)
    time.sleep(0.5)
    master = int((GENERIC / "nginx.pid").read_text())
    show("map: nginx -t", size, lambda: run(*argv, "-t"))
    show("map: SIGHUP", size, lambda: reload_and_wait(master))
    show("map: one request", size, lambda: get(8091, sites[-1]), 100)
    show("links: one request", size, lambda: get(8092, sites[-1]), 100)
    new = iter(range(1000))
    show("links: one more site, no reload", size, lambda: _link(f"new{size}-{next(new)}.example.net"))
    run("kill", "-TERM", str(master))
    time.sleep(1)


def _link(name: str) -> None:
    (GENERIC / "links" / name).symlink_to("/var/www/html")
    get(8092, name)


def blocks(peer: Conventional, size: int) -> None:
    """A server block a site."""
    peer.grow(size)
    peer.check_and_reload()
    show("blocks: nginx -t", size, lambda: run("nginx", "-q", "-t", "-c", "/tmp/conventional/nginx.conf"))
    show("blocks: SIGHUP", size, lambda: reload_and_wait(peer.master))
    show("blocks: one request", size, lambda: get(8090, f"site{size:05d}.example.net"), 100)


def one_master(size: int) -> None:
    """One php-fpm with so many pools: its reload, until it answers again."""
    PHP.mkdir(exist_ok=True)
    pools = "".join(
        f"[p{number}]\nuser=www-data\ngroup=www-data\nlisten=/tmp/phppools/{number}.sock\n"
        "pm=ondemand\npm.max_children=8\n"
        for number in range(size)
    )
    (PHP / "fpm.conf").write_text(f"[global]\nerror_log=/tmp/phppools/log\npid=/tmp/phppools/pid\n{pools}")
    (PHP / "x.php").write_text("<?php echo getmypid();")
    argv = ["php-fpm8.2", "--nodaemonize", "--fpm-config", f"{PHP}/fpm.conf"]
    with subprocess.Popen(argv, stderr=subprocess.DEVNULL) as master:
        time.sleep(2)

        def reload() -> None:
            before = (PHP / "log").stat().st_size
            master.send_signal(12)
            while b"ready to handle" not in (PHP / "log").read_bytes()[before:]:
                time.sleep(0.002)
            ask(f"{PHP}/{size - 1}.sock", f"{PHP}/x.php")

        show("php, one master: reload", size, reload)
        print(json.dumps({"name": "php, one master: PSS", "size": size, "kb": pss(master.pid)}), flush=True)
        master.terminate()


def pss(pid: int) -> int:
    """Kilobytes of a process: its own and its share of what is shared."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def master_each(size: int) -> None:
    """One socket-activated php-fpm an account: a new account's cost, its first request, and memory."""
    template = Path("/opt/tholos-src/src/tholos/install/files")
    for unit in ("tholos-php@.socket", "tholos-php@.service"):
        Path("/etc/systemd/system", unit).write_text((template / unit).read_text())
    run("systemctl", "daemon-reload")
    Path("/etc/tholos/php").mkdir(parents=True, exist_ok=True)
    Path("/tmp/x.php").write_text("<?php echo getmypid();")
    Path("/var/lib/php/x.php").write_text("<?php echo getmypid();")
    starts, firsts = [], []
    for number in range(size):
        name = f"php{number:04d}"
        run("useradd", "-m", "-U", name)
        conf = f"[global]\nerror_log=syslog\ndaemonize=no\n[{name}]\nlisten=/run/tholos-php/{name}.sock\npm=ondemand\n"
        Path(f"/etc/tholos/php/{name}.conf").write_text(conf + "pm.max_children=8\n")
        starts.append(milliseconds(partial(run, "systemctl", "start", f"tholos-php@{name}.socket")))
        firsts.append(milliseconds(partial(ask, f"/run/tholos-php/{name}.sock", "/var/lib/php/x.php")))
    pids = [run("systemctl", "show", "-P", "MainPID", f"tholos-php@php{n:04d}.service").strip() for n in range(size)]
    time.sleep(1)
    kb = statistics.median(pss(int(pid)) for pid in pids if pid != "0")
    for name, value in (("socket", statistics.median(starts)), ("first request", statistics.median(firsts))):
        print(json.dumps({"name": f"php, a master each: {name}", "size": size, "ms": round(value, 1)}), flush=True)
    print(json.dumps({"name": "php, a master each: PSS of a started one", "size": size, "kb": kb}), flush=True)


def main() -> None:
    """Measure all layouts at their sizes."""
    (GENERIC / "links").mkdir(parents=True, exist_ok=True)
    GENERIC.chmod(0o777)
    (GENERIC / "nginx.conf").write_text(GENERIC_MAIN)
    Path("/var/www/html").mkdir(parents=True, exist_ok=True)
    Path("/var/www/html/index.html").write_text("here\n")
    peer = Conventional(0)
    for size in (10, 500, 2000):
        blocks(peer, size)
    peer.stop()
    for size in (10, 500, 2000):
        generic(size)
    for pools in (10, 200, 1000):
        one_master(pools)
    master_each(20)


if __name__ == "__main__":
    main()

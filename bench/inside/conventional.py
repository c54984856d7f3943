"""The peer for adding a site: an nginx with a conventional configuration, one server block a site, and no panel."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from tools import reload_and_wait, run

HERE = Path("/tmp/conventional")

BLOCK = """server {{
    listen 127.0.0.1:8090;
    server_name {name} www.{name};
    root /var/www/html;
    index index.php index.html index.htm;
    access_log /tmp/conventional/logs/{name}.log combined;
    error_log /tmp/conventional/logs/{name}.error.log error;
    error_page 403 /error/403.html;
    error_page 404 /error/404.html;
    error_page 500 502 503 504 /error/50x.html;
    location /error/ {{ internal; alias /var/www/html/; }}
    location ~ /\\.(?!well-known/) {{ return 404; }}
    location / {{ try_files $uri $uri/ /index.php$is_args$args; }}
    location ~ [^/]\\.php(/|$) {{
        try_files $uri =404;
        include /etc/nginx/fastcgi_params;
        fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
        fastcgi_index index.php;
        fastcgi_pass unix:/run/php.sock;
    }}
}}
"""

MAIN = """user www-data;
worker_processes auto;
pid /tmp/conventional/nginx.pid;
error_log /tmp/conventional/error.log;
events { worker_connections 768; }
http {
    server_names_hash_max_size 65536;
    server_names_hash_bucket_size 128;
    include /etc/nginx/mime.types;
    include /tmp/conventional/sites/*.conf;
}
"""


class Conventional:
    """A running nginx of our own with so many sites."""

    def __init__(self, sites: int) -> None:
        for directory in (HERE / "sites", HERE / "logs"):
            directory.mkdir(parents=True, exist_ok=True)
        (HERE / "nginx.conf").write_text(MAIN)
        self._count = 0
        self.grow(sites)
        run("nginx", "-q", "-c", f"{HERE}/nginx.conf")
        self.master = int((HERE / "nginx.pid").read_text())
        time.sleep(0.5)

    def grow(self, sites: int) -> None:
        """Write server blocks until there are so many."""
        while self._count < sites:
            self._count += 1
            name = f"site{self._count:05d}.example.net"
            (HERE / "sites" / f"{name}.conf").write_text(BLOCK.format(name=name))

    def check_and_reload(self) -> None:
        """`nginx -t` and SIGHUP, until the new workers alone serve."""
        subprocess.run(["nginx", "-q", "-t", "-c", f"{HERE}/nginx.conf"], check=True, capture_output=True)
        reload_and_wait(self.master)

    def stop(self) -> None:
        """End this nginx."""
        run("kill", "-TERM", str(self.master))

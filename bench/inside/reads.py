"""An authenticated RPC read against a bare Starlette route that returns the same bytes, over TLS, keep-alive.

Run with the venv's Python: ``reads.py SIZE ACCESS_KEY SECRET``.
"""

from __future__ import annotations

import http.client
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from tools import in_turn, report

PORT = 8099
BODY = Path("/tmp/bare-body")
TLS = Path("/etc/tholos/tls")
BARE = f"""
from pathlib import Path
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
async def route(request):
    await request.form() if False else await request.body()
    return Response(Path("{BODY}").read_bytes(), media_type="application/json")
app = Starlette(routes=[Route("/", route, methods=["POST"])])
uvicorn.run(app, host="127.0.0.1", port={PORT}, ssl_certfile="{TLS}/certificate.crt",
            ssl_keyfile="{TLS}/certificate.key", log_level="error", access_log=False)
"""


class Client:
    """One keep-alive connection over TLS."""

    def __init__(self, port: int) -> None:
        context = ssl._create_unverified_context()
        self._connection = http.client.HTTPSConnection("127.0.0.1", port, context=context)

    def post(self, path: str, body: str) -> bytes:
        """Send a form and give the answer's body; RuntimeError when it is no success."""
        self._connection.request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {content[:200]!r}")
        return content


def compare(name: str, arguments: dict[str, str], credentials: dict[str, str], most: float) -> list[float]:
    """Measure one read against a bare route with the same bytes; give our times."""
    form = urlencode(credentials | arguments)
    ours = Client(8083)
    BODY.write_bytes(ours.post("/api/", form))
    with subprocess.Popen([sys.executable, "-c", BARE]) as server:
        try:
            bare = _connect()
            mine, floor = in_turn([_poster(ours, "/api/", form), _poster(bare, "/", form)], 300, warm_up=20)
        finally:
            server.terminate()
    report(name, mine, floor, most, f"bare Starlette route, the same {BODY.stat().st_size} bytes")
    return mine


def _poster(client: Client, path: str, form: str) -> Callable[[], object]:
    return lambda: client.post(path, form)


def _connect() -> Client:
    for _ in range(100):
        try:
            client = Client(PORT)
            client.post("/", "x=1")
        except OSError:
            time.sleep(0.1)
        else:
            return client
    raise RuntimeError("the bare server does not answer")


def main(size: str, access_key: str, secret_key: str) -> None:
    """Measure one account, and all when they are few."""
    credentials = {"access_key": access_key, "secret_key": secret_key}
    if int(size) <= 1000:
        everyone = {"cmd": "v-list-users", "arg1": "json"}
        compare(f"RPC read of {size} accounts", everyone, credentials, 4.0)
    one = {"cmd": "v-list-user", "arg1": "admin", "arg2": "json"}
    compare(f"RPC read of one account, {size} present", one, credentials, 4.0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3])

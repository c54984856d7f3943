"""Clients that sell accounts, each authenticating in its way: the same orders as forms, as JSON, and as REST."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from box.facts import Facts

WAYS = ("key pair", "hash pair", "legacy key", "password", "json", "rest")
NEVER_TO_ALWAYS = ("*", "*", "*", "*", "*")
FORM = "application/x-www-form-urlencoded"


class Wire:
    """A connection to the panel, whose certificate is checked as docs/billing.md tells clients to."""

    def __init__(self, facts: Facts, timeout: float = 120) -> None:
        place = urlsplit(facts.url)
        context = ssl.create_default_context(cafile=facts.ca_certificate)
        context.check_hostname = False
        self.connection = http.client.HTTPSConnection(str(place.hostname), place.port, context=context, timeout=timeout)

    def send(self, method: str, path: str, body: str, kind: str, **headers: str) -> tuple[int, str]:
        """Send a request; give the status and the body."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, body, {"Content-Type": kind, **sent})
        answer = self.connection.getresponse()
        return answer.status, answer.read().decode()

    def close(self) -> None:
        """Hang up."""
        self.connection.close()


class Orders(Protocol):
    """What a client orders; each order gives the exit code of the command behind it."""

    def create(self, name: str, password: str, package: str) -> int: ...
    def add_domain(self, name: str, domain: str) -> int: ...
    def delete_domain(self, name: str, domain: str) -> int: ...
    def add_database(self, name: str, database: str, password: str, kind: str) -> int: ...
    def add_job(self, name: str, command: str) -> int: ...
    def change_package(self, name: str, package: str) -> int: ...
    def change_password(self, name: str, password: str) -> int: ...
    def change_shell(self, name: str, shell: str) -> int: ...
    def suspend(self, name: str) -> int: ...
    def unsuspend(self, name: str) -> int: ...
    def terminate(self, name: str) -> int: ...
    def temporary_login(self, name: str, database: str) -> tuple[str, str]:
        """Name and password of a login for some minutes: what a link to the database's administration needs."""
        ...

    def usage(self, name: str) -> dict[str, int]:
        """What the account uses, as the list of all accounts tells it."""
        ...

    def close(self) -> None: ...


class RpcOrders:
    """A billing module: every call has arg1 to arg9, wanted or not, and asks for the exit code alone."""

    def __init__(self, wire: Wire, proof: Mapping[str, str], *, as_json: bool = False) -> None:
        self.wire = wire
        self.proof = proof
        self.as_json = as_json

    def close(self) -> None:
        """Hang up."""
        self.wire.close()

    def call(self, command: str, *values: str, returncode: str = "yes") -> tuple[int, str]:
        """Call a command; give the status and the body."""
        padded = (*values, *[""] * (9 - len(values)))
        form = {f"arg{number}": value for number, value in enumerate(padded, start=1)}
        fields = {**self.proof, "cmd": command, "returncode": returncode, **form}
        # Clients send JSON under the content type of a form, and under none that there is.
        body, kind = (json.dumps(fields), "text/nonsense") if self.as_json else (urlencode(fields), FORM)
        return self.wire.send("POST", "/api/", body, kind)

    def order(self, command: str, *values: str) -> int:
        """Call a command; give its exit code, which comes with status 200 whatever it is."""
        status, body = self.call(command, *values)
        assert status == 200, (command, status, body)
        return int(body)

    def create(self, name: str, password: str, package: str) -> int:
        return self.order("v-add-user", name, password, f"{name}@example.org", package, "Acme", "Ltd")

    def add_domain(self, name: str, domain: str) -> int:
        return self.order("v-add-domain", name, domain)

    def delete_domain(self, name: str, domain: str) -> int:
        return self.order("v-delete-domain", name, domain)

    def add_database(self, name: str, database: str, password: str, kind: str) -> int:
        return self.order("v-add-database", name, database, database, password, kind)

    def add_job(self, name: str, command: str) -> int:
        return self.order("v-add-cron-job", name, *NEVER_TO_ALWAYS, command)

    def change_package(self, name: str, package: str) -> int:
        return self.order("v-change-user-package", name, package)

    def change_password(self, name: str, password: str) -> int:
        return self.order("v-change-user-password", name, password)

    def change_shell(self, name: str, shell: str) -> int:
        return self.order("v-change-user-shell", name, shell)

    def suspend(self, name: str) -> int:
        return self.order("v-suspend-user", name, "no")

    def unsuspend(self, name: str) -> int:
        return self.order("v-unsuspend-user", name, "no")

    def terminate(self, name: str) -> int:
        return self.order("v-delete-user", name, "no")

    def temporary_login(self, name: str, database: str) -> tuple[str, str]:
        status, body = self.call("v-add-database-temp-user", name, database, "mysql", "localhost", returncode="no")
        assert status == 200, body
        return json.loads(body)["login"]["user"], json.loads(body)["login"]["password"]

    def usage(self, name: str) -> dict[str, int]:
        status, body = self.call("v-list-users", "json", returncode="no")
        assert status == 200, body
        shown = json.loads(body)[name]
        names = {"web_domains": "U_WEB_DOMAINS", "dns_domains": "U_DNS_DOMAINS", "databases": "U_DATABASES"}
        return {ours: int(shown[theirs]) for ours, theirs in {**names, "cron_jobs": "U_CRON_JOBS"}.items()}


class RestOrders:
    """A program of the REST API."""

    def __init__(self, wire: Wire, bearer: str) -> None:
        self.wire = wire
        self.bearer = bearer

    def close(self) -> None:
        """Hang up."""
        self.wire.close()

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, str]:
        """Send a request; give the status and the body."""
        content = "" if body is None else json.dumps(body)
        headers["Authorization"] = f"Bearer {self.bearer}"
        return self.wire.send(method, f"/api/v2{path}", content, "application/json", **headers)

    def order(self, method: str, path: str, **fields: str) -> int:
        """Send a request; give the exit code of the command behind it."""
        status, body = self.send(method, path, fields or None)
        return 0 if status in (200, 201, 204) else int(json.loads(body)["code"])

    def create(self, name: str, password: str, package: str) -> int:
        email = f"{name}@example.org"
        return self.order("POST", "/users", user=name, password=password, email=email, package=package, name="Acme Ltd")

    def add_domain(self, name: str, domain: str) -> int:
        return self.order("POST", f"/users/{name}/domains", domain=domain)

    def delete_domain(self, name: str, domain: str) -> int:
        return self.order("DELETE", f"/users/{name}/domains/{domain}")

    def add_database(self, name: str, database: str, password: str, kind: str) -> int:
        told = {"database": database, "dbuser": database, "dbpass": password, "type": kind}
        return self.order("POST", f"/users/{name}/databases", **told)

    def add_job(self, name: str, command: str) -> int:
        when = dict.fromkeys(("min", "hour", "day", "month", "wday"), "*")
        return self.order("POST", f"/users/{name}/cron-jobs", **when, cron_command=command)

    def change_package(self, name: str, package: str) -> int:
        return self.order("PUT", f"/users/{name}/package", package=package)

    def change_password(self, name: str, password: str) -> int:
        return self.order("PUT", f"/users/{name}/password", password=password)

    def change_shell(self, name: str, shell: str) -> int:
        return self.order("PUT", f"/users/{name}/shell", shell=shell)

    def suspend(self, name: str) -> int:
        return self.order("POST", f"/users/{name}/suspend")

    def unsuspend(self, name: str) -> int:
        return self.order("POST", f"/users/{name}/unsuspend")

    def terminate(self, name: str) -> int:
        return self.order("DELETE", f"/users/{name}")

    def temporary_login(self, name: str, database: str) -> tuple[str, str]:
        status, body = self.send("POST", f"/users/{name}/databases/{database}/temporary-logins", {})
        assert status == 201, body
        return json.loads(body)["login"], json.loads(body)["password"]

    def usage(self, name: str) -> dict[str, int]:
        status, body = self.send("GET", f"/users?user={name}")
        assert status == 200, body
        shown = json.loads(body)["items"][0]["usage"]
        return {key: shown[key] for key in ("web_domains", "dns_domains", "databases", "cron_jobs")}


def client(facts: Facts, way: str, timeout: float = 120) -> Orders:
    """A client that authenticates in a way of WAYS."""
    wire = Wire(facts, timeout)
    if way == "rest":
        return RestOrders(wire, f"{facts.access_key}.{facts.secret_key}")
    pair = {"access_key": facts.access_key, "secret_key": facts.secret_key}
    proof = {
        "key pair": pair,
        "json": pair,
        "hash pair": {"hash": f"{facts.access_key}:{facts.secret_key}"},
        "legacy key": {"hash": facts.api_hash},
        "password": {"user": facts.user, "password": facts.password},
    }[way]
    return RpcOrders(wire, proof, as_json=way == "json")

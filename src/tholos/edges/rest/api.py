"""The REST API: answers a request that the edge forwarded as it came.

What decides is the same as for an RPC call: the gate authenticates and authorises, the types parse, the one writer
changes.
"""

from __future__ import annotations

from functools import cached_property

from tholos.edges.dispatch import Dispatcher
from tholos.edges.hestia.gate import Gate, log_fault
from tholos.edges.rest.asked import Asked, known_positions, read_asked
from tholos.edges.rest.changes import Change, Changes
from tholos.edges.rest.login import credentials
from tholos.edges.rest.openapi import document
from tholos.edges.rest.preconditions import not_modified
from tholos.edges.rest.problem import Problem, of_gate, of_refusal
from tholos.edges.rest.reads import JSON, PRIVATE, Reads
from tholos.edges.rest.routes import Route, all_routes
from tholos.edges.rest.shown import Shown, encoded, tagged
from tholos.edges.rest.whoami import whoami
from tholos.kernel.call import Call, HttpRequest, HttpResponse
from tholos.kernel.errors import Refusal
from tholos.kernel.tx import Caller

WHOAMI, OPENAPI = "/whoami", "/openapi.json"


class Rest:
    """Answers requests of the REST API through a gate and a dispatcher."""

    def __init__(self, gate: Gate, dispatcher: Dispatcher) -> None:
        self.routes = all_routes()
        self._gate = gate
        self._dispatcher = dispatcher
        self._reads = Reads(dispatcher)
        self._changes = Changes(self.routes, dispatcher)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer a request; whatever goes wrong is a problem in the answer."""
        try:
            return self._answer(request)
        except Problem as problem:
            return problem.response()
        except Refusal as refusal:
            return of_refusal(refusal).response()
        except Exception as error:
            log_fault(error, f"{request.method} of the REST API")
            return Problem("internal", "internal error").response()

    def _answer(self, request: HttpRequest) -> HttpResponse:
        # A HEAD is answered as the GET; the edge's server leaves the body out (RFC 9110, 9.3.2).
        method = "GET" if request.method == "HEAD" else request.method
        if request.path in (WHOAMI, OPENAPI):
            _require_get(method)
            return self._whoami(request) if request.path == WHOAMI else self._openapi(request)
        route, placed = self.routes.find(method, request.path)
        try:
            asked = read_asked(route, placed, request)
        except (Problem, Refusal):
            # Whoever may not call learns nothing about his arguments.
            self._login(self._call(route, known_positions(route, placed), request))
            raise
        call = self._call(route, asked.values, request)
        return self._run(route, asked, request, call, self._login(call))

    def _run(self, route: Route, asked: Asked, request: HttpRequest, call: Call, caller: Caller) -> HttpResponse:
        with self._gate.shares.turn(caller):
            if route.command.changes:
                return self._changes.carry_out(Change(route, asked, request, call, caller))
            return self._reads.answer(route, asked, request, caller)

    def _call(self, route: Route, values: tuple[str, ...], request: HttpRequest) -> Call:
        shown = credentials(request.headers.get("authorization", ""))
        return Call(route.command.legacy, values, shown, request.address, "access-key")

    def _login(self, call: Call) -> Caller:
        try:
            return self._gate.by_key(call)
        except Refusal as refusal:
            raise of_gate(refusal) from None

    def _openapi(self, request: HttpRequest) -> HttpResponse:
        found = self._document
        headers = (("cache-control", "public, no-cache"), ("etag", found.etag))
        if not_modified(request.headers, found.etag):
            return HttpResponse(304, headers)
        return HttpResponse(200, (JSON, *headers), found.body)

    @cached_property
    def _document(self) -> Shown:
        return tagged(document(self.routes))

    def _whoami(self, request: HttpRequest) -> HttpResponse:
        shown = credentials(request.headers.get("authorization", ""))
        call = Call("whoami", (), shown, request.address, "access-key")
        try:
            found = encoded(whoami(self._gate, self._dispatcher.machine, call))
        except Refusal as refusal:
            raise of_gate(refusal) from None
        return HttpResponse(200, (JSON, PRIVATE), found.body)


def _require_get(method: str) -> None:
    if method != "GET":
        raise Problem("method-not-allowed", "use one of: GET, HEAD", headers=(("allow", "GET, HEAD"),))

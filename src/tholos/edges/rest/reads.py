"""Reading over REST: the answer is kept until the next commit that changes anything, as for the RPC API."""

from __future__ import annotations

from typing import Any

from tholos.edges.dispatch import Dispatcher
from tholos.edges.rest.asked import Asked
from tholos.edges.rest.preconditions import not_modified
from tholos.edges.rest.revisions import revision
from tholos.edges.rest.routes import Route
from tholos.edges.rest.shown import Shown, page_of, shown
from tholos.kernel.call import HttpRequest, HttpResponse
from tholos.kernel.tx import Caller, State

JSON = ("content-type", "application/json")
PRIVATE = ("cache-control", "private, no-cache")
"""Nobody but the caller may keep an answer, and must ask whether it still holds (RFC 9111, 5.2.2)."""


class Reads:
    """Answers reading commands."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher

    def answer(self, route: Route, asked: Asked, request: HttpRequest, caller: Caller) -> HttpResponse:
        """Give the resource, or 304 when the caller has it already; raise a Refusal."""
        found = self._shown(route, asked, request, caller)
        if found is None:
            return HttpResponse(204)
        headers = (PRIVATE, ("etag", found.etag))
        if not_modified(request.headers, found.etag):
            return HttpResponse(304, headers)
        return HttpResponse(200, (JSON, *headers), found.body)

    def _shown(self, route: Route, asked: Asked, request: HttpRequest, caller: Caller) -> Shown | None:
        command = route.command
        if not command.cached or command.resource is None:
            return self._fresh(route, asked, request, caller)
        generation = self._dispatcher.store.generation
        key = (f"{route.path} {request.query}", asked.values, caller.sees_secrets)
        kept: Shown | None = self._dispatcher.cache.get(key, generation)
        if kept is None:
            kept = self._fresh(route, asked, request, caller)
            self._dispatcher.cache.put(key, generation, kept, len(kept.body) if kept else 0)
        return kept

    def _fresh(self, route: Route, asked: Asked, request: HttpRequest, caller: Caller) -> Shown | None:
        context = self._dispatcher.context(caller, request.address)
        bound = self._dispatcher.bind(route.command, asked.values, caller)
        page = page_of(route, asked.query)

        def read(state: State) -> tuple[Any, int]:
            return route.command.function(state, **bound.arguments), revision(state, route, bound.arguments)

        value, number = self._dispatcher.on_snapshot(context, read, page)
        if route.command.resource is None:
            return None
        return shown(route, value, asked.query, asked.path, None if page is None else page.total, revision=number)

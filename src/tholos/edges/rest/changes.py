"""Changing over REST: conditions, the command, its answer and what is kept of it, in one transaction of the writer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import select

from tholos.apply.batch import Plan
from tholos.edges.dispatch import Dispatcher
from tholos.edges.idempotency import Given, Once, without_secret
from tholos.edges.rest import preconditions
from tholos.edges.rest.asked import Asked, known_positions
from tholos.edges.rest.plan import planned
from tholos.edges.rest.problem import of_refusal
from tholos.edges.rest.revisions import revision
from tholos.edges.rest.routes import Route, Routes, Values
from tholos.edges.rest.shown import Shown, encoded, item, shown
from tholos.kernel.call import Call, HttpRequest, HttpResponse
from tholos.kernel.command import COMMANDS, Bound
from tholos.kernel.errors import NotExist, Unchanged
from tholos.kernel.job import Started, jobs
from tholos.kernel.tx import Caller, Tx
from tholos.resources.job.resource import Job

JSON = ("content-type", "application/json")
NOT_KEPT = ("cache-control", "no-store")


class Change(NamedTuple):
    """A change that is asked for: by whom, of what, and as which call of the command."""

    route: Route
    asked: Asked
    request: HttpRequest
    call: Call
    caller: Caller


class Changes:
    """Carries out the changes of the REST API."""

    def __init__(self, routes: Routes, dispatcher: Dispatcher) -> None:
        self._routes = routes
        self._dispatcher = dispatcher

    def carry_out(self, change: Change) -> HttpResponse:
        """Answer a change; raise a Refusal when it is not carried out."""
        command, dispatcher = change.route.command, self._dispatcher
        bound = dispatcher.bind(command, change.asked.values, change.caller)
        context = dispatcher.context(change.caller, change.call.address)
        key = change.request.headers.get("idempotency-key")
        once = None if key is None else Once(key, change.call.credentials, _identity(change), HttpResponse)

        def around(tx: Tx, carry_out: Callable[[], Any]) -> HttpResponse:
            give = partial(self._given, tx, change, bound, carry_out)
            if once is None or change.asked.dry_run:
                return give().answer
            return once.run(tx, give, lambda refusal: of_refusal(refusal).response())

        answer = dispatcher.change(command, bound, context, dry_run=change.asked.dry_run, around=around)
        if isinstance(answer, Plan):
            plan = planned(answer, dispatcher.writer.applier.host, whole=change.caller.is_root)
            return HttpResponse(200, (JSON, NOT_KEPT), encoded(plan).body)
        response: HttpResponse = answer
        return response

    def _given(self, tx: Tx, change: Change, bound: Bound, carry_out: Callable[[], Any]) -> Given[HttpResponse]:
        preconditions.check(change.request.headers, lambda: self._current(tx, change))
        try:
            value = carry_out()
        except Unchanged:
            return Given(HttpResponse(204), HttpResponse(204))
        answer = self._answer(tx, change, bound, value)
        if change.route.command.resource is None:  # Then the answer is what a GET gives, which holds no secret.
            return Given(answer, answer)
        kept = without_secret(value)
        return Given(answer, answer if kept is value else self._answer(tx, change, bound, kept))

    def _current(self, tx: Tx, change: Change) -> str | None:
        """The entity tag of the resource that is changed, as a GET without a query would give it; None for nothing."""
        found = self._routes.reading(change.route, change.request.path)
        if found is None:
            return None
        route, placed = found
        try:
            return self._read(tx, route, placed, change.caller).etag
        except NotExist:
            return None

    def _read(self, tx: Tx, route: Route, names: Values, caller: Caller) -> Shown:
        bound = self._dispatcher.bind(route.command, known_positions(route, names), caller)
        value = route.command.function(tx, **bound.arguments)
        return shown(route, value, {}, route.at(names), revision=revision(tx, route, bound.arguments))

    def _answer(self, tx: Tx, change: Change, bound: Bound, value: Any) -> HttpResponse:
        if isinstance(value, Started):
            return _accepted(tx, value)
        if change.route.method != "POST" or (value is None and change.route.command.resource is not None):
            return HttpResponse(204)
        made = self._routes.item_of(change.route)
        if made is None:
            return _result(change.route, value)
        names = {name: str(getattr(value, name, None) or bound.arguments[name]) for name in made.names}
        return self._created(tx, change, made, names, value)

    def _created(self, tx: Tx, change: Change, made: Route, names: dict[str, str], value: Any) -> HttpResponse:
        if change.route.command.resource is not None:
            one = encoded(item(change.route.command.resource, value))
        else:
            one = self._read(tx, made, names, change.caller)
        return HttpResponse(201, (JSON, NOT_KEPT, ("location", made.at(names)), *_tag(one, change)), one.body)


def _accepted(tx: Tx, started: Started) -> HttpResponse:
    """The job that goes on, and where it can be looked at (RFC 9110, 15.3.3)."""
    job = tx.row(select(jobs).where(jobs.c.id == started.id))
    location = Route(COMMANDS["v-list-job"]).at({"job": started.id})
    return HttpResponse(202, (JSON, NOT_KEPT, ("location", location)), encoded(Job.of(job)).body)


def _tag(one: Shown, change: Change) -> tuple[tuple[str, str], ...]:
    """The tag of what was made, unless the answer holds more than a GET will."""
    return (("etag", one.etag),) if change.route.command.resource is None else ()


def _result(route: Route, value: Any) -> HttpResponse:
    if route.command.resource is None:
        return HttpResponse(204)
    return HttpResponse(201, (JSON, NOT_KEPT), encoded(item(route.command.resource, value)).body)


def _identity(change: Change) -> tuple[Any, ...]:
    """What must be the same in a repeat."""
    request = change.request
    conditions = tuple(request.headers.get(name, "") for name in ("if-match", "if-none-match"))
    return (request.method, change.route.path, change.asked.values, request.query, *conditions)

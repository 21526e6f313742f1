"""Running operations: the one place between the transports (HTTP, WebSocket, REST twins) and the schema."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractContextManager, aclosing
from typing import Any, NamedTuple

import msgspec
import strawberry
from graphql import ExecutionResult, GraphQLSchema
from graphql.pyutils import AwaitableOrValue

from gateway.callers.accounts import Account, Callers
from gateway.callers.ledger import Ledger
from gateway.context import Context
from gateway.errors import GatewayError
from gateway.http.documents import Documents, Prepared, Refused
from gateway.http.errors import described, public_error, public_errors
from gateway.http.executable import Increment
from gateway.http.operation import Operation
from gateway.http.persisted.documents import PersistedDocuments
from gateway.http.persisted.memory import MemoryStore
from gateway.http.plan_view import ONLY, PlanView
from gateway.http.shared_answers import SharedAnswers
from gateway.parts import Parts
from gateway.settings import Settings
from gateway.settled import settled
from gateway.store.interface import Store
from gateway.store.memory import Memory
from gateway.upstreams.recorder import Recorder

Body = dict[str, Any]
"""A GraphQL response: ``data`` and ``errors`` as they leave."""


class _Flawless(msgspec.Struct, forbid_unknown_fields=True):
    data: dict[str, Any]
    extensions: dict[str, Any] | None = None


class Usage(NamedTuple):
    """Counts since the start, and what is kept at the moment, with its estimated bytes."""

    document_hits: int
    document_misses: int
    documents: int
    document_bytes: int
    shared: int
    kept_given: int
    kept: int
    kept_bytes: int


class Response(msgspec.Struct, eq=False):
    """What an execution gave, perhaps for several requests."""

    _result: ExecutionResult
    _max_errors: int
    _content: bytes | None = None

    @classmethod
    def of(cls, content: bytes, max_errors: int) -> Response:
        """The flawless one with this body, which another gateway has encoded. Raises ``msgspec.MsgspecError``."""
        body = msgspec.json.decode(content, type=_Flawless)
        return cls(ExecutionResult(body.data, None, body.extensions), max_errors, content)

    @property
    def flawless(self) -> bool:
        """No errors: the response is the same for all who share it."""
        return not self._result.errors

    @property
    def content(self) -> bytes:
        """The body of a flawless response as JSON, encoded once."""
        if self._content is None:
            body: Body = {"data": self._result.data}
            if self._result.extensions:
                body["extensions"] = self._result.extensions
            self._content = msgspec.json.encode(body)
        return self._content

    def body(self, request_id: str) -> Body:
        """The body, with errors as they leave."""
        return body_of(self._result, request_id, self._max_errors)


class Engine:
    """Prepares, executes and subscribes; every error in what it gives has passed the one exit.

    Raises ``SettingsError`` for a manifest that is wrong, or names that the schema does not have.
    """

    on_socket: Callable[[], AbstractContextManager[None]] | None = None
    """Around each operation of a WebSocket, where somebody wants to see it."""

    def __init__(
        self, schema: strawberry.Schema, settings: Settings, store: Store | None = None, parts: Parts | None = None
    ) -> None:
        store, parts = store or Memory(), parts or Parts()
        self.schema: GraphQLSchema = schema._schema
        self._limits = settings.limits
        self._max_errors = settings.limits.max_returned_errors
        introspection, suggestions = settings.introspection_on, settings.suggestions_on
        self._documents = parts.get(
            "documents",
            (settings.limits, introspection, suggestions),
            lambda: Documents(self.schema, settings.limits, introspection=introspection, suggestions=suggestions),
        )
        kept = (settings.documents.apq_entries, settings.documents.apq_bytes)
        texts = parts.get("apq", kept, lambda: MemoryStore(*kept))
        self._persisted = PersistedDocuments(settings.documents, settings.limits, self.schema, texts, store)
        self._plans = PlanView(self.schema, settings)
        ledger = Ledger(store) if store.shared else None
        self.callers = parts.get("callers", settings.callers, lambda: Callers(settings.callers, ledger=ledger))
        self._answers: SharedAnswers[Response] = SharedAnswers(
            self.schema, settings, store, lambda content: Response.of(content, settings.limits.max_returned_errors)
        )

    def succeeded_by(self, engine: Engine) -> None:
        """Another engine takes what begins from now on; a mutation that ends in this one counts there, too."""
        self._answers.succeeded_by(engine._answers)

    @property
    def usage(self) -> Usage:
        documents, answers = self._documents, self._answers
        kept = answers.kept
        return Usage(
            documents.hits, documents.misses, len(documents.kept), documents.kept.size,
            answers.joined, kept.given, len(kept), kept.size_bytes,
        )  # fmt: skip

    async def prepare(self, operation: Operation, context: Context) -> Prepared:
        """The operation that a request asks for. Raises ``Refused``, or ``GatewayError``."""
        known = self.known(operation)
        if known is not None:
            return known
        started_s = time.thread_time()
        try:
            text = await self._persisted.text_of(operation)
            prepared = self._documents.prepare(text, operation.variables, operation.operation_name)
        except (Refused, GatewayError):
            context.account.charge_refused(time.thread_time() - started_s)
            raise
        await self._persisted.remember(operation)
        if prepared.spent_s:
            # A new document has held the loop for a while, and its plan is to be made yet: others first.
            await asyncio.sleep(0)
        if operation.extensions:
            prepared.plan = operation.extensions.get("plan")
        return prepared

    def known(self, operation: Operation) -> Prepared | None:
        """What ``prepare`` gives, if it is a plain one that was prepared before."""
        text = self._persisted.plain_text(operation)
        return None if text is None or operation.variables else self._documents.known(text, operation.operation_name)

    def prepare_own(self, text: str, variables: dict[str, Any]) -> Prepared:
        """A document of the gateway's own, which has no limits. Raises ``Refused``."""
        return self._documents.prepare(text, variables, limited=False)

    def respond(self, prepared: Prepared, context: Context) -> AwaitableOrValue[Response]:
        """Run a query or mutation; a query together with those who ask the same at this moment.

        At once, where there is nothing to wait for. Raises ``RateLimited``.
        """
        account = context.account.admit(prepared.cost, prepared.spent_s)
        context.allowance.limit(self._limits.operation_timeout_s, self._limits.max_upstream_requests)
        if prepared.plan or not self._answers.unshared(prepared):
            return self._responded(prepared, context, account)
        result = self._run(prepared, context)
        if isinstance(result, ExecutionResult):
            return Response(result, self._max_errors)
        return self._waited(result, account)

    async def _responded(self, prepared: Prepared, context: Context, account: Account) -> Response:
        with account:
            if prepared.plan and await self._plans.is_shown(prepared, context):
                return await self._planned(prepared, context)

            async def execute() -> Response:
                return Response(await settled(self._run(prepared, context)), self._max_errors)

            return await self._answers.answer(prepared, context.principal, execute)

    async def _waited(self, result: Awaitable[ExecutionResult], account: Account) -> Response:
        with account:
            return Response(await result, self._max_errors)

    async def execute(self, prepared: Prepared, context: Context) -> Body:
        """As ``respond``; the body."""
        return (await settled(self.respond(prepared, context))).body(context.request_id)

    def stream(self, prepared: Prepared, context: Context) -> AsyncGenerator[Body, None]:
        """Run any operation: one body, or one for each event of a subscription.

        A subscription that is refused gives a single one, without ``data``. Close the iterator (``aclose``) to end it:
        that cancels what it awaits, down to the upstream. Raises ``RateLimited``, for a subscription at once.
        """
        if prepared.is_subscription:
            return self._events(prepared, context, context.account.admit(prepared.cost, prepared.spent_s))
        return self._once(prepared, context)

    def increments(self, prepared: Prepared, context: Context) -> AsyncGenerator[Increment, None]:
        """Run a query in parts, as its ``@defer`` and ``@stream`` say; the first may be all there is.

        Close the iterator as that of ``stream``. Raises ``RateLimited`` at once.
        """
        return self._parts(prepared, context, context.account.admit(prepared.cost, prepared.spent_s))

    async def _planned(self, prepared: Prepared, context: Context) -> Response:
        """With the plan; shared with nobody, since it says what this one request took."""
        if prepared.plan == ONLY:
            return Response(self._plans.of(prepared), self._max_errors)
        recorder = context.allowance.recorder = Recorder()

        async def execute() -> Response:
            result = await settled(self._run(prepared, context))
            return Response(self._plans.with_times(prepared, recorder, result), self._max_errors)

        return await (execute() if prepared.is_query else self._answers.answer(prepared, context.principal, execute))

    def _run(self, prepared: Prepared, context: Context) -> AwaitableOrValue[ExecutionResult]:
        return prepared.executable.execute(context, prepared.variables)

    async def _once(self, prepared: Prepared, context: Context) -> AsyncGenerator[Body, None]:
        yield await self.execute(prepared, context)

    async def _parts(self, prepared: Prepared, context: Context, account: Account) -> AsyncGenerator[Increment, None]:
        with account:
            context.allowance.limit(self._limits.operation_timeout_s, self._limits.max_upstream_requests)
            early = "stream" in prepared.incremental
            async with aclosing(prepared.executable.increments(context, prepared.variables, early=early)) as increments:
                async for increment in increments:
                    yield increment

    async def _events(self, prepared: Prepared, context: Context, account: Account) -> AsyncGenerator[Body, None]:
        with account:
            events = await prepared.executable.subscribe(context, prepared.variables)
            if isinstance(events, ExecutionResult):
                yield body_of(events, context.request_id, self._max_errors)
                return
            async with aclosing(events):
                async for result in events:
                    yield body_of(result, context.request_id, self._max_errors)


def refusal(error: Refused | GatewayError, request_id: str) -> Body:
    """The body for an operation that does not run."""
    if isinstance(error, Refused):
        return {"errors": [public_error(each, request_id) for each in error.errors]}
    return {"errors": [described(error, request_id)]}


def body_of(result: ExecutionResult, request_id: str, max_errors: int) -> Body:
    """The response to one execution."""
    body: Body = {}
    errors = result.errors
    if errors:
        body["errors"] = public_errors(errors, request_id, max_errors)
    # A request that was refused before it ran has no `data` (specification, section 7.1).
    if result.data is not None or not errors or any(error.path for error in errors):
        body["data"] = result.data
    if result.extensions:
        body["extensions"] = result.extensions
    return body

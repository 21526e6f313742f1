"""The schema over the stand-ins without a server: documents run by plan and by graphql-core, each request counted."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from graphql import DocumentNode, ExecutionResult, GraphQLSchema, parse, validate
from graphql.execution import experimental_execute_incrementally

from gateway.auth.authenticators import chain
from gateway.auth.caller_id import caller_id
from gateway.auth.inbound import caller_of
from gateway.callers.accounts import Callers
from gateway.context import Context
from gateway.execution import compile_plan
from gateway.http.errors import public_error
from gateway.sandbox.running import Sandbox
from gateway.settings import Settings
from gateway.settled import settled
from gateway.upstreams.clients import Upstreams
from gateway.upstreams.http import new_session
from schema import build_schema

REQUEST_ID = "0" * 32
SCHEMA: GraphQLSchema = build_schema()._schema


class Direct:
    """What ran, and ``lines``: the requests that it took, each as ``upstream METHOD /path?query``, sorted."""

    def __init__(self, settings: Settings, session: aiohttp.ClientSession, sandbox: Sandbox) -> None:
        self.schema = SCHEMA
        self.sandbox = sandbox
        self._settings = settings
        self._upstreams = Upstreams(settings, session)
        self._chain = chain(settings, session)

    async def by_both(self, text: str, key: str | None = "admin", **variables: Any) -> tuple[Any, Any, list[str]]:
        """Data, errors and requests, the same for both. Errors are (path, code), sorted."""
        planned = await self.by_plan(text, key, **variables)
        assert planned == await self.by_reference(text, key, **variables)
        return planned

    async def by_plan(self, text: str, key: str | None = "admin", **variables: Any) -> tuple[Any, Any, list[str]]:
        document, context = self._valid(text), await self.context(key)
        result = await settled(compile_plan(self.schema, document).execute(None, context, variables))
        return self._seen(result)

    async def by_reference(self, text: str, key: str | None = "admin", **variables: Any) -> tuple[Any, Any, list[str]]:
        document, context = self._valid(text), await self.context(key)
        result = experimental_execute_incrementally(self.schema, document, None, context, variables)
        result = await settled(result)
        assert isinstance(result, ExecutionResult)
        return self._seen(result)

    async def context(self, key: str | None) -> Context:
        """A new request's, of ``admin`` (yusuf), ``user`` (ada) or nobody; the logs are empty after that."""
        accounts = self.sandbox.accounts
        known = {"admin": [f"Bearer {accounts.yusuf_key}"], "user": [f"Bearer {accounts.ada_key}"], None: []}
        self._clear()
        found = self._chain.authenticate(caller_of(known[key]))
        principal = await settled(found)
        account = Callers(self._settings.callers).account(caller_id(principal, None))
        return Context(REQUEST_ID, principal, account, self._settings, self._upstreams, self._chain)

    @property
    def lines(self) -> list[str]:
        return sorted(
            f"{name} {request}"
            for name, server in self.sandbox.servers.items()
            for request in server.log
            if request.path != "/connect/token"
        )

    def _clear(self) -> None:
        for server in self.sandbox.servers.values():
            server.log.clear()

    def _seen(self, result: ExecutionResult) -> tuple[Any, Any, list[str]]:
        errors = [public_error(error, REQUEST_ID) for error in result.errors or []]
        return result.data, sorted((str(each["path"]), each["extensions"]["code"]) for each in errors), self.lines

    def _valid(self, text: str) -> DocumentNode:
        document = parse(text)
        assert validate(self.schema, document) == []
        return document


@contextlib.asynccontextmanager
async def direct(settings: Settings, sandbox: Sandbox) -> AsyncIterator[Direct]:
    async with new_session() as session:
        yield Direct(settings, session, sandbox)

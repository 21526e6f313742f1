"""Which form an answer takes: one JSON body, or a stream in one of the forms that its caller can read."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Set
from contextlib import aclosing
from dataclasses import dataclass

from gateway.context import Context
from gateway.http.accept import Accepted, Multipart
from gateway.http.documents import Prepared
from gateway.http.engine import Body, Engine
from gateway.http.streams.event_stream import event_stream
from gateway.http.streams.framing import Framing
from gateway.http.streams.incremental import Labels2022, Pending2023
from gateway.http.streams.multipart_mixed import incremental_parts, multipart_subscription
from gateway.http.streams.sending import Stream
from gateway.settings import Settings

MULTIPART_SUBSCRIPTION = Multipart(subscription_spec="1.0")
UNNAMED = Multipart()


@dataclass(frozen=True, slots=True)
class _Parts:
    """A form of incremental answers."""

    framing: Framing
    format: type[Pending2023] | type[Labels2022]


INCREMENTAL = {
    UNNAMED: _Parts(incremental_parts(), Pending2023),
    Multipart(incremental_spec="v0.2"): _Parts(incremental_parts("; incrementalSpec=v0.2"), Pending2023),
    Multipart(incremental_spec="v0.1"): _Parts(incremental_parts("; incrementalSpec=v0.1"), Labels2022),
    Multipart(defer_spec="20220824"): _Parts(incremental_parts("; deferSpec=20220824"), Labels2022),
}


class Forms:
    """Chooses: events where they are wanted most; parts where the document asks for them, or JSON cannot be read."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._events = event_stream(settings.event_stream.keep_alive_s)
        self._subscription = multipart_subscription(settings.multipart_subscription.heartbeat_s)

    async def stream(self, prepared: Prepared, context: Context, accept: Accepted) -> Stream | None:
        """The answer as a stream; None where JSON is the form. Raises ``RateLimited``."""
        if prepared.is_subscription:
            return self._followed(prepared, context, accept)
        if accept.events:
            if prepared.is_query and prepared.incremental:
                return self._incremental(self._events, Pending2023, prepared, context)
            return Stream(self._events, _one(await self._engine.execute(prepared, context)))
        form = next((each for each in accept.multipart if each in INCREMENTAL), None)
        if form is None:
            return None
        parts = INCREMENTAL[form]
        if prepared.is_query and prepared.incremental and prepared.incremental <= _told(form, accept):
            return self._incremental(parts.framing, parts.format, prepared, context)
        if accept.json is None:
            body = await self._engine.execute(prepared, context)
            return Stream(parts.framing, _one(body | {"hasNext": False}))
        return None

    def refused(self, body: Body) -> Stream:
        """A body without ``data`` as an event: clients of graphql-sse read no other answer."""
        return Stream(self._events, _one(body))

    def _followed(self, prepared: Prepared, context: Context, accept: Accepted) -> Stream | None:
        if accept.events:
            return Stream(self._events, self._engine.stream(prepared, context), endless=True)
        if MULTIPART_SUBSCRIPTION in accept.multipart:
            return Stream(self._subscription, self._engine.stream(prepared, context), endless=True)
        return None

    def _incremental(
        self, framing: Framing, format_of: type[Pending2023] | type[Labels2022], prepared: Prepared, context: Context
    ) -> Stream:
        increments = self._engine.increments(prepared, context)
        told = format_of(context.request_id, context.settings.limits.max_returned_errors)

        async def bodies() -> AsyncGenerator[Body, None]:
            async with aclosing(increments):
                async for increment in increments:
                    yield told.body(increment)

        return Stream(framing, bodies())


def _told(form: Multipart, accept: Accepted) -> Set[str]:
    """The directives of which the form tells so that the caller can put the answer together."""
    if INCREMENTAL[form].format is Labels2022:
        return {"defer"}
    # urql (6.0) lists the form behind JSON, without a name, and puts streamed items in the wrong place.
    return {"defer"} if form == UNNAMED and accept.json else {"defer", "stream"}


async def _one(body: Body) -> AsyncGenerator[Body, None]:
    yield body

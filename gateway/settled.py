"""What is here at once, or has to be waited for: the convention of graphql-core, ``AwaitableOrValue``."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from graphql.pyutils import AwaitableOrValue

T = TypeVar("T")


async def settled(value: AwaitableOrValue[T]) -> T:
    """The value. Where each microsecond counts, look at its type instead, and wait only if it is not here."""
    return await value if isinstance(value, Awaitable) else value

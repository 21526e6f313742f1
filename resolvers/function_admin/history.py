"""Versions of functions, where the server keeps them (0.12 on): a function without a version has none."""

from __future__ import annotations

from gateway.context import Context
from gateway.errors import NotFound
from gateway.loaders.function_admin import HistoryPage, VersionId
from gateway.upstreams.function_admin.records import Function, Snapshot, Version, VersionDiff
from resolvers.function_admin.changes import existing
from resolvers.levels import each
from resolvers.paging import checked

DEFAULT_COUNT = 20
PAGE_SIZE = 20


async def history(
    context: Context, functions: list[Function], offset: int | None, count: int | None
) -> list[list[Version] | BaseException]:
    page = checked(offset, count, DEFAULT_COUNT)
    return await each(lambda function: _history(context, function, *page), functions)


async def _history(context: Context, function: Function, offset: int, count: int) -> list[Version]:
    """Newest first. A page between two of the vendor's takes both, one after the other, as far as there are any."""
    if function.version_id is None:
        return []
    versions: list[Version] = []
    first = offset // PAGE_SIZE
    for page in range(first, (offset + count - 1) // PAGE_SIZE + 1):
        found = await context.loaders.function_admin.history_by_page.load(HistoryPage(function.id, page + 1))
        versions += found
        if len(found) < PAGE_SIZE:
            break
    return versions[offset - first * PAGE_SIZE :][:count]


async def version(context: Context, function_id: str, version_id: str) -> Version | None:
    function = await context.loaders.function_admin.function_by_id.load(function_id)
    if function is None or function.version_id is None:
        return None
    return await context.loaders.function_admin.version_by_id.load(VersionId(function_id, version_id))


async def snapshots(context: Context, versions: list[Version]) -> list[Snapshot | BaseException | None]:
    """Only a version by itself comes with one."""
    return await each(lambda version: _snapshot(context, version), versions)


async def _snapshot(context: Context, version: Version) -> Snapshot | None:
    if isinstance(version.snapshot, Snapshot):
        return version.snapshot
    found = await context.loaders.function_admin.version_by_id.load(VersionId(version.function_id, version.id))
    return found.snapshot or None if found else None


async def diff(context: Context, function_id: str, from_id: str, to_id: str) -> VersionDiff | None:
    function = await context.loaders.function_admin.function_by_id.load(function_id)
    if function is None or function.version_id is None:
        return None
    return await context.clients.function_admin.diff(function_id, from_id, to_id)


async def set_version(context: Context, function_id: str, version_id: str) -> Function:
    client = context.clients.function_admin
    async with client.changing(function_id):
        await _versioned(context, function_id)
        function = await client.set_version(function_id, version_id)
    context.forget()
    return function


async def delete_version(context: Context, function_id: str, version_id: str) -> bool:
    client = context.clients.function_admin
    async with client.changing(function_id):
        await _versioned(context, function_id)
        deleted = await client.delete_version(function_id, version_id)
    context.forget()
    return deleted


async def _versioned(context: Context, function_id: str) -> None:
    if (await existing(context, function_id)).version_id is None:
        raise NotFound(f"The server keeps no versions of {function_id!r}.", service="function_admin")

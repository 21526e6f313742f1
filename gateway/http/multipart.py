"""Operations that bring files: GraphQL multipart requests.

Source: github.com/jaydenseric/graphql-multipart-request-spec, version 2. A form has the text fields ``operations`` (a
GraphQL request whose files are null) and ``map`` (a file's name to the places it goes to), and the files. Browsers send
such a form across sites without asking first, so it needs a header for which they do ask.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import msgspec
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.types import Receive, Scope

from gateway.errors import BadInput
from gateway.http.cross_site import require_preflight
from gateway.http.exchange import TooLarge, body_chunks
from gateway.http.operation import Operation, operation_in_form, strict_json
from gateway.settings import Settings, UploadSettings
from gateway.uploads import UploadedFile

MULTIPART_FORM = "multipart/form-data"
FIELDS = ("operations", "map")
MAX_INDEX_DIGITS = 6


async def read_multipart(scope: Scope, receive: Receive, settings: Settings) -> Operation:
    """The operation, with an ``UploadedFile`` at each place that ``map`` names. Raises ``TooLarge`` or ``BadInput``."""
    require_preflight(scope)
    form = await _form(scope, receive, settings)
    try:
        texts, files = await _parts(form, settings.uploads)
    finally:
        await form.close()
    operation = operation_in_form(texts["operations"])
    places = _places(texts["map"])
    _check(places, files, settings.uploads)
    for name, paths in places.items():
        for path in paths:
            _put(operation, path, files[name])
    return operation


class _Parser(MultiPartParser):
    """Starlette's. It keeps files in memory, since the whole form is limited, and refuses a form without an end."""

    def __init__(self, headers: Headers, chunks: AsyncGenerator[bytes, None], settings: Settings) -> None:
        super().__init__(
            headers,
            self._whole(chunks),
            max_files=settings.uploads.max_files,
            max_fields=len(FIELDS),
            max_part_size=settings.max_body_bytes,
        )
        self.spool_max_size = settings.uploads.max_total_bytes
        self._ended = False

    def on_end(self) -> None:
        self._ended = True

    async def _whole(self, chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        async for chunk in chunks:
            yield chunk
        if not self._ended:
            raise MultiPartException("It has no end.")


async def _form(scope: Scope, receive: Receive, settings: Settings) -> FormData:
    limit_bytes = settings.uploads.max_total_bytes
    headers = Headers(scope=scope)
    _, parameters = parse_options_header(headers["content-type"])
    if parameters.get(b"charset", b"utf-8").lower() != b"utf-8":
        raise BadInput("The form must be UTF-8.")
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > limit_bytes:
        raise TooLarge(f"The body is larger than {limit_bytes} bytes.")
    try:
        return await _Parser(headers, body_chunks(receive, limit_bytes, settings.body_timeout_s), settings).parse()
    except MultiPartException as error:
        raise BadInput(f"The form cannot be read. {error.message}") from error


async def _parts(form: FormData, limits: UploadSettings) -> tuple[dict[str, str], dict[str, UploadedFile]]:
    """The text fields and the files, by name."""
    texts: dict[str, str] = {}
    files: dict[str, UploadedFile] = {}
    for name, value in form.multi_items():
        if name in texts or name in files or isinstance(value, str) != (name in FIELDS):
            raise BadInput("The form must have the text fields `operations` and `map`, and files, each name once.")
        if isinstance(value, str):
            texts[name] = value
        else:
            files[name] = await _file(value, limits.max_file_bytes)
    missing = [name for name in FIELDS if name not in texts]
    if missing:
        raise BadInput(f"The form has no text field `{missing[0]}`.")
    return texts, files


async def _file(part: UploadFile, limit_bytes: int) -> UploadedFile:
    if (part.size or 0) > limit_bytes:
        raise TooLarge(f"A file is larger than {limit_bytes} bytes.")
    return UploadedFile(part.filename or "", part.content_type or "", await part.read())


def _places(text: str) -> dict[str, list[str]]:
    expected = "`map` must be a JSON object of lists of paths."
    try:
        return msgspec.convert(strict_json(text, expected), dict[str, list[str]])
    except msgspec.MsgspecError as error:
        raise BadInput(expected) from error


def _check(places: dict[str, list[str]], files: dict[str, UploadedFile], limits: UploadSettings) -> None:
    """Each file has its places and each place its file; a file counts once for each place."""
    if places.keys() != files.keys() or not all(places.values()):
        raise BadInput("`map` must name each file of the form, and no other, with its places.")
    if sum(len(files[name].content) * len(paths) for name, paths in places.items()) > limits.max_total_bytes:
        raise TooLarge(f"The files are larger than {limits.max_total_bytes} bytes where they go.")


def _put(operation: Operation, path: str, file: UploadedFile) -> None:
    """Put the file at a path such as ``variables.input.inputs.0.file``, where null must be."""
    first, *steps = path.split(".")
    if first != "variables" or not steps:
        raise _nowhere(path)
    holder: Any = operation.variables
    for step in steps[:-1]:
        holder = holder[_key(holder, step, path)]
    key = _key(holder, steps[-1], path)
    if holder[key] is not None:
        raise _nowhere(path)
    holder[key] = file


def _key(holder: Any, step: str, path: str) -> Any:
    if isinstance(holder, dict) and step in holder:
        return step
    if isinstance(holder, list) and step.isascii() and step.isdecimal() and len(step) <= MAX_INDEX_DIGITS:
        index = int(step)
        if index < len(holder):
            return index
    raise _nowhere(path)


def _nowhere(path: str) -> BadInput:
    return BadInput(f"`map` names {path[:100]!r}, which is not a null in `variables`.")

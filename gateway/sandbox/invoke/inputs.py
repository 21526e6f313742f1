"""The input of an invocation or a sample: JSON or a form with the raw bytes, checked against the function's input type.

Source: www.nyckel.com/docs, "Data types". Text is a string, an image is a data URI, a table row is an object by field
name or field id. The vendor also takes the address of an image; this server fetches nothing, so it refuses one.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from typing import Any
from urllib.parse import unquote_to_bytes

from aiohttp import web

from gateway.sandbox.invoke.answers import ApiError, json_object, short_id
from gateway.sandbox.store import Document

DATA_URI = re.compile(r"data:([^,;]*)((?:;[^,;]*)*),(.*)", re.DOTALL)
CELL_TYPES: dict[str, type | tuple[type, ...]] = {"Number": (int, float), "Text": str, "Image": str}
FORM_DATA_NAMES = ("data", "file")


@dataclass(frozen=True)
class Given:
    """``members`` is the JSON body or, for a form, its fields; ``data`` is checked and normalised."""

    data: Any
    members: Document


async def read_input(request: web.Request, function: Document) -> Given:
    if request.content_type == "multipart/form-data":
        members = _form(request.headers["Content-Type"], await request.read(), function)
    else:
        members = await json_object(request)
    if not isinstance(members.get("externalId"), str | None) or not isinstance(members.get("metadata"), dict | None):
        raise ApiError(400, "externalId must be a string and metadata an object.")
    return Given(checked(function, members.get("data")), members)


def checked(function: Document, data: Any) -> Any:
    """The data as it is stored: a table row by field id."""
    if function["input"] == "Tabular":
        return _row(function, data)
    if not isinstance(data, str):
        raise ApiError(400, f"data must be a string for {function['input']} input.")
    if function["input"] == "Image":
        media_and_bytes(data)
    return data


def media_and_bytes(text: str) -> tuple[str, bytes]:
    """The media type and the content of a data URI (RFC 2397)."""
    if text.startswith(("http://", "https://")):
        raise ApiError(400, "Images by address are not fetched here: send a data URI.")
    found = DATA_URI.fullmatch(text)
    if found is None:
        raise ApiError(400, "data must be a data URI.")
    media_type, parameters, payload = found.groups()
    if not parameters.endswith(";base64"):
        return media_type or "text/plain", unquote_to_bytes(payload)
    try:
        return media_type, base64.b64decode(payload, validate=True)
    except ValueError:
        raise ApiError(400, "The data URI is not valid base64.") from None


def _row(function: Document, data: Any) -> Document:
    if not isinstance(data, dict):
        raise ApiError(400, "data must be an object for Tabular input.")
    fields = {name: field for field in function["fields"] for name in (field["name"], field["id"])}
    fields |= {short_id("field", field["id"]): field for field in function["fields"]}
    return {_cell_field(fields, name, value): value for name, value in data.items()}


def _cell_field(fields: dict[str, Document], name: str, value: Any) -> str:
    field = fields.get(name)
    if field is None:
        raise ApiError(400, f"Field {name} does not exist.")
    if not isinstance(value, CELL_TYPES[field["type"]]) or isinstance(value, bool):
        raise ApiError(400, f"Field {name} must be a {field['type']}.")
    return str(field["id"])


def _form(content_type: str, body: bytes, function: Document) -> Document:
    parsed = BytesParser().parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    if not parsed.is_multipart():
        raise ApiError(400, "The form cannot be read.")
    fields: Document = {}
    for part in parsed.get_payload():
        if isinstance(part, Message):
            name = part.get_param("name", header="content-disposition")
            fields["data" if name in FORM_DATA_NAMES else str(name)] = _field_value(part, name, function)
    return fields


def _field_value(part: Message, name: object, function: Document) -> str:
    content = part.get_payload(decode=True)
    raw = content if isinstance(content, bytes) else b""
    if name in FORM_DATA_NAMES and function["input"] == "Image":
        return f"data:{part.get_content_type()};base64,{base64.b64encode(raw).decode()}"
    return raw.decode("utf-8", "replace")

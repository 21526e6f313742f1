"""What must hold of every cell. Each function yields a text for everything that does not."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from gateway.errors import GatewayError, UpstreamUnavailable
from gateway.http.status import status_of
from gateway.sandbox.server import Received
from tests.fault_matrix.cells import Cell
from tests.fault_matrix.faults import BODY_CANARY
from tests.fault_matrix.running import MAX_TRIES, SLACK_S, TOTAL_S, Observed

TOKENS = "/connect/token"
CODES = {kind.code for kind in GatewayError.__subclasses__()}
FIELD_OF = {
    "prediction": "predictor",
    "deployment": "deployment",
    "function_admin": "function",
    "invoke": "trainedFunctions",
}  # fmt: skip


def an_answer_comes_in_time(seen: Observed) -> Iterator[str]:
    for said in (seen.said, seen.afterwards):
        if not said.ended or said.duration_s > TOTAL_S + SLACK_S:
            yield f"no answer in time: {said.duration_s:.1f} s, {said.text[:300]}"


def it_is_valid_graphql(seen: Observed) -> Iterator[str]:
    if not seen.said.results:
        yield f"no result: {seen.said.text[:300]}"
    for result in seen.said.results:
        subscribed = seen.cell.operation.kind == "subscription"
        if not result.keys() <= {"data", "errors"} or ("data" not in result and not subscribed):
            yield f"members {sorted(result)}"
        if result.get("errors") == []:
            yield "an empty list of errors"
        for error in result.get("errors", []):
            yield from _wrong_in(error, seen)


def _wrong_in(error: dict[str, Any], seen: Observed) -> Iterator[str]:
    extensions = error.get("extensions", {})
    request_id = extensions.get("requestId")
    checks = {
        "members": error.keys() <= {"message", "locations", "path", "extensions"},
        "message": isinstance(error.get("message"), str) and 0 < len(error["message"]) <= 500,
        "path": error.get("path", ["own"])[0] == "own",
        "code": extensions.get("code") in CODES,
        "service": extensions.get("service") == seen.cell.upstream,
        "requestId": re.fullmatch("[0-9a-f]{32}", str(request_id)),
        "requestId and header": request_id == seen.said.headers.get("x-request-id", request_id),
        "retryable": isinstance(extensions.get("retryable"), bool),
        "retryAfter": isinstance(extensions.get("retryAfter", 0), int | float),
    }
    for name, right in checks.items():
        if not right:
            yield f"{name} of {error}"


def its_status_is_that_of_the_answer(seen: Observed) -> Iterator[str]:
    if seen.said.status is not None:
        expected = status_of(seen.said.results[0], seen.cell.media_type)
        if seen.said.status != expected:
            yield f"status {seen.said.status}, not {expected}"
        if not seen.said.headers["content-type"].startswith(seen.cell.media_type):
            yield f"content type {seen.said.headers['content-type']}"


def the_fault_shows_where_it_is_and_nowhere_else(seen: Observed) -> Iterator[str]:
    cell, codes = seen.cell, [code for result in seen.said.results for code in _codes(result)]
    allowed = cell.day.codes | {UpstreamUnavailable.code}
    if not set(codes) <= allowed:
        yield f"codes {codes}, not {sorted(allowed)}: {seen.said.results}"
    if not codes and _must_fail(cell):
        yield f"the fault does not show: {seen.said.results}"
    if not cell.refused and not seen.claimed and UpstreamUnavailable.code not in codes:
        yield "the fault was not met"
    for result in seen.said.results:
        if not _codes(result) and _at(result["data"], cell.operation.at) is None:
            yield f"neither a value nor an error: {result}"


def _must_fail(cell: Cell) -> bool:
    """Not where another try may do, nor where a garbled body is not read, or is what a service may say."""
    if cell.refused:
        return True
    return cell.times is None and not (cell.day.garbled and cell.operation.answer != "typed")


def _codes(result: Any) -> list[str]:
    """Of the errors, and of results that have their own ``error``, as those of many invocations do."""
    own = (result.get("data") or {}).get("own")
    items = own if isinstance(own, list) else [own]
    told = [each["error"] for each in items if isinstance(each, dict) and each.get("error")]
    return [error["extensions"].get("code") for error in result.get("errors", [])] + [each["code"] for each in told]


def _at(data: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        data = (data or {}).get(name)
    return data


def what_stands_beside_it_is_intact(seen: Observed) -> Iterator[str]:
    for result in seen.said.results:
        if seen.cell.sibling and _at(result.get("data"), ("sibling",)) != seen.answer_of_sibling:
            yield f"the sibling's data in {result}"
        if seen.cell.operation.linked and _at(result.get("data"), ("own", "name")) != "example_service":
            yield f"the event's own data in {result}"


def nothing_hidden_comes_out(seen: Observed) -> Iterator[str]:
    said, cell = seen.said.text + seen.afterwards.text, seen.cell
    if cell.operation.answer == "relayed":
        said = said.replace(BODY_CANARY, "")  # what a service says is relayed as it is
    errors = json.dumps([result.get("errors") for result in seen.said.results])
    credentials = {secret for requests in seen.received.values() for each in requests for secret in _secrets(each)}
    assert "request_id" in seen.logged
    for place, text in {"the answer": said, "the errors": errors, "the log": seen.logged}.items():
        for hidden in ("canary", *credentials):
            if hidden in text:
                yield f"{hidden!r} in {place}: {text[max(0, text.index(hidden) - 200) :][:400]}"
    for hidden in ("127.0.0.1", "Traceback", "aiohttp"):
        if hidden in errors:
            yield f"{hidden!r} in the errors: {errors}"


def _secrets(request: Received) -> Iterator[str]:
    token = request.headers.get("Authorization", "").rpartition(" ")[2]
    yield from filter(None, (token, request.headers.get("x-api-key")))


def nothing_is_sent_too_often(seen: Observed) -> Iterator[str]:
    """No change twice, and a look-up as often as the settings let it. A token changes nothing."""
    cell = seen.cell
    most = MAX_TRIES * cell.operation.looks
    for name, requests in seen.received.items():
        if cell.refused and name == cell.upstream and requests:
            yield f"requests to a closed port: {requests}"
        counts = Counter((str(each), each.method, each.body) for each in requests if each.path != TOKENS)
        for (line, method, _), count in counts.items():
            if count > (most if method == "GET" else 1):
                yield f"{line} sent {count} times to {name}"


def nothing_stays_behind(seen: Observed) -> Iterator[str]:
    yield from (f"{each} is left" for each in seen.left)


def the_log_tells_of_no_fault_of_ours(seen: Observed) -> Iterator[str]:
    for line in seen.logged.splitlines():
        if re.search(r'"level": "(error|critical)"', line, re.IGNORECASE) or "Traceback" in line:
            yield f"logged: {line[:600]}"


def afterwards_it_serves_again(seen: Observed) -> Iterator[str]:
    """All upstreams, but for one that is still away, or that is given time to recover."""
    result = seen.afterwards.results[0] if seen.afterwards.results else {"data": {}}
    for name, field in FIELD_OF.items():
        codes = [error["extensions"]["code"] for error in result.get("errors", []) if error["path"] == [field]]
        if not _at(result["data"], (field,)) and (name != seen.cell.upstream or codes != [UpstreamUnavailable.code]):
            yield f"afterwards: {result}"


INVARIANTS: tuple[Callable[[Observed], Iterator[str]], ...] = (
    an_answer_comes_in_time,
    it_is_valid_graphql,
    its_status_is_that_of_the_answer,
    the_fault_shows_where_it_is_and_nowhere_else,
    what_stands_beside_it_is_intact,
    nothing_hidden_comes_out,
    nothing_is_sent_too_often,
    nothing_stays_behind,
    the_log_tells_of_no_fault_of_ours,
    afterwards_it_serves_again,
)


def broken_in(seen: Observed) -> list[str]:
    """What does not hold, with the name of the invariant."""
    return [f"{check.__name__}: {text}" for check in INVARIANTS for text in check(seen)]

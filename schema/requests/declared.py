"""What a field asks of the upstreams, as data. ``fngraph explain`` shows it; a test holds it to what is really sent.

@strawberry.field(description="A predictor.", **asks(requests.PREDICTOR))
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from gateway.settings import Settings

REQUESTS = "fngraph.requests"
"""Key in the metadata of a Strawberry field and in ``GraphQLField.extensions``: a tuple of ``Request``."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request that a field makes at most ``number`` times in an operation: what is asked twice is fetched once.

    ``path`` is below the prefix that the settings give the upstream, with ``{names}`` for what varies; one that begins
    with a name has an address of its own. ``number`` is 1 or "1 per" something. ``when`` says in which case, if not
    always; ``api`` in which dialect of the prediction upstream.
    """

    upstream: Literal["prediction", "deployment", "function_admin", "invoke"]
    method: str
    path: str
    number: str = "1"
    when: str = ""
    api: Literal["v0", "v1", None] = None

    def address(self, settings: Settings) -> str:
        """Method and path, such as ``GET /api/v1/functions/export``."""
        prefix = "" if self.path.startswith("{") else getattr(getattr(settings, self.upstream), "prefix", "")
        return f"{self.method} {prefix}{self.path}"

    def is_made(self, settings: Settings) -> bool:
        """Whether it belongs to the dialect in use."""
        return self.api in (None, settings.prediction.api)


Requests = tuple[Request, ...]


def asks(*requests: Request | Requests) -> dict[str, Any]:
    """Arguments of ``strawberry.field`` and ``per_level`` that declare what the field's resolver requests."""
    flat = [each for item in requests for each in ((item,) if isinstance(item, Request) else item)]
    return {"metadata": {REQUESTS: tuple(flat)}}

"""From a deployment's record and a route to the request that calls the endpoint."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from gateway.errors import BadInput, Conflict, Forbidden, NotFound, UpstreamInvalid
from gateway.settings import DeploymentSettings
from gateway.upstreams.deployment.hosts import is_allowed
from gateway.upstreams.deployment.records import DeploymentDetails, Endpoint

SERVICE = "deployment"
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")
ANY_MEDIA_TYPE = {"Accept": "*/*"}


@dataclass(frozen=True, slots=True)
class Call:
    """A request to a service. ``path`` is encoded; ``key`` is the inference key, None for an open service."""

    method: str
    url: str
    path: str
    key: str | None = field(repr=False)


def call_of(
    record: DeploymentDetails, route: str, method: str | None, *, streaming: bool, settings: DeploymentSettings
) -> Call:
    """The call of an endpoint that the record names.

    Raises ``NotFound`` for a route that it does not name, ``BadInput`` for one that has several methods or answers the
    other way than ``streaming`` says, and what ``address_of`` raises.
    """
    endpoint = _endpoint(record, route, method and method.upper())
    if endpoint.streaming is not None and endpoint.streaming is not streaming:
        hint = "streams: use endpointStream" if endpoint.streaming else "does not stream: use invokeEndpoint"
        raise BadInput(f"The endpoint {endpoint.method} {endpoint.route} {hint}.", service=SERVICE)
    if endpoint.method not in METHODS:
        raise UpstreamInvalid("The deployment's record names an unknown method.", service=SERVICE)
    return Call(endpoint.method, address_of(record, settings), _path(endpoint.route), _key(record))


def info_of(record: DeploymentDetails, settings: DeploymentSettings) -> Call:
    """The call of ``/info``, which every service has. Raises what ``address_of`` raises.

    The SDK sends the account key there. Services run code of whoever deployed them, so the gateway does not.
    """
    return Call("POST", address_of(record, settings), "/info", _key(record))


def address_of(record: DeploymentDetails, settings: DeploymentSettings) -> str:
    """The service's address, as the record gives it.

    Raises ``Conflict`` while there is none, and ``Forbidden`` for one that is not on an allowed host.
    """
    if not record.invoke_url:
        raise Conflict(f"The deployment is {record.status.value} and has no address.", service=SERVICE)
    if not is_allowed(record.invoke_url, settings):
        raise Forbidden("The deployment's address is not on an allowed host.", service=SERVICE)
    return record.invoke_url.rstrip("/")


def _endpoint(record: DeploymentDetails, route: str, method: str | None) -> Endpoint:
    """The first that fits, as in the SDK, where the record names the same one twice."""
    fits = [each for each in record.endpoints if _slashed(each.route) == _slashed(route)]
    if method is not None:
        fits = [each for each in fits if each.method == method]
    if not fits:
        wanted = route if method is None else f"{method} {route}"
        raise NotFound(f"The deployment has no endpoint {wanted}.", service=SERVICE)
    if len({each.method for each in fits}) > 1:
        raise BadInput(f"The route {route} has several methods: name one.", service=SERVICE)
    return fits[0]


def _slashed(route: str) -> str:
    return route if route.startswith("/") else f"/{route}"


def _path(route: str) -> str:
    """The route with each segment encoded, so that it adds no query and does not climb out of the service."""
    segments = _slashed(route).split("/")
    if "." in segments or ".." in segments:
        raise UpstreamInvalid("The deployment's record names a route that leaves the service.", service=SERVICE)
    try:
        return "/".join(quote(each, safe="@:") for each in segments)
    except UnicodeEncodeError as error:
        raise UpstreamInvalid("The deployment's record names a route that is not valid.", service=SERVICE) from error


def _key(record: DeploymentDetails) -> str | None:
    key = record.inference_key if record.auth is not False else None
    if key is not None and not (key.isascii() and key.isprintable()):
        raise UpstreamInvalid("The deployment's record holds a malformed key.", service=SERVICE)
    return key

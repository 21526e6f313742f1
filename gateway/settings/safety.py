"""Settings that are allowed, and that an operator should know the price of."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from msgspec.structs import asdict

from gateway.settings.peers import ANY
from gateway.settings.root import Settings
from gateway.settings.upstreams import UpstreamSettings


def warnings_of(settings: Settings) -> list[str]:
    """One line for each combination that is not safe, with the names of its settings."""
    return [*_exposed(settings), *_in_the_clear(settings), *_believed(settings)]


def _exposed(settings: Settings) -> Iterator[str]:
    if settings.environment == "development":
        if not is_loopback(settings.host):
            yield (
                f"host: {settings.host} can be reached from other machines, and environment `development` opens the "
                "schema and the pages to all who reach it"
            )
        return
    if ANY in settings.allowed_origins:
        yield "allowed_origins: `*` lets the pages of every site use the gateway through their visitors' browsers"
    if settings.function_admin.load_from_private:
        yield "function_admin.load_from_private: callers can make the gateway's network answer `loadFunction`"
    if not settings.require_preflight_on_get:
        yield "require_preflight_on_get: pages of every site can make their visitors' browsers send queries"


def _in_the_clear(settings: Settings) -> Iterator[str]:
    for name, table in asdict(settings).items():
        if isinstance(table, UpstreamSettings) and table.credential.scheme != "none" and _in_clear(table.url):
            yield f"{name}.url: credentials leave unencrypted (http)"
    for owner in settings.auth.authorization_urls:
        if _in_clear(owner.url):
            yield f"auth.authorization_urls: callers' keys leave unencrypted (http) for the owner {owner.owner}"
    if settings.auth.jwt is not None and _in_clear(settings.auth.jwt.jwks_url):
        yield "auth.jwt.jwks_url: over http, who is in between can sign tokens"
    if settings.tracing.headers and _in_clear(settings.tracing.endpoint or ""):
        yield "tracing.endpoint: `headers` leave unencrypted (http)"
    if settings.store is not None:
        yield from _of_store(urlsplit(settings.store.get_secret_value()))


def _of_store(url: SplitResult) -> Iterator[str]:
    """A name without a dot is one of the network that the gateway runs in, such as a pod's or a container's."""
    host = url.hostname or ""
    if is_loopback(host):
        return
    if not url.password:
        yield "store: it asks for no password, so whoever reaches it can read answers and lift limits"
    if url.scheme == "redis" and "." in host:
        yield "store: its password and answers travel unencrypted (redis); rediss is TLS"


def _believed(settings: Settings) -> Iterator[str]:
    if ANY in settings.trusted_proxies:
        yield "trusted_proxies: `*` lets every caller say what its address is, so limits per address hold nobody"


def _in_clear(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and not is_loopback(parts.hostname or "")


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, reached without a network (RFC 6761, section 6.3, for names)."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost" or host.lower().endswith(".localhost")

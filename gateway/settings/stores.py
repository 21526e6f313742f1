"""The address of the store that copies share."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import SplitResult, parse_qsl, urlsplit

from gateway.settings.secret import HIDDEN, Secret

SCHEMES = ("redis", "rediss")
PARAMETERS = ("ssl_ca_certs",)


class StoreUrl(Secret[str]):
    """It may hold a password, so only the rest of it is shown."""

    def shown(self) -> str:
        url = urlsplit(self.get_secret_value())
        user, found, host = url.netloc.rpartition("@")
        return url._replace(netloc=f"{user.partition(':')[0]}:{HIDDEN}@{host}" if found else host).geturl()


def _checked(value: StoreUrl) -> StoreUrl:
    """No message repeats any of it: of an address that cannot be read, any part may be the password."""
    url = _split(value.get_secret_value())
    if url is None or url.scheme not in SCHEMES or not url.hostname:
        raise ValueError(
            "an address such as redis://:password@host:6379/0, or rediss:// for TLS; in the password, %2F is a slash"
        )
    if url.path.strip("/") and not url.path.strip("/").isdecimal():
        raise ValueError("the path is the number of a database, such as /0")
    unknown = {name for name, _ in parse_qsl(url.query)} - {*PARAMETERS}
    if unknown or url.fragment:
        raise ValueError(f"the only parameter is {PARAMETERS[0]}")
    return value


def _split(text: str) -> SplitResult | None:
    """None unless its host can be one, and its port is the usual one or a right one."""
    try:
        url = urlsplit(text)
        return url if url.port != 0 else None
    except ValueError:
        return None


Store = Annotated[StoreUrl, _checked]

"""The address of the store that copies share."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, Secret

SCHEMES = ("redis", "rediss")
PARAMETERS = ("ssl_ca_certs",)


class StoreUrl(Secret[str]):
    """It may hold a password, so only the rest of it is shown."""

    def _display(self) -> str:
        url = urlsplit(self.get_secret_value())
        user, found, host = url.netloc.rpartition("@")
        return url._replace(netloc=f"{user.partition(':')[0]}:**********@{host}" if found else host).geturl()


def _checked(value: StoreUrl) -> StoreUrl:
    url = urlsplit(value.get_secret_value())
    if url.scheme not in SCHEMES or not url.hostname:
        raise ValueError("an address such as redis://:password@host:6379/0, or rediss:// for TLS")
    if url.path.strip("/") and not url.path.strip("/").isdecimal():
        raise ValueError("the path is the number of a database, such as /0")
    unknown = {name for name, _ in parse_qsl(url.query)} - {*PARAMETERS}
    if unknown or url.fragment:
        raise ValueError(f"the only parameter is {PARAMETERS[0]}")
    url.port  # noqa: B018 (raises ValueError)
    return value


Store = Annotated[StoreUrl, AfterValidator(_checked)]

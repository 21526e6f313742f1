"""Which store: the one that the settings name, or this process."""

from __future__ import annotations

from urllib.parse import urlsplit

from gateway.settings import Settings
from gateway.store.interface import Store
from gateway.store.memory import Memory
from gateway.store.names import Names


def open_store(settings: Settings) -> Store:
    """To be entered before it is used, and left at the end; it need not be there yet."""
    if settings.store is None:
        return Memory()
    from gateway.store.redis import Redis

    url = settings.store.get_secret_value()
    # Of the address only the password: copies may write the rest differently.
    secret = settings.store_secret.get_secret_value() if settings.store_secret else urlsplit(url).password or ""
    return Redis(url, settings.store_prefix, settings.store_timeout_s, Names(secret))

"""Access tokens that gateways share through their store: one asks for a token, and the others take it from there.

It lies there encrypted (AES-256-GCM) under a key that is derived from the client's secret (HKDF, RFC 5869), which all
of them have and the store has not.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.auth.tokens import Token
from gateway.store.interface import Store

MAX_BYTES = 64 * 1024 + 200
NONCE_BYTES = 12
ASK_AGAIN_S = 0.05
LOCK_S = 5.0
"""For how long a gateway asks alone, and the longest that another one waits for its token."""


class TokenShelf:
    """The token of one client at one endpoint."""

    def __init__(self, store: Store, url: str, client_id: str, client_secret: str) -> None:
        self._store = store
        self._name = store.names.of("token", url, client_id)
        self._lock_name = store.names.of("renewal", url, client_id)
        key = HKDF(SHA256(), 32, None, self._name.encode()).derive(client_secret.encode())
        self._cipher = AESGCM(key)

    async def token(self, serves: Callable[[Token], bool], ask: Callable[[], Awaitable[Token]]) -> Token:
        """The token of the store if it ``serves``; else what ``ask`` gives, which one gateway does at a time.

        Raises what ``ask`` raises.
        """
        lock, ends_s = secrets.token_bytes(16), time.monotonic() + LOCK_S
        while time.monotonic() < ends_s:
            if (token := await self._read()) is not None and serves(token):
                return token
            if await self._store.settle(self._lock_name, lock, LOCK_S) == lock:
                break
            await asyncio.sleep(ASK_AGAIN_S)
        try:
            # It may have come between the look and the lock.
            if (token := await self._read()) is None or not serves(token):
                token = await ask()
                await self._write(token)
        finally:
            await self._store.remove(self._lock_name, lock)
        return token

    async def _read(self) -> Token | None:
        value = await self._store.get(self._name, MAX_BYTES)
        if value is None:
            return None
        try:
            content = self._cipher.decrypt(value[:NONCE_BYTES], value[NONCE_BYTES:], self._name.encode())
            return msgspec.json.decode(content, type=Token)
        except (InvalidTag, ValueError, msgspec.MsgspecError):
            return None

    async def _write(self, token: Token) -> None:
        nonce = secrets.token_bytes(NONCE_BYTES)
        content = self._cipher.encrypt(nonce, msgspec.json.encode(token), self._name.encode())
        await self._store.put(self._name, nonce + content, token.lifetime_s)

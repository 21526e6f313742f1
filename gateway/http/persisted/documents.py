"""From a request to the text that it means: sent, named in the manifest, or remembered."""

from __future__ import annotations

from graphql import GraphQLSchema

from gateway.errors import BadInput
from gateway.http.operation import Operation
from gateway.http.persisted.errors import (
    DocumentNotTrusted,
    PersistedDocumentNotFound,
    PersistedQueryNotFound,
    PersistedQueryNotSupported,
)
from gateway.http.persisted.memory import QueryStore
from gateway.http.persisted.names import SHA256_PREFIX, is_sha256, normal, persisted_query, sha256_of
from gateway.http.persisted.shared import SharedQueries
from gateway.http.persisted.trusted import TrustedDocuments, load_trusted
from gateway.http.validation import Validator
from gateway.settings import DocumentSettings, LimitSettings
from gateway.store.interface import Store


class PersistedDocuments:
    """Knows the documents of the manifest, and those that callers sent with their hash."""

    def __init__(
        self,
        settings: DocumentSettings,
        limits: LimitSettings,
        schema: GraphQLSchema,
        texts: QueryStore,
        store: Store,
    ) -> None:
        """Read the manifest; ``texts`` that callers sent are kept here, and in a shared ``store``.

        Raises ``SettingsError`` that names what is wrong in it."""
        self._max_bytes = limits.max_document_bytes
        self._trusted_only = settings.trusted_only
        self._remembers = settings.apq and not settings.trusted_only
        self._texts = texts
        if store.shared:
            self._texts = SharedQueries(texts, store, settings.apq_entries, limits.max_document_bytes)
        self._trusted = (
            load_trusted(settings.manifest, Validator(schema, limits)) if settings.manifest else TrustedDocuments({})
        )

    def plain_text(self, operation: Operation) -> str | None:
        """The text that came with the operation, where nothing is to be looked up or checked about it."""
        plain = operation.extensions is None and operation.document_id is None and not self._trusted_only
        return operation.query if plain else None

    async def text_of(self, operation: Operation) -> str:
        """The text of its document, which may be wrong GraphQL unless it is from the manifest.

        Raises ``BadInput`` for names that are malformed or do not agree with the text or each other, else one of
        ``gateway.http.persisted.errors``.
        """
        text = self.plain_text(operation)
        if text is not None:
            return text
        text = operation.query
        if text is not None and len(text) > self._max_bytes:  # before it is hashed: a body may have many megabytes
            raise BadInput(f"The document has more than {self._max_bytes} bytes.")
        if operation.document_id is not None:
            text = self._identified(normal(operation.document_id), text)
        name = persisted_query(operation.extensions)
        if name is not None:
            text = await self._hashed(name, text)
        if text is None:
            raise BadInput("The request has neither `query` nor `documentId`.")
        if self._trusted_only and text not in self._trusted:
            raise DocumentNotTrusted
        return text

    async def remember(self, operation: Operation) -> None:
        """Keep the text that came with its hash. ``text_of`` has checked the hash, and the text proved valid."""
        if operation.query is None or operation.extensions is None or not self._remembers:
            return
        name = persisted_query(operation.extensions)
        if name is not None and operation.query not in self._trusted:
            await self._texts.put(name, operation.query)

    def _identified(self, name: str, text: str | None) -> str:
        """The document of a ``documentId``. A text that is sent with it must be the same."""
        known = self._trusted.get(name)
        if text is None:
            if known is None:
                raise DocumentNotTrusted if self._trusted_only else PersistedDocumentNotFound
            return known
        if text != known and name != SHA256_PREFIX + sha256_of(text):
            raise BadInput("`query` is not the document that `documentId` names.")
        return text

    async def _hashed(self, name: str, text: str | None) -> str:
        """The document of ``persistedQuery``. A text that is sent with it must be the same."""
        known = self._trusted.get(name)
        if known is None and not is_sha256(name):
            raise BadInput("`sha256Hash` must be 64 hexadecimal digits.")
        if text is None:
            return known or await self._remembered(name)
        if text != known and name != sha256_of(text):
            raise BadInput("provided sha does not match query")
        return text

    async def _remembered(self, sha256: str) -> str:
        if self._trusted_only:
            raise DocumentNotTrusted
        if not self._remembers:
            raise PersistedQueryNotSupported
        text = await self._texts.get(sha256)
        if text is None:
            raise PersistedQueryNotFound
        return text

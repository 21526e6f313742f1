"""What is answered when a named document is not there. Each has the status that clients of its protocol expect.

Apollo's and urql's links look for the two messages of automatic persisted queries, word for word; Apollo Server
answers both with 200 and forbids caches to keep them, since the next answer to the same request is another.
"""

from __future__ import annotations

from gateway.errors import BadInput


class PersistedQueryNotFound(BadInput):
    """A hash that is not known yet: the client sends the text with it, once."""

    code = "PERSISTED_QUERY_NOT_FOUND"
    http_status = 200

    def __init__(self) -> None:
        super().__init__("PersistedQueryNotFound")


class PersistedQueryNotSupported(BadInput):
    """Automatic persisted queries are off: the client sends texts from now on."""

    code = "PERSISTED_QUERY_NOT_SUPPORTED"
    http_status = 200

    def __init__(self) -> None:
        super().__init__("PersistedQueryNotSupported")


class PersistedDocumentNotFound(BadInput):
    """A ``documentId`` that is not in the manifest."""

    code = "PERSISTED_DOCUMENT_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("No document has this `documentId`.")


class DocumentNotTrusted(BadInput):
    """Only documents of the manifest run here, and this is none of them."""

    code = "DOCUMENT_NOT_TRUSTED"

    def __init__(self) -> None:
        super().__init__("Only trusted documents run here, and this is none of them.")

"""Hands a document that was parsed and validated before to Strawberry, which would do both again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import DocumentNode
from strawberry.extensions import SchemaExtension

_KEY = "ready_document"


def ready(document: DocumentNode) -> dict[str, Any]:
    """``operation_extensions`` of ``Schema.execute`` and ``Schema.subscribe`` that hand the document over."""
    return {_KEY: document}


class ReadyDocument(SchemaExtension):
    """Takes the document. A schema that is called without one parses and validates by itself."""

    def on_parse(self) -> Iterator[None]:
        document = (self.execution_context.operation_extensions or {}).get(_KEY)
        if document is not None:
            self.execution_context.graphql_document = document
            self.execution_context.validation_rules = ()
        yield

"""What a request may cost, and how long a socket may wait."""

from __future__ import annotations

from typing import Annotated

from gateway.settings.tables import MIB, PositiveFloat, PositiveInt, Table


class LimitSettings(Table, frozen=True):
    """What an operation may be, checked before validation; the two of errors and comparisons bound validation."""

    max_document_bytes: Annotated[PositiveInt, "largest document"] = 20_000
    max_tokens: Annotated[PositiveInt, "tokens in a document, without comments"] = 2000
    max_operations: Annotated[PositiveInt, "operations in a document"] = 10
    max_aliases: Annotated[PositiveInt, "aliases in a document"] = 50
    max_directives: Annotated[PositiveInt, "directives in a document"] = 50
    max_directives_at_one_place: Annotated[PositiveInt, "directives on one field or fragment"] = 5
    max_depth: Annotated[PositiveInt, "levels of fields, with those of fragments"] = 20
    max_root_fields: Annotated[PositiveInt, "fields on the first level of an operation"] = 30
    max_cost: Annotated[PositiveInt, "values that an answer is expected to hold"] = 20_000
    max_variables_depth: Annotated[PositiveInt, "levels of lists and objects in the variables"] = 64
    max_variable_values: Annotated[PositiveInt, "values in the variables, at every level"] = 20_000
    max_errors: Annotated[PositiveInt, "validation errors in an answer"] = 5
    max_returned_errors: Annotated[PositiveInt, "errors of fields in an answer"] = 100
    max_field_comparisons: Annotated[
        PositiveInt, "steps in which fields that share a name are compared, about 2 for each pair"
    ] = 5_000
    max_upstream_requests: Annotated[
        PositiveInt, "requests to the upstreams for an operation, without their retries"
    ] = 1100
    operation_timeout_s: Annotated[PositiveFloat, "seconds for a query or a mutation, whatever its upstreams do"] = 60.0
    max_batch: Annotated[PositiveInt, "operations in one request"] = 10
    kept_documents: Annotated[PositiveInt, "documents that are not parsed and planned again"] = 500
    kept_documents_bytes: Annotated[PositiveInt, "memory for these, in bytes, about 700 for each token"] = 32 * MIB


class UploadSettings(Table, frozen=True):
    """Files that come with an operation (GraphQL multipart requests). They are held in memory while it runs."""

    max_total_bytes: Annotated[
        PositiveInt, "largest request with files; also what its files may add up to where they go"
    ] = 16 * MIB
    max_file_bytes: Annotated[PositiveInt, "largest file"] = 8 * MIB
    max_files: Annotated[PositiveInt, "most files in a request"] = 100


class WebSocketSettings(Table, frozen=True):
    """GraphQL over WebSocket."""

    init_timeout_s: Annotated[PositiveFloat, "seconds for the client's `connection_init`"] = 10.0
    max_message_bytes: Annotated[PositiveInt, "largest message of a client"] = 1 * MIB
    max_operations: Annotated[PositiveInt, "operations at once on one socket"] = 100
    max_sockets_per_address: Annotated[PositiveInt, "sockets at once from one address"] = 100

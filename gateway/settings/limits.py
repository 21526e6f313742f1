"""What a request may cost, and how long a socket may wait."""

from __future__ import annotations

from pydantic import Field, PositiveFloat, PositiveInt

from gateway.settings.tables import MIB, Table


class LimitSettings(Table):
    """What an operation may be, checked before validation; the two of errors and comparisons bound validation."""

    max_document_bytes: PositiveInt = Field(default=20_000, description="largest document")
    max_tokens: PositiveInt = Field(default=2000, description="tokens in a document, without comments")
    max_operations: PositiveInt = Field(default=10, description="operations in a document")
    max_aliases: PositiveInt = Field(default=50, description="aliases in a document")
    max_directives: PositiveInt = Field(default=50, description="directives in a document")
    max_directives_at_one_place: PositiveInt = Field(default=5, description="directives on one field or fragment")
    max_depth: PositiveInt = Field(default=20, description="levels of fields, with those of fragments")
    max_root_fields: PositiveInt = Field(default=30, description="fields on the first level of an operation")
    max_cost: PositiveInt = Field(default=20_000, description="values that an answer is expected to hold")
    max_variables_depth: PositiveInt = Field(default=64, description="levels of lists and objects in the variables")
    max_variable_values: PositiveInt = Field(default=20_000, description="values in the variables, at every level")
    max_errors: PositiveInt = Field(default=5, description="validation errors in an answer")
    max_returned_errors: PositiveInt = Field(default=100, description="errors of fields in an answer")
    max_field_comparisons: PositiveInt = Field(
        default=5_000, description="steps in which fields that share a name are compared, about 2 for each pair"
    )
    max_upstream_requests: PositiveInt = Field(
        default=1100, description="requests to the upstreams for an operation, without their retries"
    )
    operation_timeout_s: PositiveFloat = Field(
        default=60.0, description="seconds for a query or a mutation, whatever its upstreams do"
    )
    max_batch: PositiveInt = Field(default=10, description="operations in one request")
    kept_documents: PositiveInt = Field(default=500, description="documents that are not parsed and planned again")
    kept_documents_bytes: PositiveInt = Field(
        default=32 * MIB, description="memory for these, in bytes, about 700 for each token"
    )


class UploadSettings(Table):
    """Files that come with an operation (GraphQL multipart requests). They are held in memory while it runs."""

    max_total_bytes: PositiveInt = Field(
        default=16 * MIB, description="largest request with files; also what its files may add up to where they go"
    )
    max_file_bytes: PositiveInt = Field(default=8 * MIB, description="largest file")
    max_files: PositiveInt = Field(default=100, description="most files in a request")


class WebSocketSettings(Table):
    """GraphQL over WebSocket."""

    init_timeout_s: PositiveFloat = Field(default=10.0, description="seconds for the client's `connection_init`")
    max_message_bytes: PositiveInt = Field(default=1 * MIB, description="largest message of a client")
    max_operations: PositiveInt = Field(default=100, description="operations at once on one socket")
    max_sockets_per_address: PositiveInt = Field(default=100, description="sockets at once from one address")

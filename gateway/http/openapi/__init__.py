"""The description of the twins as OpenAPI 3.1, derived from their documents and the schema."""

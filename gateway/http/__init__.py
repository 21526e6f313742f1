"""Bytes in, bytes out: GraphQL over HTTP, the page, health. The only place that turns errors into answers."""

"""REST twins: GraphQL documents with a route, run by the same engine, their root field unwrapped."""

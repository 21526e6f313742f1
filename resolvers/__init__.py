"""What to load: thin async functions, records in, records out. No GraphQL, no HTTP."""

"""Documents that are named instead of sent: trusted documents, and automatic persisted queries.

    documents   PersistedDocuments: the text that a request means
    trusted     the documents of the manifest, by each of their names
    manifest    reading the manifest in the forms in which tools write it
    names       hashes, and the extension `persistedQuery`
    memory      the texts that came with their hash
    shared      the same, for all gateways that share a store
    errors      what is answered when a document is not there

Sources: GraphQL over HTTP, appendix "Persisted Documents"; Apollo Server, "Automatic persisted queries".
"""

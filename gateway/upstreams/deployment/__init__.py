"""The deployment upstream: Covalent Cloud function services.

Two hosts, two keys: the management API takes the account key; a service, at the ``invoke_url`` of its record, takes an
inference key of that record, and never the account key. Source: docs.covalent.xyz, "Deploy and serve"; the SDK
covalent-cloud 1.4.4.

    records    what the vendor answers
    hosts      which addresses of services may be called
    services   from a record and a route to the request that calls it
    text       a stream's bytes as text
    watch      a deployment's status until it settles
    client     one method per endpoint of the vendor
"""

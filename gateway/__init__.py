"""fngraph: one GraphQL endpoint over four REST backends that run functions.

A request's way, outermost first. Imports run one way, from top to bottom, and a contract holds them to it:

    __main__     the command line, with one file a command in commands
    process      uvicorn, its end, and several processes on one socket
    app          create_app(settings): puts everything together, the only file that knows everything
    reloading    settings that change while it runs
    http         bytes in, bytes out: /graph, sockets, REST twins, limits, the page; the one exit for errors
    schema       the shape (package beside this one): types, query, mutation, scalars
    resolvers    what to load (package beside this one): records in, records out
    context      what one request carries: caller, clients, loaders
    loaders      batching: one loader per thing and key, new for each request
    upstreams    one client per vendor on a shared HTTP layer; records are msgspec Structs
    auth         who calls, and which credential is sent upstream
    store        what copies of the gateway must agree on: Valkey or Redis, else memory
    observability   hooks for metrics and traces, for where they are on
    settings     typed settings from fngraph.toml and FNGRAPH_* variables
    errors       the tree of failures, each with its public code

``sandbox`` (four small real servers in the vendors' shapes, for the demo and the tests) and ``execution`` (documents
compiled into plans) import nothing of these.
"""

__version__ = "0.1.0"

"""What copies of the gateway must agree on: in Valkey or Redis where the settings name one, else in this process.

    interface   Store: the operations, each bounded and each with an expiry
    memory      Memory: the embedded default, and what Redis falls back to
    redis       Redis: the same for all copies; while it is away, ``Memory`` answers and ``degraded`` is true
    scripts     what the server does in one step
    presence    whether it is there: no request waits twice for one that is not
    names       names that say nothing of whom they are about
    opening     which of the two

Consumers ask ``shared`` where a place of their own, which needs no waiting, does as well. Numbers: docs/store.md.
"""

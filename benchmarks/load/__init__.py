"""The load run: many callers, subscriptions and faulty upstreams for minutes, then one SIGTERM under load.

    python -m benchmarks.load                  5 minutes
    python -m benchmarks.load --seconds 60     a shorter look

Three processes: the gateway on one core; its stand-ins and its clients on the other.

    upstreams   the four stand-ins, with faults that change by a seed
    gateway     create_app and uvicorn, as `fngraph serve` runs them, counted from inside
    clients     callers (1,000 connections) and followers (2,000 subscriptions on 200 sockets)
    watching    memory, files and threads of the gateway, from outside
    findings    what came of it, and what must hold
"""

"""What a query costs: the gateway beside the least that any gateway could do, and beside its peers.

rig         processes on their cores, load, figures, ratios, tables and pictures
posts       the peers' scenario: 100 posts of 10 or 100 users from a REST upstream that is never the bottleneck
peers       other gateways and their settings
own         our own scenarios over the sandbox
scale       how figures grow: rows, tokens, workers; memory and start
probes      what must hold however fast it is
load        minutes of callers, subscriptions and faulty upstreams: memory, tasks, and a SIGTERM under load
limits      what the costliest documents cost to be refused
"""

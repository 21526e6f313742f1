"""How much each caller may have, whatever way its operations come (docs/limits.md, "Callers").

accounts    what one caller has left: points by time, and operations at once
buckets     what the accounts are made of, in memory
ledger      what several gateways tell each other of them
"""

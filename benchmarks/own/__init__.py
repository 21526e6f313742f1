"""Our own scenarios over the sandbox, each beside a floor that makes the same upstream requests by hand.

The sandbox is slower than the gateway, so only CPU seconds and latencies say something here, and no throughput.
"""

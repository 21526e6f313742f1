"""What stands between a call and its upstream's bad days. One file per layer, in the order in which a call passes them:

    allowance     how long the operation may take, and how many requests it may make; all its clients share one
    deadlines     when this exchange must be over
    sharing       equal reads under way at the same time are one request
    retries       another try, where it is safe, worthwhile, in time and within the budget
    hedging       a second request for a read that is slow to answer, if the settings want it
    guard         one request through the next two, and in its turn where an account has limits
    breaker       an upstream that fails is left alone for a while
    concurrency   so many requests at once, and a short queue
    connections   one try, on a connection that is alive

``budget`` bounds retries and hedges, by ``window``; ``traffic`` counts for people to see. ``peers`` holds the state of
the layers for one address, and ``gateway.upstreams.sending`` puts them together.
"""

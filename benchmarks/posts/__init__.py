"""The peers' scenario: 100 posts of 10 or 100 users, from a REST upstream that is never the bottleneck.

Tailcall measures itself and others so; the data has the shape of the public example API that it uses.
"""

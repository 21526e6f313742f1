"""The fault matrix: every upstream, on every bad day, under every kind of operation.

``operations`` and ``faults`` are its tables, ``cells`` draws from them by a seed, ``running`` runs one cell, and
``invariants`` says what must hold of it.
"""

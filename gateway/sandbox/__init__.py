"""The embedded default: four small real servers on loopback, in the vendors' shapes.

They compute, keep state in SQLite and train at start; they hold no canned answers. They import nothing of the rest of
the gateway, so that what they say is evidence. ``running`` starts all four.
"""

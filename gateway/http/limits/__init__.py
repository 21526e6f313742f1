"""What a document may be, and what it may cost. docs/limits.md has the numbers; ``documents.py`` applies them.

Everything here takes time in proportion to the text: each fragment is visited once, however often it is spread.
"""

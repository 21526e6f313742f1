"""Answers that come in parts: server-sent events, multipart subscriptions, ``@defer`` and ``@stream``."""

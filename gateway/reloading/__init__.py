"""Settings that change while the gateway runs: ``Reloader``, and how files are seen to have changed."""

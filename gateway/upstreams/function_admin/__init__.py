"""The function administration upstream: Open WebUI functions, and what makes changing them safe."""

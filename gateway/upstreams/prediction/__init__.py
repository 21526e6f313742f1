"""The prediction upstream: Function (fxn.ai), in its v0 and v1 dialects."""

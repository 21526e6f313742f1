"""The invoke upstream: Nyckel's trained functions, API v1 and the parts of v0.9 that v1 lacks."""

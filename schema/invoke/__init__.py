"""Trained functions to invoke: Nyckel."""

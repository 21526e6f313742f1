"""Deployed function services: Covalent Cloud."""

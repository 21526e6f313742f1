"""Functions stored in Open WebUI."""

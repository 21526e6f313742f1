"""Functions stored in a server, with their code and switches: Open WebUI."""

"""What spans the backends: search, the upstreams' state, links."""

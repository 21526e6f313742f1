"""What the fields ask of the upstreams, one file per upstream."""

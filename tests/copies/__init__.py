"""Several gateways as processes of their own behind a balancer, as they run in production: ``copies``, ``balancer``."""

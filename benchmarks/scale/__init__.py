"""How figures grow, and what the gateway costs before anybody asks it anything."""

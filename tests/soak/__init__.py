"""The soak: real servers, workers, relays and a web front end under seeded faults."""

"""HTTP concerns: parsing, errors, security, identity, caching, streams, metrics."""

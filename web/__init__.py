"""The web half: pages and HTTP API; validates, records, announces and serves."""

"""Things that briefs name."""

"""Products without a picture, and recipients, that briefs name."""

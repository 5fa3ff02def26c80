"""Application services: what a validated request does."""

"""Webhooks: endpoints, deliveries, signing and the URL policy."""

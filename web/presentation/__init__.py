"""View models, labels, tags and charts for pages and API."""

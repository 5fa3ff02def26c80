"""The model registry: versions, releases, champions, training metrics."""

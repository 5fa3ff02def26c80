"""Product renderers, one module each."""

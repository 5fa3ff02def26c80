"""Training of fusion and generator."""

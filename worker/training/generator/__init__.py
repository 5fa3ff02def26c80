"""Training of the fusion and generator models."""

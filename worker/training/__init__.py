"""Training: options, loops, losses; the data and the evaluation apart."""

PHASES = ("prepare", "autoencoder", "flow", "adversary", "release")
"""Of the base models' training, in their order."""

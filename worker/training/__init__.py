"""Training of the models: data preparation, training loops, losses and checkpoints."""

PHASES = ("prepare", "field", "reading", "adversary", "release")
"""Phases of the base models' training, in execution order."""

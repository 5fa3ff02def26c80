"""Training: options, loops, losses; the data and the evaluation apart."""

PHASES = ("prepare", "field", "reading", "adversary", "release")
"""Of the base models' training, in their order."""

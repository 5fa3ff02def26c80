"""Training: options, loops, losses; the data and the evaluation apart."""

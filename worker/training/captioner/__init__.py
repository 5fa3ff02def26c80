"""Training and evaluation of the captioner."""

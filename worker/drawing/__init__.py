"""Draws design records as vectors and pixels, without torch."""

"""Evaluation of briefs that name things to draw."""

"""Evaluation of a release on held-out briefs and reference images."""

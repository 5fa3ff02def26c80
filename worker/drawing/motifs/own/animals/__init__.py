"""Motifs of animals on land."""

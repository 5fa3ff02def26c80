"""Motifs of birds and insects."""

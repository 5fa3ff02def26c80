"""Families of separate motifs."""

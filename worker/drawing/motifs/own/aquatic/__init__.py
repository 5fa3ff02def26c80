"""Motifs of animals of ponds and the sea."""

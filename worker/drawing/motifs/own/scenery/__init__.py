"""Motifs of the sky and of landscapes."""

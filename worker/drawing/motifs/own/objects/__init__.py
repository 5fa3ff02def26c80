"""Motifs of things that people make."""

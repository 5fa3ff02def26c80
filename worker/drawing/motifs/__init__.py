"""Motifs: drawings of things, placed by motif layers."""

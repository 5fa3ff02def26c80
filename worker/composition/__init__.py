"""Composition of designs with motifs: which drawings, in which colours, and where."""

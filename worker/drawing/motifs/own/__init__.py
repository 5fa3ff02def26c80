"""Motifs that Codesigner draws itself, one module for each group."""

"""Motifs of flowers."""

"""Builds the motif library from the packages of motif sets; runs at set-up only."""

"""Edits of a design: one respect is changed, all else stays as it is."""

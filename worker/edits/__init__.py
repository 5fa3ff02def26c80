"""Applies typed edits to design records."""

"""Tokens of briefs, and the words they are matched with."""

"""Colours of briefs: names, numbers, areas, grounds, refusals."""

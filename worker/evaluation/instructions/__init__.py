"""Measures whether refusals, exact colours, amounts and grounds are done as a brief says."""

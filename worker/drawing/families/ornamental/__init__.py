"""Families of ornaments and composed geometry."""

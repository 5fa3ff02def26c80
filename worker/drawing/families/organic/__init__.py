"""Families of natural textures."""

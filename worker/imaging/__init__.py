"""Colour conversion, palettes and PNG files."""

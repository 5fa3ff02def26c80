"""Families of bands, weaves and tilings."""

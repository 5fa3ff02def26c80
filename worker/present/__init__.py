"""Draws products: the tile on a phone case, a mug, a shirt and others, as the brief asks."""

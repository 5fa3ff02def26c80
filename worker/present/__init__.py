"""Renders tiles on products: phone case, mug, T-shirt, tote bag, notebook and poster."""

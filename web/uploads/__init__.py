"""Validation and decoding of uploaded images and datasets."""

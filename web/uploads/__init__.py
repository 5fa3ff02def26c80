"""Uploaded images and data sets: checks and decoding."""

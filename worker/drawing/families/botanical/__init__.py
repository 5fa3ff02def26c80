"""Families of flowers and leaves, and their arrangement."""

"""Directions that a brief which leaves much open may take."""

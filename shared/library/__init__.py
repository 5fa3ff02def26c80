"""The library: finding, naming, judging and collecting what was made."""

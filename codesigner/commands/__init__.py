"""The commands of `codesigner`, one file for each kind."""

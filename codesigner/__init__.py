"""The command line: runs the parts of an installation, and the whole of it on one machine."""

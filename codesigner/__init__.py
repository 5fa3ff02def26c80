"""Command-line interface: client commands, administration, and a supervisor for one machine."""

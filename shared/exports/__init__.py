"""Exports: everything that a person made, as one zip, made by a job of the queue."""

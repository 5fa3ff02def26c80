"""Execution of stage runs: claim, read inputs, compute, write results."""

"""Execution of stages: claim, read inputs, compute, write results."""

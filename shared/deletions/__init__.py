"""Deletion: the ledger, and the collection of rows and bytes once undo is over."""

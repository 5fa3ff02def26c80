"""Audit log: who did what to whose things, recorded in the transaction of the act."""

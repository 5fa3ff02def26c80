"""Accounts, workspaces and their members, sign-in, sessions, API keys, and the table of rights."""

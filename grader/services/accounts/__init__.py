"""Accounts: signing in, passwords, tokens, administration, the audit log."""

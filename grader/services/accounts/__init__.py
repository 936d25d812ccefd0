"""Accounts: sign-in, passwords, tokens, administration, the audit log."""

"""Pages of accounts: signing in, a person's own account, administration, the audit log, personal data."""

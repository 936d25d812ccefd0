"""Pages of accounts: sign-in, a person's own account, administration, the audit log, personal data."""

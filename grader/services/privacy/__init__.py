"""A person's own data: exported, erased."""

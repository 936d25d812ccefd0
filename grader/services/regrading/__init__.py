"""A regrade: proposed, judged beside what counts, looked at, applied, rolled back."""

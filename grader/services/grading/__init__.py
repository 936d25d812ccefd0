"""Grading what waits: in batches, or in isolation."""

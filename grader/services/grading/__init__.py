"""Grading of waiting submissions: in batches, or in isolation."""

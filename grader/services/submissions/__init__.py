"""Submitting, and reading what was submitted."""

"""Submitting answers, and reading submissions."""

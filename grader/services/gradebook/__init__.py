"""Marks and submissions of a whole class."""

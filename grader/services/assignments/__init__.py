"""Assignments, their terms and marks, extensions and mark overrides."""

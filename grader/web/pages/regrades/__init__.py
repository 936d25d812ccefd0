"""Regrades: proposing, reviewing, applying, rolling back."""

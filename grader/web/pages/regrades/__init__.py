"""Judging an assignment otherwise: proposing it, seeing what it would change, applying it, rolling it back."""

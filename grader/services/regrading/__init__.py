"""Regrades: proposed, judged next to the current gradings, reviewed, applied, rolled back."""

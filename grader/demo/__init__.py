"""A course that nobody took: people, and what they might have sent, so that every page has something to show."""

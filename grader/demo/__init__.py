"""An imaginary course: people with answers they might have submitted, so that every page has something to show."""

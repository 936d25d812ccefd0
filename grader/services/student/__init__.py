"""What a student has to do, and what has happened meanwhile."""

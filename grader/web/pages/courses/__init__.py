"""Pages of courses: people, assignments and extensions."""

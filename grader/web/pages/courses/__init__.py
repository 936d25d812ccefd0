"""Pages of courses: their people, assignments and extensions."""

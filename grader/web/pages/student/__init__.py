"""Pages for students: practice, assignments, their submissions and reports."""

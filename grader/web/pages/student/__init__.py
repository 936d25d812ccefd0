"""Pages of students: practice, assignments, their submissions and reports."""

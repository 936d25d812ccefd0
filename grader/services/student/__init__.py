"""The student's view: tasks, status, and news."""

"""Courses, their members and rosters."""

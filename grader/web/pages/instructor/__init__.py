"""Pages for staff: dashboards, the gradebook, one student, exports, previews."""

"""Pages of those who teach: dashboards, the gradebook, one student, exports, previews."""

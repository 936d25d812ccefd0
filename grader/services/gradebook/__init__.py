"""The marks and the work of a whole class."""

"""Statistics of a class, from its attempts. Pure: no I/O, no clock."""

"""Lists of people as they come from other systems: read line by line, each line taken, passed over or refused."""

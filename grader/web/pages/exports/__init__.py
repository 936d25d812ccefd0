"""Files to take away: marks for a spreadsheet and for other gradebooks, and everything as JSON."""

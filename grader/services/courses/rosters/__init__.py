"""Reading a list of people: a file or pasted text, whatever its encoding, separators and titles."""

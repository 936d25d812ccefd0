"""Reading a roster: a file or pasted text in any encoding, with any separator and headings."""

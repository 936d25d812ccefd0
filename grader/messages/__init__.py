"""Messages of the judging in every language: a table of sentences, and values that are inserted.

Pure, and below everything that produces messages.
"""

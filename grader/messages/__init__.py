"""What the judging says to people, in every language: a table of sentences, and values that are put into them.

Pure, and below everything that says something.
"""

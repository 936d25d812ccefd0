"""Readers of weight files: from bytes to named arrays, without running anything in a file.

Pure and defensive: every size is checked against a limit before memory is allocated, and all problems are one family of
errors, each with a sentence for the sender.
"""

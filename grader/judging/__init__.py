"""Judging: what was sent against what the graph gives.

Pure: no I/O, no clock, no chance. Raw text, numbers read and judgements are different frozen types.
"""

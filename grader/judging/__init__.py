"""Judging: submitted answers compared with what the graph gives.

Pure: no I/O, no clock, no random numbers. Raw text, parsed numbers and judgements are different frozen types.
"""

"""The mathematics: activations, losses, networks and their graph of named quantities.

Pure NumPy. No I/O, no clock, no randomness of its own; every value is an array with one entry per submission.
"""

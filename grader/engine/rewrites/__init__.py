"""Wrong procedures as rewrites of the graph: each yields the quantities that it computes differently.

A rewrite reads the graph it is given, not the network's original one, so that two of them can be applied in sequence.
"""

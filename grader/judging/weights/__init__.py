"""Trained weights: the task, and the fit of files to the layers of the network."""

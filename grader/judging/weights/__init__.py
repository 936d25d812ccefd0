"""Trained weights: the task, and files fitted to the layers of the network."""

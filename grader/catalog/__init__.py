"""Exercises as folders: the format of exercise.toml, reading it, its revision, and the check before it is served."""

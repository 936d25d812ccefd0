"""Exercises as folders: the format of exercise.toml, loading, revisions, and the check before an exercise is served."""

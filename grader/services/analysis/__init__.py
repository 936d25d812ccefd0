"""What a class has done, as figures: pure computations on plain data."""

"""An exercise as its instructor tries it out before it is set."""

"""nn-grader: grades neural-network exercises from one computation graph."""

from importlib.metadata import version

__version__ = version("nn-grader")

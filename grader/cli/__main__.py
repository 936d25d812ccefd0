"""`python -m grader.cli`: the same as `grader`, for a checkout that is not installed."""

from grader.cli import main

main(prog_name="grader")

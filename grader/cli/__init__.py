"""The command line: `grader`."""

from grader.cli.group import Commands

main = Commands(
    "grader",
    "Grade neural-network exercises.",
    {
        "db": "grader.cli.db:db",
        "demo": "grader.cli.demo:demo",
        "exercises": "grader.cli.exercises:exercises",
        "grade": "grader.cli.grade:grade",
        "tokens": "grader.cli.tokens:tokens",
        "up": "grader.cli.up:up",
        "users": "grader.cli.users:users",
    },
)
"""Where each command stands; only the one that is called is imported."""

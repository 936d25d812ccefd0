"""The command line: `grader`."""

from grader.cli.group import CommandPlace, Commands

main = Commands(
    "grader",
    "Grade neural-network exercises.",
    {
        "db": CommandPlace("grader.cli.db", "db", "Look after the database that DATABASE_URL names."),
        "demo": CommandPlace("grader.cli.demo", "demo", "A course that nobody took."),
        "exercises": CommandPlace("grader.cli.exercises", "exercises", "List, show and check exercises."),
        "grade": CommandPlace("grader.cli.grade", "grade", "Judge a file of answers here and now, without a server."),
        "tokens": CommandPlace("grader.cli.tokens", "tokens", "Bearer tokens for programs."),
        "up": CommandPlace("grader.cli.up", "up", "Run everything on this machine, until it is stopped."),
        "users": CommandPlace("grader.cli.users", "users", "People who sign in."),
    },
)
"""The module of each command, and its line in the list of commands; only the called command is imported."""

"""The command line: `grader`."""

from grader.cli.group import Commands, Place

main = Commands(
    "grader",
    "Grade neural-network exercises.",
    {
        "db": Place("grader.cli.db", "db", "Look after the database that DATABASE_URL names."),
        "demo": Place("grader.cli.demo", "demo", "A course that nobody took."),
        "exercises": Place("grader.cli.exercises", "exercises", "List, show and check exercises."),
        "grade": Place("grader.cli.grade", "grade", "Judge a file of answers here and now, without a server."),
        "tokens": Place("grader.cli.tokens", "tokens", "Bearer tokens for programs."),
        "up": Place("grader.cli.up", "up", "Run everything on this machine, until it is stopped."),
        "users": Place("grader.cli.users", "users", "People who sign in."),
    },
)
"""Where each command stands, and what the list of commands says of it; only the one that is called is imported."""

"""The command line: `grader`."""

from grader.cli.group import CommandPlace, Commands

main = Commands(
    "grader",
    "Grade neural-network exercises.",
    {
        "db": CommandPlace("grader.cli.db", "db", "Manage the database."),
        "demo": CommandPlace("grader.cli.demo", "demo", "Create demonstration data."),
        "exercises": CommandPlace("grader.cli.exercises", "exercises", "List, show and check exercises."),
        "grade": CommandPlace("grader.cli.grade", "grade", "Grade a file of answers locally, without a server."),
        "tokens": CommandPlace("grader.cli.tokens", "tokens", "Manage bearer tokens for API clients."),
        "up": CommandPlace("grader.cli.up", "up", "Run all services on this machine until interrupted."),
        "users": CommandPlace("grader.cli.users", "users", "Manage user accounts."),
    },
)
"""The module of each command, and its line in the list of commands; only the called command is imported."""

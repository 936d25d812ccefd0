"""A service that changes something cannot be called before it was checked that the caller may."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.fixtures.machine import CHECKOUT

SERVICES = sorted((CHECKOUT / "grader/services").rglob("*.py"))
STORE = sorted((CHECKOUT / "grader/store").glob("*.py"))
PRODUCT = sorted(path for part in ("grader", "worker") for path in (CHECKOUT / part).rglob("*.py"))

ACCOUNTS, COURSES = "grader/services/accounts/authentication.py", "grader/services/courses/membership.py"
PERMISSIONS = {
    "SignedIn": {ACCOUNTS, "grader/demo/course.py", "grader/demo/fill.py"},  # the demo acts as its instructor
    "Principal": {ACCOUNTS},
    "Administrator": {ACCOUNTS},
    "operator": {"grader/cli/users.py"},
    "StaffOf": {COURSES},
    "InstructorOf": {COURSES},
}
"""What says what somebody may do, each with the modules that may create it: those that check it."""

TAKEN = {"StaffOf", "InstructorOf", "Act", "Principal", "Actor"}
"""What a service takes; an act holds the permission of an administrator, an actor is a person or a token."""

OWN = {
    "accounts/passwords.choose_password",
    "accounts/registration.prefer",
    "accounts/registration.prefer_language",
    "accounts/sessions.end_other_sessions",
    "accounts/sessions.end_session",
    "accounts/sessions.end_token",
    "courses/courses.create_course",
    "courses/courses.join_course",
    "student/messages.mark_as_read",
    "submissions/learners.learner_of",
}
"""What a person may do for being signed in: all of it is the person's own."""

SIGN_IN, COMMAND, WORKER = "nobody is signed in yet", "only called by commands on the server", "only called by workers"
CHECKED_BY_CALLER = "part of a transaction of a service that holds the permission"
WITHOUT = {
    "accounts/authentication.authenticate_session": SIGN_IN,
    "accounts/password_reset.request_reset": SIGN_IN,
    "accounts/password_reset.send_resets": WORKER,
    "accounts/registration.register": COMMAND,
    "accounts/sign_in.sign_in": SIGN_IN,
    "accounts/sign_in.sign_in_by_link": SIGN_IN,
    "accounts/sign_in.sign_in_by_sso": SIGN_IN,
    "accounts/sign_in.sign_out": "whoever holds the session's token ends it",
    "accounts/sign_in.start_session": CHECKED_BY_CALLER,
    "accounts/tokens.create_sign_in_link": COMMAND,
    "accounts/tokens.create_token": COMMAND,
    "accounts/tokens.new_link": CHECKED_BY_CALLER,
    "accounts/tokens.revoke_token_by_number": COMMAND,
    "grading/context.ensure_revision": CHECKED_BY_CALLER,
    "grading/drain.drain": WORKER,
    "grading/drain.drain_context": WORKER,
    "grading/drain.grade_batch": WORKER,
    "grading/isolated.grade_isolated": WORKER,
    "maintenance.free_abandoned": WORKER,
    "maintenance.free_claims": WORKER,
    "maintenance.freed_when_database_returns": WORKER,
    "maintenance.tidy": WORKER,
    "submissions/drafts.delete_draft": CHECKED_BY_CALLER,
    "submissions/drafts.save_draft": "a draft is found by its owner",
    "submissions/idempotency.complete_key": "a key is found by the token of its owner",
    "submissions/idempotency.release_key": "a key is found by the token of its owner",
    "submissions/idempotency.reserve_key": "a key is found by the token of its owner",
    "submissions/variants.ensure_variant": CHECKED_BY_CALLER,
    "submissions/variants.variant_for": CHECKED_BY_CALLER,
}
"""Services that change something and take no permission, each with its reason."""


def _name(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def _functions(path: Path) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in _tree(path).body if isinstance(node, ast.FunctionDef)}


def _calls(path: Path) -> Iterator[str]:
    """What a module calls, without what stands before the last dot."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Call):
            called = node.func
            yield (
                called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
            )


def _reach(path: Path, function: ast.FunctionDef, wanted: frozenset[str], seen: frozenset[str] = frozenset()) -> bool:
    """Tell whether a function calls something that is wanted, itself or through others of its module."""
    called, others = _called_in(function), _functions(path)
    if called & wanted:
        return True
    further = (called & set(others)) - seen - {function.name}
    return any(_reach(path, others[name], wanted, seen | {function.name}) for name in further)


def _called_in(function: ast.FunctionDef) -> set[str]:
    """What a function calls or names, with one name before its dot."""
    dotted = {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    bare = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    further = {f".{node.attr}" for node in ast.walk(function) if isinstance(node, ast.Attribute)}
    return dotted | bare | further


@cache
def _writing_queries() -> dict[str, set[str]]:
    """Functions of the store that write, by module."""
    writing = frozenset({"insert", "update", "delete", "session.add", "session.add_all", "session.delete"})
    return {
        path.stem: {name for name, function in _functions(path).items() if _reach(path, function, writing)}
        for path in STORE
    }


def _writing_names(path: Path) -> frozenset[str]:
    """How a service writes: by functions of the store as it imports them; or it begins a transaction."""
    names = {".begin"}
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module == "grader.store":
            for one in node.names:
                names |= {f"{one.asname or one.name}.{query}" for query in _writing_queries().get(one.name, set())}
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("grader.store."):
            queries = _writing_queries().get(str(node.module).rpartition(".")[2], set())
            names |= {one.asname or one.name for one in node.names if one.name in queries}
    return frozenset(names)


def _annotations(function: ast.FunctionDef) -> set[str]:
    arguments = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    annotations = [argument.annotation for argument in arguments if argument.annotation is not None]
    return {node.id for one in annotations for node in ast.walk(one) if isinstance(node, ast.Name)}


@cache
def _that_change() -> dict[str, set[str]]:
    """Public services that change something, with the types of what they take."""
    return {
        f"{_name(path).removeprefix('grader/services/').removesuffix('.py')}.{name}": _annotations(function)
        for path in SERVICES
        for name, function in _functions(path).items()
        if not name.startswith("_") and _reach(path, function, _writing_names(path))
    }


def test_a_service_that_changes_something_takes_a_permission() -> None:
    without = {name for name, takes in _that_change().items() if not takes & {*TAKEN, "SignedIn"}}
    assert without == set(WITHOUT)


def test_to_be_signed_in_is_enough_for_what_is_ones_own() -> None:
    assert {name for name, takes in _that_change().items() if "SignedIn" in takes and not takes & TAKEN} == OWN


@pytest.mark.parametrize("permission", sorted(PERMISSIONS))
def test_a_permission_is_created_only_where_it_is_checked(permission: str) -> None:
    found = {_name(path) for path in PRODUCT if permission in _calls(path)}
    assert found == PERMISSIONS[permission]


def test_what_commands_and_workers_do_is_not_done_by_the_web() -> None:
    theirs = {name.rpartition(".")[2] for name, reason in WITHOUT.items() if reason in {COMMAND, WORKER}}
    web = [path for path in PRODUCT if path.is_relative_to(CHECKOUT / "grader/web")]
    assert [(_name(path), called) for path in web for called in set(_calls(path)) & theirs] == []

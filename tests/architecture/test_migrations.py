"""Old programs run beside a new schema: a migration expands it, or says that it does not."""

import ast
import re
from pathlib import Path

import pytest

from tests.fixtures.machine import CHECKOUT

MIGRATIONS = sorted((CHECKOUT / "migrations" / "versions").glob("0*.py"))
FIRST_WITH_PROGRAM = "0012"
CONTRACTING = {
    "drop_table",
    "drop_column",
    "rename_table",
    "drop_constraint",
    "create_check_constraint",
    "create_foreign_key",
}
"""Operations after which a program that does not know of them may fail; dropping an index is harmless."""


def number(path: Path) -> str:
    return path.name[:4]


def constants(path: Path) -> dict[str, str]:
    """Return what a migration says of itself."""
    return {
        node.target.id: ast.literal_eval(node.value)
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and node.value is not None
        and node.target.id in {"oldest_program", "loses"}
    }


def contracts(source: str) -> set[str]:
    """Return what an `upgrade` does that an older program may not expect."""
    (upgrade,) = [
        node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == "upgrade"
    ]
    calls = [node for node in ast.walk(upgrade) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    found = {call.func.attr for call in calls if isinstance(call.func, ast.Attribute)} & CONTRACTING
    for call in calls:
        name, words = ast.unparse(call.func), {word.arg: ast.unparse(word.value) for word in call.keywords}
        if name == "op.alter_column" and {k: v for k, v in words.items() if k == "nullable"} != {"nullable": "True"}:
            found.add("alter_column")
        if (
            name == "op.add_column"
            and "nullable=False" in ast.unparse(call)
            and "server_default" not in ast.unparse(call)
        ):
            found.add("add_column")
    return found


@pytest.mark.parametrize("path", MIGRATIONS, ids=number)
def test_a_migration_says_what_its_downgrade_loses(path: Path) -> None:
    assert isinstance(constants(path).get("loses"), str)


@pytest.mark.parametrize("path", [path for path in MIGRATIONS if number(path) >= FIRST_WITH_PROGRAM], ids=number)
def test_a_migration_says_which_programs_go_on_and_one_that_contracts_stops_them(path: Path) -> None:
    said = constants(path)
    oldest = said.get("oldest_program")
    assert oldest is not None, "name the oldest program that works with this schema by its newest migration"
    assert oldest in {number(each) for each in MIGRATIONS}
    assert oldest <= number(path)
    if found := contracts(path.read_text(encoding="utf-8")):
        assert oldest == number(path), f"programs that do not know of it may fail: {found}"


@pytest.mark.parametrize(
    ("step", "found"),
    [
        ('op.create_table("t", sa.Column("a", sa.Text(), nullable=False))', set()),
        ('op.add_column("t", sa.Column("a", sa.Text(), nullable=True))', set()),
        ('op.add_column("t", sa.Column("a", sa.Text(), nullable=False, server_default=""))', set()),
        ('op.alter_column("t", "a", nullable=True)', set()),
        ('op.drop_index("i", table_name="t")', set()),
        ('op.add_column("t", sa.Column("a", sa.Text(), nullable=False))', {"add_column"}),
        ('op.alter_column("t", "a", nullable=False)', {"alter_column"}),
        ('op.alter_column("t", "a", new_column_name="b")', {"alter_column"}),
        ('op.drop_column("t", "a")', {"drop_column"}),
        ('op.drop_table("t")', {"drop_table"}),
    ],
)
def test_what_contracts_is_noticed(step: str, found: set[str]) -> None:
    assert contracts(f"def upgrade():\n    {step}\n") == found


def test_what_each_downgrade_loses_is_documented() -> None:
    text = (CHECKOUT / "docs" / "many-machines.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\d{4})` \| (.*) \|$", text, re.MULTILINE))
    assert rows == {number(path): constants(path)["loses"] or "nothing" for path in MIGRATIONS}

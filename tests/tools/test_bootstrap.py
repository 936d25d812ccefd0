import ast
import subprocess
import sys
from pathlib import Path

BOOTSTRAP = Path("tools/bootstrap.py")
AS_AN_OLD_ONE = """
import runpy, sys
sys.version_info = (2, 7, 18)
sys.argv = ["tools/bootstrap.py", "local"]
runpy.run_path("tools/bootstrap.py", run_name="__main__")
"""


def test_a_python_that_is_too_old_says_one_clear_line() -> None:
    answer = subprocess.run([sys.executable, "-c", AS_AN_OLD_ONE], check=False, capture_output=True, text=True)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == (
        f"nn-grader needs Python 3.11 or newer, and {sys.executable} is 2.7: "
        "name a newer one, as in `make run PYTHON=python3.12`.\n"
    )


def test_an_old_python_can_read_it() -> None:
    tree = ast.parse(BOOTSTRAP.read_text(encoding="ascii"), feature_version=(3, 7))
    too_new = (
        ast.JoinedStr,
        ast.AnnAssign,
        ast.NamedExpr,
        ast.Starred,
        ast.Match,
        ast.AsyncFunctionDef,
        ast.FunctionDef,
    )
    assert not [node for node in ast.walk(tree) if isinstance(node, too_new)]

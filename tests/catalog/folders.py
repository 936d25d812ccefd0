"""Exercise folders for tests: a small one that may be served, and what an author can do to it."""

from collections.abc import Mapping
from pathlib import Path

from grader.catalog.load import load_folder

NODE = """\
title = "Two nodes in a row"

[network]
inputs = ["x1", "x2"]
loss = "half-squared"
learning_rate = 0.5

[[network.layers]]
nodes = ["h"]
activation = "logistic"
weights = [["w1", "w2"]]
bias = "b"

[[network.layers]]
nodes = ["o"]
activation = "tanh"
weights = [["w3"]]

[values]
x1 = 0.7
x2 = -0.4
w1 = 0.9
w2 = 0.35
w3 = 1.3
b = 0.15
target_o = 0.25

[[parts]]
title = "Forward pass"
points = 4
ask = ["net_h", "out_h", "net_o", "out_o"]

[[parts]]
title = "Updated weights"
points = 2
ask = ["w1_new", "w3_new"]
"""

GATE = """\
title = "Weights for a gate"

[network]
inputs = ["x1", "x2"]

[[network.layers]]
nodes = ["y"]
activation = "sign"
weights = [["w1", "w2"]]
bias = "w0"

[[parts]]
title = "Weights"
points = 3
train = ["w0", "w1", "w2"]
rows = [
    { x1 = 0, x2 = 0, y = -1 },
    { x1 = 1, x2 = 1, y = 1 },
]
"""


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder, making it where needed."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def right_answers(folder: Path) -> str:
    """The references of a folder that can be read, as a file of answers."""
    exercise = load_folder(folder).exercise
    return "".join(f'{name} = "{float(exercise.reference[name])!r}"\n' for name in exercise.field_names)


def node(directory: Path, slug: str = "two-nodes") -> Path:
    """The small exercise, complete."""
    folder = write(directory / slug, {"exercise.toml": NODE, "statement.md": "Work it out."})
    return write(folder, {"answers/correct/all.toml": right_answers(folder)})


def gate(directory: Path, slug: str = "gate") -> Path:
    """The small exercise that asks for weights, complete."""
    answers = 'w0 = "-1"\nw1 = "1"\nw2 = "1"\n'
    files = {"exercise.toml": GATE, "statement.md": "Find them.", "answers/correct/one.toml": answers}
    return write(directory / slug, files)


def mend(folder: Path, old: str, new: str) -> Path:
    """Replace something in exercise.toml; what is to be replaced has to be there."""
    path = folder / "exercise.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return folder

"""A new exercise folder that works: something to change rather than a blank page."""

from pathlib import Path

from grader.catalog.load import DEFINITION, SLUG, load_folder
from grader.catalog.problems import ExerciseErrors, Problem

EXERCISE = """\
title = "{title}"

[network]
inputs = ["x1", "x2"]
loss = "half-squared"
learning_rate = 0.1

# One table per layer, from the first hidden layer to the output layer.
[[network.layers]]
nodes = ["o1"]
activation = "logistic"
weights = [["w1", "w2"]]
bias = "b1"

[values]
x1 = 1.0
x2 = 0.5
w1 = 0.3
w2 = -0.2
b1 = 0.1
target_o1 = 1.0

[[parts]]
title = "Forward pass"
points = 2
ask = ["net_o1", "out_o1"]

[[parts]]
title = "One step of gradient descent"
points = 3
ask = ["delta_o1", "dE_dw1", "w1_new"]
"""

STATEMENT = """\
A single node with the logistic function has the inputs $x_1 = 1$ and $x_2 = 0.5$, the weights $w_1 = 0.3$ and
$w_2 = -0.2$, and the bias $b_1 = 0.1$, which is not trained. Its output should be $1$.

Work out its net input and output, then one step of gradient descent with the learning rate $\\eta = 0.1$ for the error
$E = \\frac{1}{2} (target - out)^2$.
"""


def write_skeleton(directory: Path, slug: str) -> Path:
    """Make a folder with a network, a statement and a sample of right answers, worked out by the engine.

    Raises:
        ExerciseErrors: the name can't go into addresses, the folder is there already, or it can't be written.
    """
    folder = directory / slug
    if not SLUG.fullmatch(slug):
        raise ExerciseErrors((Problem(slug, "", "must be lower-case letters, digits and single hyphens"),))
    try:
        folder.mkdir(parents=True)
        (folder / DEFINITION).write_text(EXERCISE.format(title=slug.replace("-", " ").capitalize()), encoding="utf-8")
        (folder / "statement.md").write_text(STATEMENT, encoding="utf-8")
        exercise = load_folder(folder).exercise
        lines = [f'{name} = "{float(exercise.reference[name]):.9g}"\n' for name in exercise.computed_order]
        samples = folder / "answers" / "correct"
        samples.mkdir(parents=True)
        (samples / "by-the-engine.toml").write_text("".join(lines), encoding="utf-8")
    except FileExistsError:
        raise ExerciseErrors((Problem(str(folder), "", "is there already"),)) from None
    except OSError as error:
        raise ExerciseErrors((Problem(str(folder), "", f"can't be written: {error.strerror}"),)) from None
    return folder

"""Errors of an author, and the problem reported for each: file, key and reason."""

from pathlib import Path

import pytest

from grader.catalog.verify import verify
from tests.catalog.folders import NODE, gate, mend, node, right_answers, write

TOML = "two-nodes/exercise.toml"

BROKEN = [
    ('title = "Two nodes in a row"', 'titel = "x"', "title", "is needed and not given"),
    ('title = "Two nodes in a row"', 'title = ""', "title", "at least 1 character"),
    ('loss = "half-squared"', 'lose = "half-squared"', "network.lose", "there is no such key in the format"),
    ('"half-squared"', '"quadratic"', "network.loss", "there is no 'quadratic'; there are half-squared, mean-squared"),
    ('activation = "tanh"', 'activation = "sigmoid"', "network.layers.1.activation", "there is no 'sigmoid'; there are"),
    ('[["w1", "w2"]]', '[["w1"]]', "network.layers.0.weights.0", "has 1 names for 2 sources (x1, x2)"),
    ('[["w1", "w2"]]', '[["w1", "w2"], ["w8", "w9"]]', "network.layers.0.weights", "has 2 rows for 1 nodes"),
    ('[["w1", "w2"]]', '[["", ""]]', "network.layers.0.weights.0", "names no weight at all"),
    ('[["w1", "w2"]]', '[["w1", "1w"]]', "network.layers.0.weights.0.1", "'1w' is no name: a letter, then letters"),
    ('[["w1", "w2"]]', '[["w1", "w3"]]', "network.layers", "two weights are called w3"),
    ('[["w1", "w2"]]', '[["w1", "wé"]]', "network.layers.0.weights.0.1", "ASCII"),
    ('nodes = ["o"]', 'nodes = ["h"]', "network", "two nodes are called h"),
    ('bias = "b"', 'bias = "b"\nbiases = ["c"]', "network.layers.0.biases", "either `bias`"),
    ('bias = "b"', 'bias = "w3"', "names", "two quantities are called w3; give one of them another name"),
    ('bias = "b"', 'biases = ["c", "d"]', "network.layers.0.biases", "has 2 names for 1 nodes"),
    ("w2 = 0.35", "", "values.w2", "is needed and not given"),
    ("w2 = 0.35", "w2 = 0.35\nw4 = 1.0", "values.w4", "is no input, weight, bias or target"),
    ("w2 = 0.35", 'w2 = "0.35"', "values.w2", "valid number"),
    ("w2 = 0.35", "w2 = nan", "values.w2", "finite number"),
    ("w2 = 0.35", "w2 = 1e400", "values.w2", "finite number"),
    ("w2 = 0.35", f"w2 = 1{'0' * 400}", "values.w2", "valid number"),
    ("target_o = 0.25", "", "values.target_o", "is needed and not given"),
    ('"net_h", ', '"net_h1", ', "parts.0.ask", "net_h1 is not computed by this network; did you mean net_h"),
    ('"net_h", ', '"w1", ', "parts.0.ask", "w1 is a given value; only what is computed can be asked"),
    ('"net_h", ', '"out_h", ', "parts", "out_h is asked more than once"),
    ('ask = ["w1_new", "w3_new"]', "", "parts.1", "needs either `ask`"),
    ('ask = ["w1_new", "w3_new"]', "ask = []", "parts.1.ask", "at least 1 item"),
    ("points = 2", "points = 0", "parts.1.points", "greater than 0"),
    ("points = 2", "points = 2\nrows = [{ x1 = 1 }]", "parts.1.rows", "belongs to `train`"),
    ("points = 2", "points = 2\nwithin = 0.1", "parts.1.within", "belongs to `train`"),
    ("learning_rate = 0.5", "", "parts.1.ask", "without network.learning_rate nothing is updated"),
    ("learning_rate = 0.5", "learning_rate = -0.5", "network.learning_rate", "greater than 0"),
    ('loss = "half-squared"', "", "network.learning_rate", "there is nothing to descend"),
    ('activation = "tanh"', 'activation = "step"', "network.learning_rate", "a step or sign has no gradient"),
    ('activation = "tanh"', 'activation = "softmax"', "network.loss", "a softmax layer needs the loss cross-entropy"),
    ('activation = "logistic"', 'activation = "softmax"', "network.layers.0.activation", "belongs to the last layer"),
    ('"half-squared"', '"cross-entropy"', "network.loss", "needs a softmax layer at the end, not tanh"),
    ("[values]", '[names]\nnet = "net"\n[values]', "names.net", "must contain {node} once"),
    ("[values]", '[names]\nout = "net_{node}"\n[values]', "names", "two quantities are called net_h"),
    ("[values]", "[tolerance]\nrelative = 1.5\n[values]", "tolerance.relative", "less than 1"),
    ("[values]", "[tolerance]\ndigits = 4\nabsolute = 1e-3\n[values]", "tolerance", "either digits, or absolute"),
    ("[values]", "[tolerance.fields]\nnet_x = { digits = 4 }\n[values]", "tolerance.fields.net_x", "is not asked"),
    ("[values]", "[tolerance.fields]\nnet_h = { of_change = 0.1 }\n[values]", "tolerance.fields.net_h.of_change", "none"),
    ("[values]", "[credit]\nwrong = 0.5\n[values]", "credit.wrong", "there is no such key"),
    ("x1 = 0.7", "x1 = = 0.7", "", "is not valid TOML"),
    ("x1 = 0.7", f"x1 = {'[' * 5000}", "", "is not valid TOML"),
    ("x1 = 0.7", f"x1 = {'1' * 5000}", "", "is not valid TOML"),
    ('loss = "half-squared"', 'loss = "half-squared" # E', "values", "has no finite value"),
    ("x1 = 0.7", 'x1 = 0.7\n"x 2" = 1', "values.x 2", "'x 2' is no name"),
    ('activation = "tanh"', "activation = 3", "network.layers.1.activation", "valid string"),
    ('activation = "tanh"', 'activation = ["tanh", "relu"]', "network.layers.1.activation", "has 2 names for 1 nodes"),
    ('activation = "tanh"', 'activation = ["sigmoid"]', "network.layers.1.activation.0", "there is no 'sigmoid'"),
    ('activation = "tanh"', "activation = []", "network.layers.1.activation", "at least 1 item"),
    ('activation = "tanh"', 'activation = "relu"', "dE_dw3", "is a net input at a kink?"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "key", "reason"), BROKEN)
def test_a_broken_exercise_is_refused_with_file_key_and_reason(
    tmp_path: Path, old: str, new: str, key: str, reason: str
) -> None:
    folder = mend(node(tmp_path), old, new)
    if "kink" in reason:
        mend(mend(folder, "w1 = 0.9", "w1 = 0"), "w2 = 0.35", "w2 = 0")
        mend(mend(folder, "b = 0.15", "b = 0"), "w3 = 1.3", "w3 = 0")
    if "finite value" in reason and key == "values":
        mend(mend(folder, '"tanh"', '"identity"'), "w3 = 1.3", "w3 = 1e200")
    found = verify(folder)
    told = [(problem.file, problem.key, problem.reason) for problem in found]
    assert any(file == TOML and at == key and reason in why for file, at, why in told), told


GATE_BROKEN = [
    ("y = 1 }", "y = 1, z = 0 }", "parts.0.rows.1", "must give x1, x2, y and nothing else"),
    ('train = ["w0", "w1", "w2"]', 'train = ["w0", "w1", "w9"]', "parts", "w9 is to be trained but is no weight"),
    ('train = ["w0", "w1", "w2"]', 'train = ["w0", "w1"]', "values.w2", "is needed and not given"),
    ("[[parts]]", "[values]\nw0 = 1\n[[parts]]", "values.w0", "is given, but it is what the student is to find"),
    ('title = "Weights"', 'title = "Weights"\nask = ["net_y"]', "parts.0", "needs either `ask`"),
    (
        "[[parts]]",
        '[[parts]]\ntitle = "More"\npoints = 1\nask = ["net_y"]\n[[parts]]',
        "values.w1",
        "is needed and not given",
    ),
]


@pytest.mark.parametrize(("old", "new", "key", "reason"), GATE_BROKEN)
def test_weights_to_be_found_are_refused_where_they_cannot_be_tried(
    tmp_path: Path, old: str, new: str, key: str, reason: str
) -> None:
    found = verify(mend(gate(tmp_path), old, new))
    told = [(problem.key, problem.reason) for problem in found]
    assert any(at == key and reason in why for at, why in told), told


def test_weights_of_two_parts_that_need_each_other_are_refused(tmp_path: Path) -> None:
    folder = mend(gate(tmp_path), 'train = ["w0", "w1", "w2"]', 'train = ["w0", "w1"]')
    more = '[[parts]]\ntitle = "More"\npoints = 1\ntrain = ["w2"]\nrows = [{ x1 = 0, x2 = 0, y = -1 }]\n'
    write(folder, {"exercise.toml": (folder / "exercise.toml").read_text() + more})
    reasons = [problem.reason for problem in verify(folder)]
    assert "w2 is to be found in another part; weights that are tried together need one part" in reasons


def test_targets_of_softmax_must_share_one(tmp_path: Path) -> None:
    folder = mend(node(tmp_path), 'activation = "tanh"', 'activation = "softmax"')
    mend(folder, "half-squared", "cross-entropy")
    (problem,) = verify(folder)
    assert (problem.key, problem.reason) == (
        "values",
        "the targets of a softmax layer must add up to 1; these add up to 0.25",
    )


def test_a_layer_that_does_not_fit_raises_no_complaint_about_its_neighbours(tmp_path: Path) -> None:
    layer = '[[network.layers]]\nnodes = ["m"]\nactivation = "tanh"\nweights = [["v1", "v2"]]\n\n[values]'
    folder = mend(mend(node(tmp_path), "[values]", layer), 'weights = [["w3"]]', 'weights = [["w3", "w4"]]')
    keys = [problem.key for problem in verify(folder)]
    assert keys == ["network.layers.1.weights.0", "network.layers.2.weights.0"]


def test_a_node_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    folder = mend(node(tmp_path), 'nodes = ["h"]', 'nodes = ["h", "g"]')
    mend(folder, '[["w1", "w2"]]', '[["w1", "w2"], ["w4", "w5"]]')
    mend(folder, '[["w3"]]', '[["w3", ""]]')
    assert ("network.layers.0", "node g leads nowhere") in [(p.key, p.reason) for p in verify(folder)]


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    folder = mend(mend(node(tmp_path), "w2 = 0.35", ""), '"net_h", ', '"net_x", ')
    assert {problem.key for problem in verify(folder)} == {"values.w2", "parts.0.ask"}


@pytest.mark.parametrize("make", [node, gate])
def test_a_good_exercise_has_no_problems(tmp_path: Path, make: type) -> None:
    assert verify(make(tmp_path)) == ()


def test_a_tolerance_that_lets_a_mistake_pass_is_refused(tmp_path: Path) -> None:
    folder = mend(node(tmp_path), "[values]", "[tolerance.fields]\nnet_h = { absolute = 0.2 }\n[values]")
    found = [problem for problem in verify(folder) if problem.key == "tolerance.fields.net_h"]
    assert "tolerances of the right value" in found[0].reason


def test_a_tolerance_that_lets_the_old_weight_pass_is_refused(tmp_path: Path) -> None:
    folder = mend(node(tmp_path), "[values]", "[tolerance.fields]\nw1_new = { absolute = 0.1 }\n[values]")
    assert any("not-updated" in problem.reason for problem in verify(folder))


SAMPLES = [
    ({"answers/correct/all.toml": 'net_h = "1"\n'}, "answers/correct/all.toml", "net_h", "fields of this folder are"),
    (
        {"answers/wrong/all.toml": NODE},
        "answers/wrong/all.toml",
        "",
        "an answer is a text, a number or a file, not dict",
    ),
    ({"answers/wrong/x.toml": "= 1"}, "answers/wrong/x.toml", "", "is not valid TOML"),
    ({"answers/wrong/x.toml": b"\xff\xfe"}, "answers/wrong/x.toml", "", "is not valid TOML"),
    ({"answers/wrong/x.yaml": "a: 1"}, "answers/wrong/x.yaml", "", "only .toml and .json are read"),
    ({"answers/wrong/x.toml": 'net_q = "1"'}, "answers/wrong/x.toml", "net_q", "has no field called"),
    ({"answers/wrong/x.toml": 'net_h = "abc"'}, "answers/wrong/x.toml", "net_h", "The word “abc” is not allowed"),
    ({"answers/unreadable/x.toml": 'net_h = "1"'}, "answers/unreadable/x.toml", "", "everything in it can be read"),
    ({"answers/right/x.toml": 'net_h = "1"'}, "answers/right", "", "is no verdict; there are correct, follows"),
]


@pytest.mark.parametrize(("files", "file", "key", "reason"), SAMPLES)
def test_a_sample_that_its_folder_does_not_fit_is_named(
    tmp_path: Path, files: dict[str, str], file: str, key: str, reason: str
) -> None:
    found = verify(write(node(tmp_path), files))
    told = [(problem.file, problem.key, problem.reason) for problem in found]
    assert any(name == f"two-nodes/{file}" and at == key and reason in why for name, at, why in told), told


def test_a_sample_with_the_verdict_of_its_folder_is_no_problem(tmp_path: Path) -> None:
    folder = node(tmp_path)
    right = right_answers(folder)
    samples = {
        "answers/missing/last.toml": "\n".join(right.splitlines()[:-1]),
        "answers/missing/all.json": "{}",
        "answers/unreadable/words.json": '{"net_h": "half"}',
    }
    assert verify(write(folder, samples)) == ()


def test_an_exercise_without_a_right_sample_is_refused(tmp_path: Path) -> None:
    folder = node(tmp_path)
    (folder / "answers/correct/all.toml").unlink()
    (problem,) = verify(folder)
    assert problem.file == "two-nodes/answers/correct"
    assert "has no sample" in problem.reason

from pathlib import Path

from grader.catalog.load import load_folder
from grader.catalog.verify import samples_of
from grader.judging.verdict import Verdict

EXERCISES = Path(__file__).parents[2] / "exercises"


def test_every_sample_is_judged_and_as_its_folder_says() -> None:
    folder = EXERCISES / "backprop-2-2-2"
    found = {f"{one.folder}/{one.name}": one for one in samples_of(load_folder(folder).exercise, folder)}
    assert found["correct/lecture.toml"].verdicts == {Verdict.CORRECT: 35}
    assert found["mistaken/stale-weights.toml"].verdicts[Verdict.MISTAKEN] > 0
    assert found["unreadable/units.toml"].report is None
    assert not any(one.faults for one in found.values())


def test_files_that_samples_name_are_no_samples() -> None:
    folder = EXERCISES / "dense-two-moons"
    found = [one.name for one in samples_of(load_folder(folder).exercise, folder)]
    assert "safetensors.toml" in found
    assert "trained.safetensors" not in found


def test_a_sample_in_the_wrong_folder_says_what_is_off(tmp_path: Path) -> None:
    sample = tmp_path / "answers" / "wrong" / "right.toml"
    sample.parent.mkdir(parents=True)
    sample.write_text((EXERCISES / "and-gate/answers/correct/textbook.toml").read_text(encoding="utf-8"))
    (found,) = samples_of(load_folder(EXERCISES / "and-gate").exercise, tmp_path)
    assert found.faults

import json
import math
from pathlib import Path

import pytest

from bench.ratios import Ratio, conclude, least, most, table, write


@pytest.mark.parametrize(
    ("one", "is_met"),
    [
        (least("speed", 3.0, 3.0), True),
        (least("speed", 2.999, 3.0), False),
        (most("cost", 0.1, 0.1), True),
        (most("cost", 0.101, 0.1), False),
        (least("speed", None, 3.0), False),
        (most("cost", None, 0.1), False),
        (least("speed", math.nan, 3.0), False),
        (most("cost", math.nan, 0.1), False),
    ],
)
def test_a_limit_itself_is_allowed_and_what_was_not_measured_fails(one: Ratio, is_met: bool) -> None:
    assert one.is_met is is_met


def test_the_file_holds_each_ratio_by_name_with_its_limit_bound_and_unit(tmp_path: Path) -> None:
    path = tmp_path / "var" / "bench.json"
    write([least("speed", 4.0, 3.0), most("memory", 154.0, 200.0, "MB"), least("bulk", None, 4.0)], path)
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "speed": {"ratio": 4.0, "must": 3.0, "bound": "least", "unit": "x"},
        "memory": {"ratio": 154.0, "must": 200.0, "bound": "most", "unit": "MB"},
        "bulk": {"ratio": None, "must": 4.0, "bound": "least", "unit": "x"},
    }


@pytest.mark.parametrize("bad", [[most("cost", math.inf, 1.0)], [most("cost", 1.0, 1.0), least("cost", 1.0, 1.0)]])
def test_an_impossible_figure_or_a_name_given_twice_is_refused_and_leaves_the_old_file(
    tmp_path: Path, bad: list[Ratio]
) -> None:
    path = tmp_path / "bench.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match=r"cost|JSON"):
        write(bad, path)
    assert path.read_text(encoding="utf-8") == "{}"


def test_the_table_says_of_each_ratio_whether_it_is_met() -> None:
    lines = table([least("speed", 4.0, 3.0), most("cost", 1.5, 1 / 3), least("bulk", None, 4.0)]).splitlines()
    assert [line.split()[-1] for line in lines] == ["ok", "FAILED", "FAILED"]
    assert "1.5 x  at most 0.333 x" in lines[1]
    assert "not built yet" in lines[2]


@pytest.mark.parametrize(("speed", "code"), [(3.0, 0), (2.9, 1), (None, 1)])
def test_a_command_fails_for_one_ratio_after_all_are_printed_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], speed: float | None, code: int
) -> None:
    path = tmp_path / "bench.json"
    assert conclude([least("speed", speed, 3.0), most("cost", 0.1, 0.2)], path) == code
    assert list(json.loads(path.read_text(encoding="utf-8"))) == ["speed", "cost"]
    assert "cost" in capsys.readouterr().out

import xml.etree.ElementTree as ET

from bench.chart import draw, panels
from tests.bench.pipelines import made_up

SVG = "{http://www.w3.org/2000/svg}"


def test_it_is_a_picture_with_a_bar_for_each_pipeline_and_its_figure_beside_it() -> None:
    measured = {"grader": made_up.measured(2000, 0.8, 12, 8), "lean": made_up.measured(500, 3.2, 2000, 9)}
    root = ET.fromstring(draw(panels(measured, made_up.floor())))  # noqa: S314 - our own
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert [texts.count(name) for name in ("grader", "lean", "no-op")] == [3, 3, 1]
    assert {"2,000", "500", "0.8", "3.2", "8", "9", "5"} <= set(texts)


def test_the_parts_of_a_bar_are_as_long_together_as_their_sum_beside_the_longest() -> None:
    measured = {"grader": made_up.measured(2000, 0.8, 12, 8), "lean": made_up.measured(500, 3.2, 2000, 9)}
    root = ET.fromstring(draw(panels(measured, made_up.floor())))  # noqa: S314 - our own
    cpu = [float(bar.attrib["width"]) for bar in root.iter(f"{SVG}rect") if bar.attrib["class"] in made_up.KINDS]
    assert sum(cpu[:4]) * 4 == sum(cpu[4:])

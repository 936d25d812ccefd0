"""Draw docs/images/performance.svg: what each pipeline grades a second, costs in CPU, and how long a student waits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from bench.pipelines.measure import Floor, Measured, median_cpu, median_of, median_quantile
from bench.ratios import short

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "performance.svg"
P95 = 0.95

MARGIN, LABEL, WIDTH, FIGURE = 16, 90, 520, 90
"""Pixels: around the picture, for a bar's label, for the longest bar, and for the figure beside it."""

TITLE, BAR, BETWEEN, PANEL = 34, 18, 8, 22
"""Heights in pixels: of a panel's title, a bar, the gap below it, and the gap below a panel."""

STYLE = """\
text { font: 13px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #24292f }
.title { font-weight: 600 } .ground { fill: #ffffff }
.web { fill: #0969da } .worker { fill: #bf8700 } .PostgreSQL { fill: #1a7f37 } .broker { fill: #8250df } .all { fill: #57606a }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .ground { fill: #0d1117 }
.web { fill: #58a6ff } .worker { fill: #d29922 } .PostgreSQL { fill: #3fb950 } .broker { fill: #a371f7 } .all { fill: #9ea7b3 }
}"""
"""Colours; `all` is the colour of a bar without parts."""

Parts = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Panel:
    """One kind of figure: its title, and for each label the parts of its bar."""

    title: str
    bars: Mapping[str, Parts]


def panels(measured: Mapping[str, Measured], floor: Floor) -> list[Panel]:
    """Return what is drawn, as medians over rounds."""
    speed = {name: {"all": median_of(one.flood, lambda flow: flow.per_second)} for name, one in measured.items()}
    cpu = {
        name: {kind: 1000 * value for kind, value in median_cpu(one.flood).items()} for name, one in measured.items()
    }
    waits = {
        name: {"all": 1000 * median_quantile([flow.times for flow in one.trickle], P95)}
        for name, one in measured.items()
    }
    nothing = {"no-op": {"all": 1000 * median_quantile(floor.times, P95)}}
    return [
        Panel("Graded a second, 16 connections", speed),
        Panel("CPU ms for each submission: web, worker, PostgreSQL, broker", cpu),
        Panel("Milliseconds until graded at 10 a second, p95", {**waits, **nothing}),
    ]


def draw(drawn: Sequence[Panel]) -> str:
    """Return the picture."""
    height = 2 * MARGIN + sum(TITLE + PANEL + len(panel.bars) * (BAR + BETWEEN) for panel in drawn)
    width = 2 * MARGIN + LABEL + WIDTH + FIGURE
    size = f'viewBox="0 0 {width} {height}" width="{width}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="nn-grader beside other pipelines">',
        f"<style>\n{STYLE}\n</style>",
        f'<rect class="ground" width="{width}" height="{height}"/>',
    ]
    top = MARGIN
    for panel in drawn:
        lines += _panel(panel, top)
        top += TITLE + PANEL + len(panel.bars) * (BAR + BETWEEN)
    return "\n".join([*lines, "</svg>\n"])


def _panel(panel: Panel, top: float) -> Iterator[str]:
    yield f'<text class="title" x="{MARGIN}" y="{top + 20:g}">{escape(panel.title)}</text>'
    longest = max(sum(parts.values()) for parts in panel.bars.values())
    for number, (label, parts) in enumerate(panel.bars.items()):
        y = top + TITLE + number * (BAR + BETWEEN)
        yield f'<text x="{MARGIN}" y="{y + 14:g}">{escape(label)}</text>'
        x: float = MARGIN + LABEL
        for kind, value in parts.items():
            width = WIDTH * value / longest
            yield (
                f'<rect class="{kind}" x="{x:.1f}" y="{y:g}" width="{width:.1f}" height="{BAR}">'
                f"<title>{escape(kind)} {short(value)}</title></rect>"
            )
            x += width
        yield f'<text x="{x + 8:.1f}" y="{y + 14:g}">{short(sum(parts.values()))}</text>'
